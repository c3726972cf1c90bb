"""The conversation on the page, held by the server so that a reload shows it again."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.errors import UserError
from core.prompting.context_map import Piece
from core.prompting.conversation import Tree, Turn
from core.prompting.runs import Run
from core.runtime import server_state
from pages.prompting import state_keys

MOST_KEPT = 200


@dataclass
class Conversation:
    """A tree of turns, the answer being written, and what was typed but not sent yet."""

    key: str
    tree: Tree = field(default_factory=Tree)
    run: Run | None = None
    by: str = ""
    used_at: float = 0.0
    draft: str = ""
    give: tuple[str, str] | None = None
    """A text to be put back into the message box."""
    held: str = ""
    """A question that waits for a decision, because the context would not hold it with all that came before."""
    go_on: bool = False
    """Whether the held question is to be sent once the summary is there."""
    summarising: int = 0
    """How many of the oldest turns the answer being written is a summary of."""
    problem: UserError | None = None
    """Why there is no summary."""
    editing: int | None = None
    falling: int = 0
    """How many of the oldest turns would fall out if the draft were sent."""
    counted: dict[Any, list[Piece]] = field(default_factory=dict)

    @property
    def turns(self) -> list[Turn]:
        return self.tree.turns

    @property
    def last_run(self) -> Run | None:
        """The answer being written, or else the last one written."""
        return self.run or next((turn.run for turn in reversed(self.turns) if turn.run), None)

    def settle(self) -> None:
        """Make a finished answer a turn, with whatever it had written; a finished summary takes its place."""
        if not self.run or not self.run.done:
            return
        run, self.run = self.run, None
        if not self.summarising:
            self.tree.add("assistant", run.text, run, self.by)
            return
        count, self.summarising = self.summarising, 0
        self.problem = run.error
        if run.answer.strip() and run.ended_by not in ("stopped", "broken off"):
            self.tree.leave_out(count, run.answer.strip())

    def hold_back(self, text: str) -> None:
        """Put a text into the message box again."""
        self.held, self.give = "", (secrets.token_hex(4), text)


def current() -> Conversation:
    """This browser tab's conversation; its key is in the address, its text is not."""
    talks, state = server_state.conversations, st.session_state
    key = st.query_params.get("chat", "")
    if key not in talks:
        key = state.get("prompting_chat_key", "")
    if key not in talks:
        key = _keep(Conversation(secrets.token_hex(6)))
    talk: Conversation = talks[key]
    if state.get("prompting_chat_key") != key:  # a reload, or another conversation: what was typed there comes back
        if talk.draft or "prompting_chat_key" in state:
            talk.hold_back(talk.draft)
        state["prompting_chat_key"] = key
    if st.query_params.get("chat") != key:
        st.query_params["chat"] = key
    talk.used_at = time.time()
    visited = state.setdefault(state_keys.CHATS, [])
    if key not in visited:
        visited.append(key)
    return talk


def _keep(talk: Conversation) -> str:
    talks = server_state.conversations
    talks[talk.key] = talk
    for old in sorted(talks, key=lambda name: talks[name].used_at)[:-MOST_KEPT]:
        if talks[old].used_at and time.time() - talks[old].used_at > 3600:
            del talks[old]
    return talk.key


def open_conversation(tree: Tree) -> None:
    """Show `tree` as a conversation of its own; the one shown before keeps its address. (For callbacks.)"""
    key = _keep(Conversation(secrets.token_hex(6), tree, used_at=time.time()))
    st.query_params["chat"] = key
    st.session_state[state_keys.OPENED] = True


def start_new() -> None:
    """A new, empty conversation. (For callbacks.)"""
    open_conversation(Tree())


def go_to(key: str) -> None:
    """Show another conversation. (For callbacks.)"""
    if key in server_state.conversations:
        st.query_params["chat"] = key
