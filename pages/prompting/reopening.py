"""A kept run back on the stage: its conversation in Chat, its text in Complete."""

from __future__ import annotations

import secrets
import time

import streamlit as st

from core import loaders
from core.prompting.records import Record
from pages.prompting.conversation import Conversation, Turn


def where(record: Record) -> str:
    """The view that can take a record up: "chat", "complete", or "" for a prompt of bare token ids."""
    if isinstance(record.prompt, str):
        return "complete"
    return "chat" if record.prompt and isinstance(record.prompt[0], dict) else ""


def reopen(record: Record) -> None:
    """Put the record where it can be gone on with, and turn to that view. (A button's callback.)"""
    state = st.session_state
    if where(record) == "complete":
        state["prompting_text"] = record.prompt
        state.pop("prompting_run", None)
        state["prompting_view"] = "complete"
        return
    turns = [Turn(part["role"], part["content"]) for part in record.prompt if part["role"] != "system"]
    system = "\n".join(part["content"] for part in record.prompt if part["role"] == "system")
    if record.answer:
        turns.append(Turn("assistant", record.answer, by=record.title))
    key = secrets.token_hex(6)
    loaders.shelf("conversations")[key] = Conversation(key, turns, used_at=time.time())
    st.query_params["chat"] = state["prompting_chat_key"] = key
    state["prompting_system"] = system
    state["prompting_opened"] = True
    state["prompting_view"] = "chat"
