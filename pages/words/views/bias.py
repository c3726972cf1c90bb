"""Bias: association tests (the neutral control first), occupations against real shares, and all other measures."""

from __future__ import annotations

import streamlit as st

from pages.shared.frame import View
from pages.words import measures, occupations, weat
from pages.words.sidebar import PageSettings

PARTS = {"Association tests": weat.show, "Occupations": occupations.show, "All measures": measures.show}


def show(settings: PageSettings) -> None:
    part = st.segmented_control(
        "What to look at",
        list(PARTS),
        default="Association tests",
        required=True,
        key="words_bias",
        bind="query-params",
        label_visibility="collapsed",
    )
    PARTS[part or "Association tests"](settings)


VIEW = View("bias", "Bias", 5, show)
