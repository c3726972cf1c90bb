"""A choice in the sidebar: only the first words of the vocabulary, which in most sets are the most frequent ones."""

from __future__ import annotations

import streamlit as st

from core.cached import words as cached_words
from core.errors import UserError
from core.words.vectors import WordVectors
from pages.words.sidebar import PageSettings

COUNTS = (5_000, 10_000, 30_000, 100_000, 300_000)


def pick_first(settings: PageSettings) -> int:
    """How many of the first words can be answers; 0 for all."""
    offered = [0, *(count for count in COUNTS if count < len(settings.vectors))]
    if st.session_state.get("words_first") not in (None, *offered):
        st.session_state.pop("words_first")  # the set chosen now has no more words than that
    chosen = st.selectbox(
        "Answers among",
        offered,
        format_func=lambda count: f"the first {count:,} words" if count else "all words",
        key="words_first",
        bind="query-params",
        help="In most sets words are in the order of their frequency: the first ones are common words",
    )
    return int(chosen or 0)


def restricted(settings: PageSettings, first: int, words: tuple[str, ...]) -> WordVectors:
    """The set of the first words, or the whole one for 0.

    Raises:
        UserError: one of the `words` of the query comes later.
    """
    if not first:
        return settings.vectors
    for word in words:
        row = settings.vectors.row(word)
        if row >= first:
            raise UserError(
                f"“{word[:40]}” is word {row + 1:,} of this set, after the first {first:,}.",
                "Choose more words, or another word.",
            )
    return cached_words.first_words(settings.key, first)
