"""Loaded objects, one of each for all browser sessions. The only module of core that imports Streamlit.

Keys are spec keys, paths and settings, never arrays: Streamlit hashes only a sample of a large array, so two different
ones can share a cache entry.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from core import catalog, storage
from core.errors import MissingModel
from core.worker import Worker


@st.cache_resource(show_spinner=False, max_entries=24)
def load(key: str) -> Any:
    """The object of a catalogue key (vectors, encoder, tokenizer, corpus), made once for the whole server."""
    return catalog.load(key)


def _close(process: Any) -> None:
    process.close()


@st.cache_resource(show_spinner=False, max_entries=1, on_release=_close)
def job_worker() -> Worker:
    """The process for long jobs (encoding, projecting, clustering), one for all sessions, warmed up when made."""
    compiled = storage.folder("compiled")  # numba's machine code, kept between starts
    worker = Worker("core.documents.jobs:Jobs", environment={"NUMBA_CACHE_DIR": str(compiled)}).start()
    worker.submit("warm_up")
    return worker


@st.cache_resource(show_spinner=False, max_entries=12)
def tokenizer(key: str) -> Any:
    """The tokenizer of a catalogue key, or of "file:<name>", a model in the models folder.

    Raises:
        MissingModel: there is no such model any more.
    """
    if not key.startswith("file:"):
        return catalog.load(key)
    from core.tokens import tokenizers

    for path in catalog.models_on_disk():
        if path.relative_to(storage.models_folder()).as_posix() == key[len("file:"):]:
            return tokenizers.load_file(path)
    raise MissingModel("That model is no longer in the models folder.", "Choose another tokenizer.")


@st.cache_resource(show_spinner=False, max_entries=16)
def encoded(key: str, text: str, add_special: bool = False, parse_special: bool = False) -> Any:
    """A text as that tokenizer encodes it, kept so that turning pages and switches does not encode it again."""
    return tokenizer(key).analyse(text, add_special, parse_special)


@st.cache_resource(show_spinner=False, max_entries=3, on_release=_close)
def language_model(path: str, changed: float, n_ctx: int, threads: int) -> Any:
    """A language model and its process, one for all sessions; `changed` is the file's time, so a new file is read."""
    from core.prompting.engine import open_model

    return open_model(path, n_ctx=n_ctx, threads=threads)


@st.cache_resource(show_spinner=False)
def shelf(name: str) -> dict[str, Any]:
    """A dict for all sessions, for what must survive a reload of the page (conversations, answers under way)."""
    return {}
