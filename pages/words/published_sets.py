"""Published sets of vectors in the sidebar: downloaded on a click, by their names."""

from __future__ import annotations

import streamlit as st

from core.cached import jobs as cached_jobs
from core.cached import words as cached_words
from core.words.files.named_sets import NAMED_SETS
from pages.shared.progress import wait_for
from pages.shared.user_errors import user_errors


def download_by_name() -> None:
    """Published sets, from the network, only on a click; the download continues through reruns and reloads."""
    name = st.selectbox(
        "or download a published set",
        list(NAMED_SETS),
        index=None,
        key="words_named",
        placeholder="choose one",
        format_func=_described,
    )
    request = cached_words.named_set(name, start=False) if name else None
    with user_errors():
        if request is not None:
            if request.done:
                cached_jobs.forget_job(f"named {name}")
            found = wait_for(request, "Downloading", narrow=True)
            if found:
                st.session_state["words_imported"] = found["key"]
                st.rerun()
            if not request.done:
                return
    if name and st.button(
        f"Download {NAMED_SETS[name].size_bytes / 1e6:,.0f} MB",
        icon=":material/download:",
        key="words_fetch",
        width="stretch",
    ):
        cached_words.named_set(name)
        st.rerun()


def _described(name: str) -> str:
    item = NAMED_SETS[name]
    known_as = f"{item.known_as}: " if item.known_as else ""
    return f"{known_as}{name} ({item.words:,} words, {item.size_bytes / 1e6:,.0f} MB, {item.licence})"
