"""One's own documents: a file, several, or a path on this machine; which columns, how cut; read in the job process."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from core import storage
from core.cached import jobs as cached_jobs
from core.documents import corpus
from core.documents.ingest import sources
from core.documents.ingest.sources import Look, Plan, Source
from core.errors import Cancelled, UserError
from core.runtime import server_state
from pages.shared.progress import wait_for
from pages.shared.user_errors import show_note, user_errors

MOST_FIELDS = 12
LIMITS = (1_000, 10_000, 100_000, 200_000)


@dataclass(frozen=True)
class Reading:
    """A source under way to a corpus. It is kept for the whole server, so that a reload finds it."""

    source: Source
    plan: Plan

    @property
    def key(self) -> str:
        return storage.content_key("gather", asdict(self.source), asdict(self.plan))


def follow_readings() -> None:
    """Draw what is being read, and what came of it."""
    for reading in list(_under_way().values()):
        _follow(reading)


def bring_own() -> None:
    """Draw the way to bring documents."""
    with st.expander("Your own documents", icon=":material/upload_file:"), user_errors():
        source = _pick_source()
        if source is None:
            return
        if source.title.lower().endswith(".zip"):
            _open_bundle(source)
            return
        looked = _look(source)
        plan = _pick_plan(source, looked)
        _preview(source, looked, plan)
        st.button(
            "Read and map",
            type="primary",
            width="stretch",
            on_click=_start,
            args=(Reading(source, plan),),
            disabled=not plan.text,
        )


def _open_bundle(source: Source) -> None:
    """A map from another lab: its corpus and its settings are taken, and the map is there."""
    key = storage.content_key("open bundle", asdict(source))
    if st.session_state.get("documents_opened") == key:
        return
    opened = wait_for(
        cached_jobs.job(key, "open_bundle", role="read", path=source.files[0][0], title=source.title),
        "Opening",
        narrow=True,
    )
    if opened is None:
        return
    st.session_state["documents_opened"] = key
    st.session_state["documents_next"] = opened["key"]
    st.session_state["documents_query"] = ""
    st.session_state["documents_as_drawn"] = {**opened["settings"], "named": opened["named"]}
    cached_jobs.forget_job(key)
    st.rerun()


def _under_way() -> dict[str, Reading]:
    return server_state.import_jobs


def _start(reading: Reading) -> None:
    cached_jobs.forget_job(reading.key)
    _under_way()[reading.key] = reading
    st.session_state["documents_reading"] = reading.key


def _follow(reading: Reading) -> None:
    """Progress; then the corpus, or what to decide about rows that do not fit."""
    request = cached_jobs.job(
        reading.key, "gather", role="read", source=asdict(reading.source), plan=asdict(reading.plan)
    )
    try:
        found = wait_for(request, f"Reading {reading.source.title[:40]}", narrow=True)
    except (Cancelled, UserError) as error:
        show_note(*((error.what, error.next_step) if isinstance(error, UserError) else ("Cancelled.", "")))
        st.button("Close", key=f"close_{reading.key}", on_click=_drop, args=(reading,), width="stretch")
        return
    if found is None:
        return
    if not found["bad_count"] and st.session_state.get("documents_reading") == reading.key:
        _use(reading, found)
        st.rerun()
    if found["bad_count"]:
        count = found["bad_count"]
        show_note(
            f"{count:,} {'row does' if count == 1 else 'rows do'} not fit.",
            f"Mend the file, or leave {'it' if count == 1 else 'them'} out: {found['kept']:,} are fine.",
        )
        st.dataframe(
            [{"file": row["file"], "line": row["line"], "problem": row["problem"]} for row in found["bad"]],
            hide_index=True,
            height=38 + 35 * min(len(found["bad"]), 4),
        )
    st.button(
        "Leave them out and map the rest" if found["bad_count"] else f"Show {reading.source.title[:40]}",
        key=f"agree_{reading.key}",
        type="primary",
        width="stretch",
        on_click=_use,
        args=(reading, found),
    )
    st.button("Discard", key=f"discard_{reading.key}", width="stretch", on_click=_drop, args=(reading, found))


def _use(reading: Reading, found: dict[str, Any]) -> None:
    st.session_state["documents_next"] = found["key"]
    st.session_state["documents_query"] = ""
    _drop(reading)


def _drop(reading: Reading, found: dict[str, Any] | None = None) -> None:
    if found:
        corpus.forget(found["key"])
    _under_way().pop(reading.key, None)
    cached_jobs.forget_job(reading.key)


def _pick_source() -> Source | None:
    where = st.segmented_control(
        "From",
        ["upload", "a path"],
        default="upload",
        required=True,
        key="documents_from",
        label_visibility="collapsed",
        width="stretch",
    )
    if where == "a path":
        place = st.text_input(
            "File or folder on this machine",
            key="documents_path",
            persist_state="session",
            help=f"Read where it lies, as a stream, however large. {sources.KINDS}",
        )
        return sources.find(place) if place.strip() else None
    uploads = st.file_uploader(
        "Files",
        key="documents_upload",
        accept_multiple_files=True,
        help=f"{sources.KINDS}, or a map's bundle (.zip). They stay on this machine.",
    )
    if not uploads:
        return None
    ids = [upload.file_id for upload in uploads]
    kept = st.session_state.get("documents_incoming")
    if not kept or kept[0] != ids or not sources.still_there(kept[1]):
        kept = (ids, sources.keep([(upload.name, upload.getbuffer()) for upload in uploads]))
        st.session_state["documents_incoming"] = kept
    return kept[1]


def _look(source: Source) -> Look:
    key = storage.content_key(asdict(source))
    kept = st.session_state.get("documents_look")
    if not kept or kept[0] != key:
        kept = st.session_state["documents_look"] = (key, sources.look(source))
    return kept[1]


def _pick_plan(source: Source, looked: Look) -> Plan:
    names = list(looked.columns)
    likely = looked.likely_text()
    mark = storage.content_key(source.title, names)[:8]  # other columns, other widgets
    text, fields = [likely], [name for name in names if name != likely][:MOST_FIELDS]
    if len(names) > 1:
        text = st.multiselect(
            "The text is in",
            names,
            default=text,
            key=f"documents_text_{mark}",
            help="Several columns are joined, one below the other.",
        )
        fields = st.multiselect(
            "Keep as fields",
            [name for name in names if name not in text],
            default=[name for name in fields if name not in text],
            key=f"documents_keep_{mark}",
            help="To colour the map by, and to take along when exporting.",
        )
    words, overlap = 0, 0
    if st.toggle(
        "Cut long documents into passages",
        value=True,
        key="documents_cut",
        help="The encoder reads about 190 words of a text; what lies beyond does not count.",
    ):
        words = st.slider("Words in a passage", 20, 400, 150, 10, key="documents_words")
        overlap = st.slider("Words shared with the next one", 0, 100, 30, 5, key="documents_overlap")
    repeated = not st.checkbox("Leave out repeated texts", key="documents_unrepeated")
    most = st.selectbox(
        "At most",
        LIMITS,
        index=2,
        format_func=lambda count: f"{count:,}",
        key="documents_most",
        help="Where there are more, so many are drawn at random, and that is said.",
    )
    return Plan(tuple(text), tuple(fields), int(words), int(overlap), repeated, int(most))


def _preview(source: Source, looked: Look, plan: Plan) -> None:
    size = f"{source.size / 1e6:,.1f} MB" if source.size > 50_000 else f"{source.size:,} bytes"
    files = f"{len(source.files):,} files, " if source.folder else ""
    st.text("; ".join([f"{files}{size}", *source.notes, *looked.notes]))
    first = next((str(value) for name in plan.text for value in looked.columns[name] if value), "")
    if first:
        st.text(f"First: {first[:160]}")
