"""The form an answer must have: free, one of a few words, a JSON record, or a grammar of one's own."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from core.errors import UserError
from core.prompting.constraints import unsupported_keywords
from pages.shared.user_errors import show_note

YES_NO = 'root ::= "Yes." | "No."'
RECORD: dict[str, Any] = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"},
                                                           "city": {"type": "string"}},
                          "required": ["name", "age", "city"]}
FORMS = {"free": "Free", "yes": "Yes or no", "record": "A JSON record", "schema": "A JSON schema …",
         "grammar": "A grammar …"}


def pick_form() -> dict[str, Any]:
    """What goes into `Settings`: nothing, a grammar, or a JSON schema (tried apart before use)."""
    form = st.selectbox("Form of the answer", list(FORMS), format_func=FORMS.__getitem__, key="prompting_form",
                        bind="query-params", help="Tokens that would break the form cannot be drawn. The form says "
                                                  "nothing about whether the content is true.")
    if form == "yes":
        return {"grammar": YES_NO}
    if form == "record":
        return {"json_schema": RECORD}
    if form == "grammar":
        return {"grammar": st.text_area("Grammar (GBNF)", YES_NO, key="prompting_grammar", persist_state="session",
                                        max_chars=100_000, height=120) or None}
    if form == "schema":
        typed = st.text_area("JSON schema", json.dumps(RECORD, indent=1), key="prompting_schema", height=160,
                             persist_state="session", max_chars=100_000)
        return {"json_schema": _read(typed)}
    return {}


def _read(typed: str) -> dict[str, Any] | None:
    try:
        schema = json.loads(typed)
        if not isinstance(schema, dict):
            raise UserError("A JSON schema is an object.", 'For example {"type": "object", "properties": {}}.')
    except json.JSONDecodeError as problem:
        show_note(f"This is no JSON: {problem.msg} in line {problem.lineno}, column {problem.colno}.",
                  "Until it is mended, answers are free.")
        return None
    except (UserError, RecursionError) as problem:
        show_note(str(problem), "Until it is mended, answers are free.")
        return None
    if ignored := unsupported_keywords(schema):
        show_note(f"Not enforced: {', '.join(ignored)}.", "llama.cpp's grammars cannot say this.")
    return schema


def verdict(text: str, settings: Any, ended_by: str) -> str:
    """Whether an answer kept to its form, in words; "" for a free one."""
    if settings.json_schema is None:
        return ""
    try:
        found = json.loads(text)
    except ValueError:
        return "Not valid JSON: the answer was cut short." if ended_by in ("max tokens", "context full", "stopped") \
            else "Not valid JSON."
    import jsonschema

    try:
        jsonschema.validate(found, settings.json_schema)
    except jsonschema.ValidationError as problem:
        return f"Valid JSON, but not of this schema: {problem.message[:200]}"
    except jsonschema.SchemaError as problem:
        return f"Valid JSON; the schema itself is not valid: {problem.message[:200]}"
    return "Valid JSON, and of this schema."
