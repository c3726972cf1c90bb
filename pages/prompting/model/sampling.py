"""The sampling parameters in the sidebar, the common ones first."""

from __future__ import annotations

import streamlit as st

from core.prompting.settings import Settings
from pages.prompting.model.form import pick_form

REPEAT_PENALTY = (
    1.1  # as Ollama has it: without it, a model of 100 million parameters soon repeats one sentence for ever
)


def pick_settings() -> Settings:
    """Draw them and return the settings."""
    temperature = st.slider(
        "Temperature",
        0.0,
        2.0,
        0.3,
        0.05,
        key="prompting_temperature",
        bind="query-params",
        help="0 takes the likeliest token each time. Higher values give unlikely tokens a better chance.",
    )
    max_tokens = st.slider("Max tokens", 8, 1024, 200, 8, key="prompting_max_tokens", bind="query-params")
    form = pick_form()
    with st.expander("Sampling parameters"):
        top_k = st.number_input(
            "Top-k",
            0,
            1000,
            40,
            key="prompting_top_k",
            bind="query-params",
            help="Sample from this many of the likeliest tokens; 0: from all.",
        )
        top_p = st.slider(
            "Top-p",
            0.0,
            1.0,
            0.95,
            0.01,
            key="prompting_top_p",
            bind="query-params",
            help="Sample from the likeliest tokens that together have this probability; 1: off.",
        )
        min_p = st.slider(
            "Min-p",
            0.0,
            0.5,
            0.05,
            0.01,
            key="prompting_min_p",
            bind="query-params",
            help="Leave out tokens less likely than this share of the likeliest one; 0: off.",
        )
        penalty = st.slider(
            "Repeat penalty",
            1.0,
            2.0,
            REPEAT_PENALTY,
            0.05,
            key="prompting_repeat",
            bind="query-params",
            help="Makes the last 64 tokens less likely to come again; 1: off.",
        )
        fixed = st.checkbox(
            "Fixed seed",
            key="prompting_fixed",
            bind="query-params",
            help="The same seed, prompt and settings give the same answer on the same computer.",
        )
        seed = st.number_input("Seed", 0, 2**32 - 2, 1, key="prompting_seed", bind="query-params", disabled=not fixed)
    return Settings(
        temperature=temperature,
        top_p=top_p,
        top_k=int(top_k),
        min_p=min_p,
        repeat_penalty=penalty,
        seed=int(seed) if fixed else None,
        max_tokens=max_tokens,
        **form,
    )
