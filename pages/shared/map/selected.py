"""The selection of this browser session: one for each corpus or list, shared by maps, lists, table and histograms."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from core.documents.mapping.selection import Selection, packed, unpacked


@dataclass
class Held:
    """The selection with the name under which the browser knows it.

    Names that begin with "b" are the browser's own (it has the rows), those with "p" were made here, and their rows
    are sent along.
    """

    corpus: str
    selection: Selection = field(default_factory=Selection)
    name: str = "p0"
    made: int = 0
    area: str = "documents"

    @property
    def rows(self) -> np.ndarray:
        return self.selection.rows

    def choose(self, rows: np.ndarray, how: str, source: str) -> None:
        """Select rows that were chosen outside the map: a cluster, the hits, rows of a table, a bar."""
        self._put(self.selection.combined(rows, how, source))

    def undo(self) -> None:
        self._put(self.selection.undone())

    def sample(self, count: int) -> None:
        """Keep a random sample; another one each time."""
        self._put(self.selection.sampled(count, seed=self.made))

    def tell_again(self) -> None:
        """The browser has lost the rows (another window, a reload): send them."""
        self._put(self.selection)

    def receive(self, told: Any, count: int) -> None:
        """What the map sent, "name|how|source|base64 of the rows": the browser has combined them already."""
        parts = told.split("|", 3) if isinstance(told, str) else []
        if len(parts) != 4 or not parts[0].startswith("b") or parts[0] == self.name:
            return
        name, how, source, body = parts
        try:
            rows = unpacked(base64.b64decode(body, validate=True), count)
        except (binascii.Error, ValueError):
            return
        self.selection = self.selection.replaced(rows, how, source[:60])
        self.name = name[:40]
        st.session_state[f"{self.area}_panel"] = "Selected" if len(rows) else "Clusters"

    def body(self, count: int) -> bytes:
        """The rows for the browser, where it does not have them."""
        return b"" if self.name.startswith("b") else packed(self.rows, count)

    def _put(self, selection: Selection) -> None:
        self.selection, self.made = selection, self.made + 1
        self.name = f"p{self.made}"


def held_for(corpus: str, area: str = "documents") -> Held:
    """The selection of this session for a corpus (on the words page: a list); another corpus starts with none."""
    place = f"{area}_held"
    held = st.session_state.get(place)
    if not isinstance(held, Held) or held.corpus != corpus:
        held = st.session_state[place] = Held(corpus, area=area)
    return held


def message_of(key: str, name: str) -> Any:
    """The last message of a component of ours under that name, within the callback of its change."""
    value: Any = st.session_state.get(key)
    return value.get(name) if hasattr(value, "get") else getattr(value, name, None)


def chosen_how() -> str:
    """What a gesture does with the selection ("new", "add", "common", "remove"), as chosen beside the map."""
    return st.session_state.get("documents_how") or "new"
