"""A saved run opened again: its conversation in Chat, its text in Completion."""

from __future__ import annotations

import streamlit as st

from core.prompting.conversation import Tree
from core.prompting.history.records import Record
from pages.prompting import state_keys
from pages.prompting.chat.conversation import open_conversation
from pages.prompting.window_state import window_state


def where(record: Record) -> str:
    """The view that can open a record: "chat", "complete", or "" for a prompt of bare token ids."""
    if isinstance(record.prompt, str):
        return "complete"
    return "chat" if record.prompt and isinstance(record.prompt[0], dict) else ""


def reopen(record: Record) -> None:
    """Put the record where it can be continued, and open that view. (A button's callback.)"""
    state = st.session_state
    if where(record) == "complete":
        state[state_keys.TEXT] = record.prompt
        window_state()["completion"] = "", None
        state[state_keys.VIEW] = "complete"
        return
    turns = [(part["role"], part["content"], "") for part in record.prompt if part["role"] != "system"]
    system = "\n".join(part["content"] for part in record.prompt if part["role"] == "system")
    if record.answer:
        turns.append(("assistant", record.answer, record.title))
    open_conversation(Tree.of(turns))
    state[state_keys.SYSTEM_PROMPT] = system
    state[state_keys.VIEW] = "chat"
