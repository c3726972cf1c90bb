"""Passages on their way from the documents page to the prompts page, in the session's state."""

from __future__ import annotations

from typing import Any

import streamlit as st

QUESTION, PASSAGES = "prompting_question", "prompting_passages"


def send_passages(question: str, passages: list[dict[str, str]]) -> None:
    """Leave a question and its passages ({"id", "title", "text"}) for the prompts page."""
    st.session_state[QUESTION], st.session_state[PASSAGES] = question, passages


def sent_passages() -> tuple[str, list[dict[str, Any]]]:
    """The question and the passages that were left, without those that have no text; ("", []) where there are none."""
    passages = st.session_state.get(PASSAGES) or []
    return str(st.session_state.get(QUESTION) or ""), [
        part for part in passages if isinstance(part, dict) and part.get("text")
    ]
