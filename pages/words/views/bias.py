"""Bias: WEAT (the neutral control first), occupations against real shares, and all other measures."""

from __future__ import annotations

import streamlit as st

from pages.shared.frame import View
from pages.words import measures, occupations, weat
from pages.words.old_links import follow_old_link
from pages.words.sidebar import PageSettings

PARTS = {"weat": weat.show, "occupations": occupations.show, "measures": measures.show}
LABELS = {"weat": "WEAT", "occupations": "Occupations", "measures": "All measures"}
ONCE = {"Association tests": "weat"}
"""Earlier labels of the parts, which shared links still carry."""


def show(settings: PageSettings) -> None:
    followed = follow_old_link("words_bias", LABELS, ONCE)
    part = st.segmented_control(
        "Part",
        list(PARTS),
        format_func=LABELS.__getitem__,
        default=None if followed else "weat",
        required=True,
        key="words_bias",
        bind="query-params",
        label_visibility="collapsed",
    )
    PARTS[part or "weat"](settings)


VIEW = View("bias", "Bias", 5, show)
