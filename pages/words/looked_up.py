"""What was typed and what was looked up instead: one small sentence for the whole view."""

from __future__ import annotations

import contextlib
import html
from collections.abc import Iterator, Sequence

import streamlit as st

from core.errors import UnknownWord
from core.words.spelling import said
from core.words.vectors import WordVectors


@contextlib.contextmanager
def saying_what_was_looked_up(vectors: WordVectors) -> Iterator[None]:
    """Draw the view within; above it, what its words were looked up as. Nothing is drawn where all are as typed."""
    place = st.empty()
    try:
        yield
    finally:
        if sentence := said(vectors.looked_up or {}):
            place.html(f'<p role="note" style="margin:0;font-size:.9rem;opacity:.85">{html.escape(sentence)}</p>')


def looked_up_list(vectors: WordVectors, typed: Sequence[str]) -> tuple[list[str], list[str]]:
    """(words in the vocabulary, words out of it) of a list that was typed; a word twice counts once."""
    here: dict[str, None] = {}
    absent: dict[str, None] = {}
    for word in dict.fromkeys(typed):
        try:
            found = vectors.look_up(word)
        except UnknownWord:
            absent[word] = None
        else:
            (here if found in vectors else absent)[found] = None
    return list(here), list(absent)
