"""Imported sets of vectors in the sidebar: rename one, remove one, or remove the earlier reading of a changed file."""

from __future__ import annotations

import time

import streamlit as st

from core import catalog
from core.cached import words as cached_words
from core.words.files import store
from pages.shared.plain_label import plain_label
from pages.shared.user_errors import user_errors


def manage(key: str) -> None:
    """The choices for the imported set of this key; nothing for one that comes with the lab."""
    sets = {item.key: item for item in store.stored()}
    chosen = sets.get(key)
    if chosen is None:
        return
    earlier = [item for item in sets.values() if item.source == chosen.source != "" and item.key != key]
    for item in sorted(earlier, key=lambda item: item.read_at):
        when = time.strftime("%d %b %H:%M", time.localtime(item.read_at))
        st.caption(f"Another reading of the same file: {item.words:,} words, {when}. It stays until it is removed.")
        if st.button(
            f"Remove the reading of {when}", key=f"words_replace_{item.key}", icon=":material/delete:", width="stretch"
        ):
            _remove(item.key)
    title = st.text_input("Name of the vectors chosen above", chosen.title, max_chars=80, key=f"words_title_{key}")
    if title.strip() != chosen.title and st.button("Rename", key="words_rename", width="stretch"):
        with user_errors():
            store.rename(key, title)
            cached_words.forget_stored_vectors()
            st.session_state["words_imported"] = key
            st.rerun()
    if st.button(
        "Remove the vectors chosen above",
        key="words_forget",
        help="The file they came from is not deleted",
        icon=":material/delete:",
        width="stretch",
    ):
        st.session_state["words_imported"] = catalog.DEFAULT_VECTORS
        _remove(key)


def _remove(key: str) -> None:
    store.remove(key)
    cached_words.forget_stored_vectors()
    st.rerun()


def show_notes(place: st.delta_generator.DeltaGenerator, start: str, notes: tuple[str, ...]) -> None:
    """What there is to know about a set: as a caption, or under a line that opens where it is long."""
    said = [f"{note[:1].upper()}{note[1:]}." for note in notes]
    if sum(map(len, said)) <= LONG:
        place.caption(" ".join([start, *(plain_label(note, LONG) for note in said)]))
        return
    with place.container():
        st.caption(start)
        with st.expander(f"{len(said)} notes on this file", icon=":material/info:"):
            for note in said:
                st.caption(plain_label(note, 600))


LONG = 220
"""Characters of notes that fit under the choice of vectors without hiding what follows."""
