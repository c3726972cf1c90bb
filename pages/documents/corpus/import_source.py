"""Where documents come from: files dropped on the page's first control, or a path on this machine."""

from __future__ import annotations

import os
from dataclasses import asdict

import streamlit as st

from core import storage
from core.documents.ingest import formats, sources
from core.documents.ingest.sources import Source
from pages.shared.user_errors import user_errors

DONE = "documents_import_done"
KINDS = ", ".join(f".{ending}" for each in formats.FORMATS for ending in each.endings)


def pick_source() -> Source | None:
    """Draw the choice of files; the files that shall be read now, or None."""
    where = st.segmented_control(
        "Import documents",
        ["upload", "a path"],
        default="upload",
        required=True,
        key="documents_from",
        label_visibility="collapsed",
        width="stretch",
        format_func=lambda one: {"upload": "Import files", "a path": "Import a path"}[one],
    )
    source: Source | None = None
    with user_errors():
        source = _at_path() if where == "a path" else _uploaded()
    if source is None:
        return None
    stamp = stamp_of(source)
    if st.session_state.get(DONE) != stamp:
        return source
    st.button(
        "Import it once more", key="documents_import_again", type="tertiary", icon=":material/refresh:", on_click=again
    )
    return None


def again() -> None:
    """Show the preview of what was imported already: its file may be another one by now, or other columns wanted."""
    st.session_state.pop(DONE, None)


def close(source: Source) -> None:
    """Close the preview of a source."""
    st.session_state[DONE] = stamp_of(source)


def stamp_of(source: Source) -> str:
    """A digest of the files and when they were changed: a file that was edited is another source."""
    times = []
    for path, _ in source.files[:1000]:
        try:
            times.append(os.stat(path).st_mtime_ns)
        except OSError:
            times.append(0)
    return storage.content_key(asdict(source), times)


def _at_path() -> Source | None:
    place = st.text_input(
        "File or folder on this machine",
        key="documents_path",
        persist_state="session",
        placeholder="/home/me/notes.csv",
        label_visibility="collapsed",
        help=f"It is not copied; files of any size are read as a stream. {KINDS}",
    )
    return sources.find(place) if place.strip() else None


def _uploaded() -> Source | None:
    uploads = st.file_uploader(
        "Files",
        key="documents_upload",
        accept_multiple_files=True,
        label_visibility="collapsed",
        help=f"{KINDS}, or a map's bundle (.zip). They stay on this machine.",
    )
    if not uploads:
        return None
    ids = [upload.file_id for upload in uploads]
    kept = st.session_state.get("documents_incoming")
    if not kept or kept[0] != ids or not sources.still_there(kept[1]):
        kept = (ids, sources.save_uploads([(upload.name, upload.getbuffer()) for upload in uploads]))
        st.session_state["documents_incoming"] = kept
    source: Source = kept[1]
    return source


def origin_of(source: Source) -> str:
    """Where the files lie, for the list of corpora: the path that was given; of uploads, their name."""
    if st.session_state.get("documents_from") == "a path":
        return os.path.abspath(os.path.expanduser(str(st.session_state.get("documents_path", "")).strip().strip("\"'")))
    return source.title
