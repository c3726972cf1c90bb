"""The settings of this page: which vectors, and how to open your own."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from core import catalog, storage
from core.cached import jobs as cached_jobs
from core.cached import words as cached_words
from core.errors import Cancelled
from core.words.files import foreign, formats, store
from core.words.files.named_sets import NAMED_SETS
from core.words.vectors import WordVectors
from pages.shared.progress import wait_for
from pages.shared.user_errors import show_note, user_errors
from pages.words.encoder_words import open_encoder

AT_ONCE_S = 0.4  # a file that is read faster shows no progress bar


@dataclass(frozen=True)
class PageSettings:
    """What was chosen in the sidebar. `code` is the line of Python that opens the same vectors."""

    key: str
    title: str
    vectors: WordVectors
    code: str


def pick_settings() -> PageSettings | None:
    """Draw the vectors' part of the sidebar and load what was chosen; None if it cannot be loaded."""
    with st.sidebar:
        found = titles()
        wanted = st.session_state.pop("words_imported", None)
        if wanted in found:
            st.session_state["words_vectors"] = wanted
        key = (
            st.selectbox(
                "Vectors",
                list(found),
                format_func=lambda key: found.get(key, key),
                key="words_vectors",
                bind="query-params",
            )
            or catalog.DEFAULT_VECTORS
        )
        slot = st.container()
        with st.expander(
            "Open a file of vectors", icon=":material/upload_file:", key="words_open", on_change="rerun"
        ) as opened:
            if opened.open:
                _open_file()
        with st.expander(
            "Words of a sentence encoder", icon=":material/short_text:", key="words_encoder_open", on_change="rerun"
        ) as opened:
            if opened.open:
                open_encoder(key, found.get(key, key))
    with user_errors():
        vectors = cached_words.word_vectors(key)
        slot.caption(f"{len(vectors):,} words, {vectors.dimension} dimensions. {_noted(vectors)}")
        return PageSettings(key, found[key], vectors, code_for(key))
    return None


def titles() -> dict[str, str]:
    """The sets of vectors that can be chosen, by key: those of the catalogue, then imported files."""
    titles = {spec.key: spec.title for spec in catalog.of_kind("word-vectors")}
    titles.update({item.key: item.title for item in store.stored()})
    return titles


def _noted(vectors: WordVectors) -> str:
    return "".join(f"{note[0].upper()}{note[1:]}. " for note in vectors.notes)


def opening(key: str) -> tuple[str, str]:
    """How Python opens a set of vectors: the line that imports, and the expression."""
    if key in {spec.key for spec in catalog.of_kind("word-vectors")}:
        return "from core import catalog", f'catalog.load("{key}")'
    return "from core.words.files.store import open_stored", f'open_stored("{key}")'


def code_for(key: str) -> str:
    """The line of Python that opens a set of vectors as `vectors`."""
    return "{}\nvectors = {}".format(*opening(key))


def _open_file() -> None:
    """By path (any size, nothing is uploaded) or by upload."""
    st.caption(
        f"{formats.ways_in()} A file is read once and saved. The folder of a BERT-like sentence encoder gives its "
        "input embeddings."
    )
    chosen = st.session_state.get("words_vectors")
    if chosen in {item.key for item in store.stored()} and st.button(
        "Remove the vectors chosen above",
        key="words_forget",
        help="The file they came from is not deleted",
        icon=":material/delete:",
        width="stretch",
    ):
        store.remove(chosen)
        st.session_state["words_imported"] = catalog.DEFAULT_VECTORS
        st.rerun()
    typed = st.text_input(
        "Path on this computer", key="words_path", persist_state="session", placeholder="/home/me/glove.6B.50d.txt"
    )
    uploaded = st.file_uploader("or upload a file", type=None, key="words_upload")
    _download_by_name()
    with user_errors():
        if uploaded is not None and uploaded.file_id != st.session_state.get("words_read"):
            _import_upload(uploaded)
        elif typed.strip() and typed != st.session_state.get("words_read"):
            _import(Path(typed.strip().strip('"').strip("'")).expanduser(), None, typed)


def _import_upload(uploaded: Any) -> None:
    """Read an upload from a copy on disk, which is deleted afterwards. It has the upload's name, for error messages."""
    copy = storage.folder("uploads") / uploaded.file_id / Path(uploaded.name).name[-100:]
    if not copy.exists():
        with storage.writing(copy) as part:
            part.write_bytes(uploaded.getbuffer())
    _import(copy, uploaded.name, uploaded.file_id)


def _download_by_name() -> None:
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


def _import(path: Path, title: str | None, mark: str) -> None:
    """Read a file and choose its vectors; `title` is the name of an upload, whose copy `path` is."""
    entry = None
    names = foreign.archive_names(path) if store.exists(path) else []
    if len(names) > 1:
        entry = st.selectbox(
            "Which file in the archive?", names, index=None, key=f"words_entry_{path.suffix}", placeholder="choose one"
        )
        if entry is None:
            return
    request = cached_words.vectors_file(path, entry, title)
    request.within(AT_ONCE_S)
    try:
        found = wait_for(request, "Reading", narrow=True)
    except Cancelled:
        show_note("Cancelled.", "Nothing of the file was saved.")
        if st.button("Read it again", key="words_again", width="stretch"):
            cached_words.forget_vectors_file(path, entry)
            st.rerun()
        return
    if found:
        cached_words.forget_vectors_file(path, entry)
        if title:
            shutil.rmtree(path.parent, ignore_errors=True)
        st.session_state["words_read"] = mark
        st.session_state["words_imported"] = found["key"]
        st.rerun()


def missing_words(settings: PageSettings, words: list[str], of: str) -> None:
    """Name the words of a list that are out of vocabulary; they are never dropped silently."""
    if words:
        show_note(f"{len(words)} of the {of} are out of vocabulary and left out:", ", ".join(words[:60]) + ".")
