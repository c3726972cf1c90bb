"""Word vectors from any sentence encoder: its input embeddings, or each word encoded as a text of its own."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core import catalog
from core.cached import hub as cached_hub
from core.cached import jobs as cached_jobs
from core.cached import words as cached_words
from core.errors import Cancelled, UserError
from core.models import hub
from pages.shared.progress import wait_for
from pages.shared.user_errors import show_note

OTHER = "another one of the hub"
TABLE, EACH = "input embeddings", "each word encoded"
COUNTS = (2_000, 10_000, 50_000)


def open_encoder(vectors_key: str, vectors_title: str) -> None:
    """Choose an encoder, download it if needed, and make a set of vectors of its words."""
    st.caption(
        "The input embeddings are one vector per word, before the encoder reads any text. Encoded, each word is a text "
        "of its own."
    )
    specs = {spec.key: spec for spec in catalog.of_kind("sentence-encoder", only_available=False)}
    chosen = st.selectbox(
        "Encoder", [*specs, OTHER], key="words_encoder", format_func=lambda key: _named(specs.get(key))
    )
    repo = (
        specs[chosen].repo
        if chosen in specs
        else st.text_input(
            "Name",
            key="words_encoder_repo",
            persist_state="session",
            max_chars=200,
            placeholder="owner/name",
            help="A sentence-transformers model of the Hugging Face hub with weights as safetensors",
        ).strip()
    )
    title = specs[chosen].title if chosen in specs else repo.split("/")[-1]
    if not (repo or chosen in specs):
        return
    try:
        folder = _folder(chosen, repo)
        if folder is None:
            size = specs[chosen].size_bytes if chosen in specs else None
            _download(repo, f"Download {size / 1e6:,.0f} MB" if size else "Download")
            return
        way = st.radio("As", [EACH, TABLE], key="words_encoder_way", horizontal=True)
        if way == TABLE:
            _open_table(catalog.find(folder).path or Path(folder) if folder == "minilm" else Path(folder), title)
        else:
            _encode(vectors_key, vectors_title, folder, title)
    except Cancelled:
        show_note("Cancelled.", "What was done is saved: click again to continue.")
    except UserError as error:
        show_note(error.what, error.next_step)


def _open_table(folder: Path, title: str) -> None:
    """The input embeddings of the encoder in a folder, read as every file of vectors is."""
    inputs = folder, None, f"{title}, input embeddings"
    if st.button("Open input embeddings", key="words_encoder_table", width="stretch"):
        st.session_state["words_encoder_opening"] = str(folder)
    if st.session_state.get("words_encoder_opening") != str(folder):
        return
    request = cached_words.vectors_file(*inputs)
    request.within(0.4)
    try:
        found = wait_for(request, "Reading", narrow=True)
    finally:
        if request.done:
            cached_words.forget_vectors_file(folder)
            st.session_state.pop("words_encoder_opening")
    if found:
        _choose(found["key"])


def _named(spec: catalog.Spec | None) -> str:
    if spec is None:
        return "another, by name …"
    return spec.title if spec.available else f"{spec.title} ({(spec.size_bytes or 0) / 1e6:,.0f} MB download)"


def _folder(chosen: str, repo: str) -> str | None:
    """Where the encoder is: "minilm", its folder, or None if it is not on this computer."""
    if not repo:
        return chosen if chosen == "minilm" else str(catalog.find(chosen).path)
    return str(hub.folder_of(repo)) if hub.kept(repo, "*.safetensors") else None


def _download(repo: str, label: str) -> None:
    request = cached_hub.from_hub(repo, None, start=False)
    if request is not None and request.done:
        cached_jobs.forget_job(cached_hub.hub_key(repo, None))
        request.result()
    elif request is not None:
        wait_for(request, "Downloading", narrow=True)
        return
    if st.button(label, key="words_encoder_fetch", icon=":material/download:", width="stretch"):
        cached_hub.from_hub(repo, None)
        st.rerun()


def _encode(vectors_key: str, vectors_title: str, folder: str, title: str) -> None:
    most = len(cached_words.word_vectors(vectors_key))
    sizes = [*(count for count in COUNTS if count < most), min(most, COUNTS[-1])]
    count = st.selectbox(
        f"Words of “{vectors_title}”",
        sorted(set(sizes)),
        index=len(set(sizes)) - 1,
        key="words_encoder_count",
        format_func=lambda count: f"the first {count:,}",
    )
    asked = vectors_key, int(count or most), folder
    named = f"{title}, {asked[1]:,} words encoded"
    request = cached_words.encoded_words(*asked, named, start=False)
    if request is not None:
        try:
            found = wait_for(request, "Encoding", narrow=True)
        finally:
            if request.done:
                cached_words.forget_words(*asked)
        if found:
            _choose(found["key"])
    elif st.button(f"Encode {asked[1]:,} words", key="words_encoder_go", icon=":material/play_arrow:", width="stretch"):
        cached_words.encoded_words(*asked, named)
        st.rerun()


def _choose(key: str) -> None:
    st.session_state["words_imported"] = key
    st.rerun()
