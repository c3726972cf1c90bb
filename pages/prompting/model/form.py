"""The response format: free, one of a few words, a JSON record, a JSON schema or a grammar."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from core.prompting.settings import Settings
from core.prompting.structured import forms
from pages.shared.user_errors import show_note

YES_NO = 'root ::= "Yes." | "No."'
RECORD: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}, "city": {"type": "string"}},
    "required": ["name", "age", "city"],
}
FORMS = {
    "free": "Free",
    "yes": "Yes or no",
    "record": "A JSON record",
    "schema": "A JSON schema …",
    "grammar": "A grammar …",
}


def pick_form() -> dict[str, Any]:
    """What goes into `Settings`: nothing, a grammar, or a JSON schema (tried in a process of its own first)."""
    form = st.selectbox(
        "Response format",
        list(FORMS),
        format_func=FORMS.__getitem__,
        key="prompting_form",
        bind="query-params",
        help="Tokens that would break the format cannot be sampled. The format says "
        "nothing about whether the content is true.",
    )
    if form == "yes":
        return {"grammar": YES_NO}
    if form == "record":
        return {"json_schema": RECORD}
    if form == "grammar":
        return _read(
            "grammar",
            st.text_area(
                "Grammar (GBNF)",
                YES_NO,
                key="prompting_grammar",
                height=120,
                persist_state="session",
                max_chars=100_000,
            ),
        )
    if form == "schema":
        return _read(
            "schema",
            st.text_area(
                "JSON schema",
                json.dumps(RECORD, indent=1),
                key="prompting_schema",
                persist_state="session",
                height=160,
                max_chars=100_000,
            ),
        )
    return {}


def _read(kind: str, typed: str | None) -> dict[str, Any]:
    reading = forms.read(kind, typed or "")
    if reading.problems:
        show_note(reading.problems[0], "Answers are unconstrained until you fix it.")
    if reading.ignored:
        names = dict.fromkeys(each.keyword for each in reading.ignored)
        show_note(f"Not enforced: {', '.join(names)}.", "llama.cpp's grammars cannot express this.")
    return reading.settings


def verdict(text: str, settings: Settings, ended_by: str) -> str:
    """Whether an answer is valid under its JSON schema, in words; "" for any other."""
    return "" if settings.json_schema is None else forms.verdict(text, settings, ended_by).sentence
