"""Corpora, stored arrays and search indexes, one of each for all sessions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core import catalog, storage
from core.cached import objects
from core.cached.jobs import close

if TYPE_CHECKING:
    from core.documents.corpus import Corpus
    from core.documents.encoders import Encoder
    from core.documents.retrieval.store import Store
    from core.documents.search import SharedStore


@st.cache_resource(show_spinner=False, max_entries=8)
def corpus(key: str) -> Corpus:
    """A sample corpus, or one imported on this machine, by its key."""
    from core.documents import corpus as corpora

    return corpora.load(key)


def encoder(key: str) -> Encoder:
    """A sentence encoder by its key in the catalogue, or by the folder that holds it."""
    return objects.load(key) if key in {spec.key for spec in catalog.of_kind("sentence-encoder")} else _in_folder(key)


@st.cache_resource(show_spinner=False, max_entries=4)
def _in_folder(folder: str) -> Encoder:
    from core.documents import encoders

    return encoders.load(folder)


@st.cache_resource(show_spinner=False, max_entries=24)
def array(path: str) -> np.ndarray:
    """A stored array, mapped and read-only; it was checked when its answer was."""
    return storage.load_array(Path(path), check=False)


@st.cache_resource(show_spinner=False, max_entries=4, on_release=close)
def search_store(uri: str, dimension: int, collection: str) -> SharedStore:
    """A search index and the process that owns it; nothing is opened before it is asked."""
    from core.documents.search import SharedStore

    return SharedStore(uri, dimension, collection)


@st.cache_resource(show_spinner=False, max_entries=3)
def search_arrays(corpus_key: str, vectors: str) -> Store:
    """The same corpus in memory, to answer while its index is being written, or where there can be none."""
    from core.documents.search import in_memory

    return in_memory(corpus(corpus_key).texts, array(vectors))
