"""Debiased vectors for all views, and as a file of word2vec text."""

from __future__ import annotations

import streamlit as st

from core.cached import words as cached_words
from core.words.debiased import save_debiased, word2vec_text
from core.words.lists import axis_pairs
from pages.shared.user_errors import user_errors
from pages.words.axes import PickedAxis
from pages.words.sidebar import PageSettings


def offer_debiased(settings: PageSettings, picked: PickedAxis, key: str) -> None:
    """Two buttons for the sidebar: use the debiased set in all views, or export it."""
    name = axis_pairs()[key].title if key in axis_pairs() else f"{picked.high} - {picked.low}"
    with st.expander(
        "Debiased vectors", icon=":material/balance:", key="words_debiased_open", on_change="rerun"
    ) as panel:
        if not panel.open:
            return
        st.caption("Hard debiasing of the whole vocabulary with the pairs chosen above; vectors of length 1.")
        with user_errors():
            if st.button(
                "Use these vectors in all views", key="words_debiased_use", icon=":material/check:", width="stretch"
            ):
                bar = st.progress(0.0, text="Debiasing …")

                def on_progress(fraction: float, doing: str) -> None:
                    bar.progress(min(1.0, fraction), text=doing)

                saved = save_debiased(settings.key, settings.vectors, name, picked.pairs, on_progress)
                bar.empty()
                st.session_state["words_imported"] = saved.key
                st.rerun()
        st.download_button(
            "Export",
            lambda: b"".join(word2vec_text(cached_words.debiased_vectors(settings.key, picked.pairs))),
            "debiased.vec",
            "text/plain",
            key="words_debiased_export",
            on_click="ignore",
            icon=":material/download:",
            width="stretch",
            help="word2vec text: read by gensim, fastText and this page",
        )
