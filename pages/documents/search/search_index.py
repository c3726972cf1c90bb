"""The index behind the search view: written in the background, saved on this machine or on a server."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.cached import documents as cached_documents
from core.cached import jobs as cached_jobs
from core.documents import search
from core.documents.retrieval.store import Store
from core.errors import Cancelled, DamagedIndex, UserError
from pages.documents.sidebar import PageSettings
from pages.shared.progress import wait_for
from pages.shared.user_errors import show_note

AT_ONCE = 5_000  # up to this many documents are searched in memory while their index is being written


@dataclass(frozen=True)
class Index:
    """What answers now: the `store`, and in words what it is."""

    store: Store
    what: str


def pick_server() -> str:
    """In the sidebar: where indexes are saved. The address of a Milvus server, or "" for files on this machine."""
    with st.sidebar, st.expander("Location of the search index", icon=":material/database:"):
        return st.text_input(
            "Milvus server",
            search.server(),
            key="documents_milvus",
            persist_state="session",
            placeholder="empty: a file on this machine",
            help="For example http://127.0.0.1:19530, a Milvus server or cluster. Texts' words and "
            "vectors are then sent there. TEXTLAB_MILVUS_TOKEN goes to the server in "
            "TEXTLAB_MILVUS_URI, or to one on this machine.",
        ).strip()


def index_of(page: PageSettings, vectors_path: str, identity: str, server: str) -> Index | None:
    """The index of the corpus. While it is being written a small corpus is searched in memory, and of a large
    one the progress is drawn and None given; where there can be no index, the reason is shown."""
    assert page.corpus is not None
    dimension = int(cached_documents.array(vectors_path).shape[1])
    key = search.index_key(page.corpus.texts_key, identity)
    uri, collection = search.place(key, server)
    small = len(page.corpus.texts) <= AT_ONCE
    written = None
    try:
        request = cached_jobs.ask(
            cached_documents.search_store(uri, dimension, collection).worker,
            f"index {uri} {collection}",
            "sync_corpus",
            collection=collection,
            dimension=dimension,
            corpus_key=page.corpus_key,
            vectors=vectors_path,
        )
        with st.sidebar if small else st.container():
            written = wait_for(request, "Writing the search index", narrow=small)
    except Cancelled:
        show_note("The index was not finished.", "The part that was written is saved.")
        _offer("Continue", uri, dimension, collection, key, False)
    except UserError as problem:
        show_note(problem.what, problem.next_step)
        _offer(
            "Rebuild the index" if isinstance(problem, DamagedIndex) else "Try again",
            uri,
            dimension,
            collection,
            key,
            isinstance(problem, DamagedIndex),
        )
    if written is not None:
        return Index(
            cached_documents.search_store(uri, dimension, collection),
            search.title_of(uri),
        )
    if small:
        return Index(
            cached_documents.search_arrays(page.corpus_key, vectors_path), "in memory, until the index is written"
        )
    return None


def _offer(label: str, uri: str, dimension: int, collection: str, key: str, rebuild: bool) -> None:
    if st.button(label, key=f"index_again_{key}", icon=":material/refresh:"):
        cached_documents.search_store.clear(uri, dimension, collection)
        if rebuild:
            search.discard(uri)
        cached_jobs.forget_job(f"index {uri} {collection}")
        st.rerun()
