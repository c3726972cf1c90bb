"""Loaded objects, one of each for all browser sessions. The only module of core that imports Streamlit.

Keys are spec keys, paths and settings, never arrays: Streamlit hashes only a sample of a large array, so two different
ones can share a cache entry.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from core import catalog, storage
from core.worker import Worker


@st.cache_resource(show_spinner=False, max_entries=24)
def load(key: str) -> Any:
    """The object of a catalogue key (vectors, encoder, tokenizer, corpus), made once for the whole server."""
    return catalog.load(key)


def _close(worker: Worker) -> None:
    worker.close()


@st.cache_resource(show_spinner=False, max_entries=1, on_release=_close)
def job_worker() -> Worker:
    """The process for long jobs (encoding, projecting, clustering), one for all sessions, warmed up when made."""
    compiled = storage.folder("compiled")  # numba's machine code, kept between starts
    worker = Worker("core.documents.jobs:Jobs", environment={"NUMBA_CACHE_DIR": str(compiled)}).start()
    worker.submit("warm_up")
    return worker
