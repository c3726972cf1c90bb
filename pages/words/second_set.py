"""A second set of vectors beside the one chosen for the page."""

from __future__ import annotations

import streamlit as st

from core.cached import words as cached_words
from pages.words.sidebar import PageSettings, code_for, titles


def pick_second_set(settings: PageSettings) -> PageSettings | None:
    """A widget for the sidebar: another set to compare with; None unless one is chosen.

    The choice is one for all views of the page, and part of the link. A set that can no longer be opened raises the
    UserError of its loader.
    """
    found = {key: title for key, title in titles().items() if key != settings.key}
    if st.session_state.get("words_second") not in found:
        st.session_state["words_second"] = None  # removed, or chosen as the page's own set by now
    key = st.selectbox(
        "Compare with",
        list(found),
        format_func=lambda key: found.get(key, key),
        key="words_second",
        bind="query-params",
        placeholder="No second set",
    )
    if key is None:
        return None
    return PageSettings(key, found[key], cached_words.word_vectors(key), code_for(key))
