"""The conversation on the page: its turns, kept for the whole server so that a reload finds them again."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

import streamlit as st

from core import loaders
from core.prompting.context_map import Piece, trimmed
from core.prompting.runs import Run

MOST_KEPT = 200


@dataclass
class Turn:
    """What one side said. An answer also has the run that wrote it and the title of its model."""

    role: str
    text: str
    run: Run | None = None
    by: str = ""


@dataclass
class Conversation:
    """Turns in their order, and the answer being written, if there is one."""

    key: str
    turns: list[Turn] = field(default_factory=list)
    run: Run | None = None
    by: str = ""
    used_at: float = 0.0
    forgotten: int = 0
    """How many of the oldest turns are no longer sent, because the context would not hold them."""
    divided: tuple[object, list[Piece]] | None = None

    @property
    def last_run(self) -> Run | None:
        """The answer being written, or else the last one written."""
        return self.run or next((turn.run for turn in reversed(self.turns) if turn.run), None)

    def messages(self, system: str = "") -> list[dict[str, str]]:
        """As a chat template wants them; answers that came to nothing are left out."""
        turns = [{"role": turn.role, "content": turn.text} for turn in self.turns[self.forgotten:] if turn.text]
        return ([{"role": "system", "content": system}] if system.strip() else []) + turns

    def settle(self) -> None:
        """Make a finished answer a turn, with whatever it had written."""
        if self.run and self.run.done:
            self.turns.append(Turn("assistant", self.run.text, self.run, self.by))
            self.run = None

    def drop_answer(self) -> None:
        """Take back the last answer, so that its question can be answered again."""
        self.settle()
        if self.turns and self.turns[-1].role == "assistant":
            self.turns.pop()

    def take_back(self) -> None:
        """Take back the last question with its answer."""
        self.drop_answer()
        if self.turns:
            self.turns.pop()
        self.forgotten = min(self.forgotten, len(self.turns))

    def forget_oldest(self, counts: list[int], room: int) -> None:
        """Send only the newest turns from now on, as many as `room` tokens hold; `counts` are theirs, by turn."""
        spoken = [place for place, turn in enumerate(self.turns) if turn.text and place >= self.forgotten]
        left = len(trimmed([{"role": self.turns[place].role, "content": ""} for place in spoken], counts, room))
        self.forgotten = spoken[len(spoken) - left]


def current() -> Conversation:
    """This browser tab's conversation; its key stands in the address, its words do not."""
    kept = loaders.shelf("conversations")
    key = st.query_params.get("chat", "")
    if key not in kept:
        key = st.session_state.get("prompting_chat_key", "")
    if key not in kept:
        key = secrets.token_hex(6)
        kept[key] = Conversation(key)
        for old in sorted(kept, key=lambda name: kept[name].used_at)[:-MOST_KEPT]:
            if kept[old].used_at and time.time() - kept[old].used_at > 3600:
                del kept[old]
    st.session_state["prompting_chat_key"] = key
    if st.query_params.get("chat") != key:
        st.query_params["chat"] = key
    kept[key].used_at = time.time()
    return kept[key]


def start_anew() -> None:
    """A new, empty conversation; the old one keeps its address."""
    st.query_params.pop("chat", None)
    st.session_state.pop("prompting_chat_key", None)
    st.session_state["prompting_opened"] = True
