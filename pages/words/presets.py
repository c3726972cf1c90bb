"""Presets in the sidebar: one click fills the inputs of a view."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.cached import words as cached_words
from core.words.spelling import in_the_case_of


def pick_preset(keys: str | tuple[str, ...], presets: Mapping[str, str | tuple[str, ...]], label: str) -> None:
    """A row of pills; a click on one sets the widgets with these keys before they are drawn."""
    names = (keys,) if isinstance(keys, str) else keys
    widget = f"preset_{names[0]}"

    def take() -> None:
        chosen = st.session_state.get(widget)
        if chosen is not None and chosen in presets:
            value = presets[chosen]
            for name, part in zip(names, (value,) if isinstance(value, str) else value, strict=True):
                st.session_state[name] = _as_the_set_writes_it(part)
        st.session_state[widget] = None  # a preset is a button, not a state: a second click works

    st.pills(label, list(presets), key=widget, on_change=take)


def _as_the_set_writes_it(text: str) -> str:
    """A preset in the case of the chosen set: Paris where that is the usual form."""
    key = st.session_state.get("words_shown")
    return in_the_case_of(text, cached_words.word_vectors(key)) if key else text
