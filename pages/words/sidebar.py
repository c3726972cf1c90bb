"""The settings of this page: which vectors, and how to open your own."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from core import catalog, storage
from core.cached import words as cached_words
from core.errors import Cancelled
from core.words.files import foreign, formats, store
from core.words.files.archives import likely_entries
from core.words.files.labels import labels
from core.words.vectors import WordVectors
from pages.shared.linked_choice import pick_linked
from pages.shared.progress import wait_for
from pages.shared.user_errors import show_note, user_errors
from pages.words.encoder_words import open_encoder
from pages.words.imported_sets import manage, show_notes
from pages.words.published_sets import download_by_name

FIRST = (10_000, 50_000, 100_000, 400_000)
"""Choices for how many words of a file are read."""
MOST_GROUPS = 80
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
        key = pick_linked(
            "Vectors",
            found,
            "words_vectors",
            default=catalog.DEFAULT_VECTORS,
            earlier=earlier_links(found),
            wanted=st.session_state.pop("words_imported", None),
        )
        key = key or catalog.DEFAULT_VECTORS
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
        with slot:
            key = _pick_group(key)
        vectors = cached_words.word_vectors(key)
        show_notes(slot, f"{len(vectors):,} words, {vectors.dimension} dimensions.", vectors.notes)
        st.session_state["words_shown"] = key
        return PageSettings(key, found[key], vectors.listening(), code_for(key))
    return None


def earlier_links(found: dict[str, str]) -> dict[str, str]:
    """Links of earlier versions carry a label, or the name of the file before it had to be distinguished."""
    names = {item.title: item.key for item in reversed(store.stored())}
    return names | {title: key for key, title in found.items()}


def _pick_group(key: str) -> str:
    """For vectors whose words carry a language or a part of speech: which of them, as a part of the key."""
    keys = cached_words.word_vectors(key).keys
    if keys is None:
        return key
    options = [mark for mark in keys.groups if mark][:MOST_GROUPS]
    if keys.preferred not in options:
        options.append(keys.preferred)
    widget = f"words_group_{key[:8]}"
    if st.session_state.get(widget) not in [None, "", *options]:
        st.session_state.pop(widget)
    mark = st.selectbox(
        keys.kind.capitalize(),
        ["", *options],
        index=1 + options.index(keys.preferred),
        format_func=lambda mark: f"{mark}: {len(keys.groups[mark]):,} words" if mark else "all, with their marks",
        key=widget,
        persist_state="session",
        help="The words of this set carry a mark. Those of one group are shown without it.",
    )
    return f"{key}:{mark}" if mark else key


class _Titles(dict[str, str]):
    """Titles by key; of a part of a set, the set's with the part."""

    def __missing__(self, key: str) -> str:
        whole, _, mark = key.partition(":")
        if not mark:
            raise KeyError(key)
        return f"{self[whole]}, {mark}"


def titles() -> dict[str, str]:
    """The sets of vectors that can be chosen, by key: those of the catalogue, then imported files."""
    titles = _Titles({spec.key: spec.title for spec in catalog.of_kind("word-vectors")})
    titles.update(labels(store.stored(), titles.values()))
    return titles


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
    st.caption("GloVe, word2vec, fastText, CSV, JSON, arrays, a model's folder: read once and saved.")
    typed = st.text_input(
        "Path on this computer",
        key="words_path",
        persist_state="session",
        placeholder="/home/me/glove.6B.50d.txt",
        help=formats.ways_in(),
    )
    first = st.selectbox(
        "Words to read",
        [0, *FIRST],
        key="words_most",
        format_func=lambda count: f"the first {count:,}" if count else "all",
        help="Most files begin with the most frequent words. Fewer words make every view faster.",
    )
    most = first or None
    uploaded = st.file_uploader(
        "or upload a file (and its list of words)", key="words_upload", accept_multiple_files=True
    )
    with user_errors():
        mark = f"{'/'.join(one.file_id for one in uploaded)} {most}"
        path = Path(typed.strip().strip('"').strip("'")).expanduser()
        if uploaded and mark != st.session_state.get("words_read"):
            _import_upload(uploaded, mark, most)
        elif typed.strip() and not uploaded:
            _import_path(path, typed, most)
    download_by_name()
    manage(st.session_state.get("words_vectors") or "")


def _import_path(path: Path, typed: str, most: int | None) -> None:
    """Read the file of a path once; again where it changed and the person wants it."""
    read = st.session_state.get("words_read", "")
    mark = f"{typed} {most} {cached_words.file_version(path)}"
    if mark == read:
        return
    if not read.startswith(f"{typed} {most} ") or st.session_state.get("words_reread") == mark:
        _import(path, None, mark, most)
        return
    st.caption("The file has changed since it was read.")
    if st.button("Read it again", key="words_changed", icon=":material/refresh:", width="stretch"):
        st.session_state["words_reread"] = mark
        _import(path, None, mark, most)


def _import_upload(uploaded: list[Any], mark: str, most: int | None) -> None:
    """Read an upload from a copy on disk, which is deleted afterwards. It has the upload's name, for error messages;
    a list of words or a tokenizer that came with it lies beside it."""
    folder = storage.folder("uploads") / storage.content_key(mark)
    copies = [folder / (Path(one.name).name[-100:] or "file") for one in uploaded]
    for one, copy in zip(uploaded, copies, strict=True):
        if not copy.exists():
            with storage.writing(copy) as part:
                part.write_bytes(one.getbuffer())
    likely = [item.name for item in likely_entries([(copy.name, copy.stat().st_size) for copy in copies])]
    main = next((copy for copy in copies if copy.name in likely), copies[0])
    _import(main, uploaded[copies.index(main)].name, mark, most)


def _import(path: Path, title: str | None, mark: str, most: int | None = None) -> None:
    """Read a file and choose its vectors; `title` is the name of an upload, whose copy `path` is."""
    entry = None
    names = foreign.archive_names(path) if store.exists(path) else []
    if len(names) > 1:
        entry = st.selectbox(
            "Which file in the archive?", names, index=None, key=f"words_entry_{path.suffix}", placeholder="choose one"
        )
        if entry is None:
            return
    request = cached_words.vectors_file(path, entry, title, most)
    request.within(AT_ONCE_S)
    try:
        found = wait_for(request, "Reading", narrow=True)
    except Cancelled:
        show_note("Cancelled.", "Nothing of the file was saved.")
        if st.button("Read it again", key="words_again", width="stretch"):
            cached_words.forget_vectors_file(path, entry, most)
            st.rerun()
        return
    if found:
        cached_words.forget_vectors_file(path, entry, most)
        if title:
            shutil.rmtree(path.parent, ignore_errors=True)
        st.session_state["words_read"] = mark
        st.session_state["words_imported"] = found["key"]
        st.rerun()


def missing_words(settings: PageSettings, words: list[str], of: str) -> None:
    """Name the words of a list that are out of vocabulary; they are never dropped silently."""
    if words:
        show_note(f"{len(words)} of the {of} are out of vocabulary and left out:", ", ".join(words[:60]) + ".")
