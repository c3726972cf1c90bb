"""Importing documents: files or a path on this machine, the columns to use, passages; read in the job process."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from core import storage
from core.cached import documents as cached_documents
from core.cached import jobs as cached_jobs
from core.documents import corpus
from core.documents.ingest import sources
from core.documents.ingest.sources import ImportOptions, Look, Source
from core.documents.pipeline import job_spec
from core.documents.pipeline.job_spec import JobSpec
from core.errors import Cancelled, UserError
from core.runtime import server_state
from pages.shared.progress import wait_for
from pages.shared.user_errors import show_note, user_errors

MOST_FIELDS = 12
LIMITS = (1_000, 10_000, 100_000, 200_000)


@dataclass(frozen=True)
class ImportJob:
    """A source that is being imported. The whole server knows it, so that a reload finds it."""

    source: Source
    options: ImportOptions

    @property
    def spec(self) -> JobSpec:
        return job_spec.importing(self.source, self.options)

    @property
    def key(self) -> str:
        return self.spec.key


def show_import_jobs() -> None:
    """Draw the imports under way and their results."""
    for job in list(_under_way().values()):
        _follow(job)


def show_import(encoder_key: str) -> None:
    """Draw the form that imports documents."""
    with st.expander("Your own documents", icon=":material/upload_file:"), user_errors():
        source = _pick_source()
        if source is None:
            return
        if source.title.lower().endswith(".zip"):
            _open_bundle(source, encoder_key)
            return
        looked = _look(source)
        options = _pick_options(source, looked)
        _preview(source, looked, options)
        st.button(
            "Read and map",
            type="primary",
            width="stretch",
            on_click=_start,
            args=(ImportJob(source, options),),
            disabled=not options.text,
        )


def _open_bundle(source: Source, encoder_key: str) -> None:
    """A bundle: its corpus and its settings are chosen, and its map is shown."""
    spec = job_spec.opening(source, cached_documents.encoder(encoder_key))
    if st.session_state.get("documents_opened") == spec.key:
        return
    opened = wait_for(cached_jobs.submit(spec), "Opening", narrow=True)
    if opened is None:
        return
    st.session_state["documents_opened"] = spec.key
    st.session_state["documents_next"] = opened["key"]
    st.session_state["documents_query"] = ""
    st.session_state["documents_as_drawn"] = {**opened["settings"], "named": opened["named"]}
    cached_jobs.forget_job(spec.key)
    st.rerun()


def _under_way() -> dict[str, ImportJob]:
    return server_state.import_jobs


def _start(job: ImportJob) -> None:
    cached_jobs.forget_job(job.key)
    _under_way()[job.key] = job
    st.session_state["documents_importing"] = job.key


def _follow(job: ImportJob) -> None:
    """Progress; then the corpus, or what to decide about rows that could not be read."""
    try:
        found = wait_for(cached_jobs.submit(job.spec), f"Reading {job.source.title[:40]}", narrow=True)
    except (Cancelled, UserError) as error:
        show_note(*((error.what, error.next_step) if isinstance(error, UserError) else ("Cancelled.", "")))
        st.button("Close", key=f"close_{job.key}", on_click=_drop, args=(job,), width="stretch")
        return
    if found is None:
        return
    if not found["bad_count"] and st.session_state.get("documents_importing") == job.key:
        _use(job, found)
        st.rerun()
    if found["bad_count"]:
        count = found["bad_count"]
        show_note(
            f"{count:,} {'row' if count == 1 else 'rows'} could not be read.",
            f"Fix the file, or skip {'it' if count == 1 else 'them'} and import the other {found['kept']:,}.",
        )
        st.dataframe(
            [{"file": row["file"], "line": row["line"], "problem": row["problem"]} for row in found["bad"]],
            hide_index=True,
            height=38 + 35 * min(len(found["bad"]), 4),
        )
    st.button(
        "Skip them and map the rest" if found["bad_count"] else f"Show {job.source.title[:40]}",
        key=f"agree_{job.key}",
        type="primary",
        width="stretch",
        on_click=_use,
        args=(job, found),
    )
    st.button("Discard", key=f"discard_{job.key}", width="stretch", on_click=_drop, args=(job, found))


def _use(job: ImportJob, found: dict[str, Any]) -> None:
    st.session_state["documents_next"] = found["key"]
    st.session_state["documents_query"] = ""
    _drop(job)


def _drop(job: ImportJob, found: dict[str, Any] | None = None) -> None:
    if found:
        corpus.forget(found["key"])
    _under_way().pop(job.key, None)
    cached_jobs.forget_job(job.key)


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
            help=f"It is not copied; files of any size are read as a stream. {sources.KINDS}",
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
        kept = (ids, sources.save_uploads([(upload.name, upload.getbuffer()) for upload in uploads]))
        st.session_state["documents_incoming"] = kept
    return kept[1]


def _look(source: Source) -> Look:
    key = storage.content_key(asdict(source))
    kept = st.session_state.get("documents_look")
    if not kept or kept[0] != key:
        kept = st.session_state["documents_look"] = (key, sources.look(source))
    return kept[1]


def _pick_options(source: Source, looked: Look) -> ImportOptions:
    names = list(looked.columns)
    likely = looked.likely_text()
    mark = storage.content_key(source.title, names)[:8]  # other columns, other widgets
    text, fields = [likely], [name for name in names if name != likely][:MOST_FIELDS]
    if len(names) > 1:
        text = st.multiselect(
            "Text columns",
            names,
            default=text,
            key=f"documents_text_{mark}",
            help="Several columns are joined, each on a line of its own.",
        )
        fields = st.multiselect(
            "Import as fields",
            [name for name in names if name not in text],
            default=[name for name in fields if name not in text],
            key=f"documents_keep_{mark}",
            help="For the colour of the map, histograms and exports.",
        )
    words, overlap = 0, 0
    if st.toggle(
        "Cut long documents into passages",
        value=True,
        key="documents_cut",
        help="The encoder reads about 190 words of a text; the rest of a longer text is ignored.",
    ):
        words = st.slider("Words per passage", 20, 400, 150, 10, key="documents_words")
        overlap = st.slider("Words shared with the next passage (overlap)", 0, 100, 30, 5, key="documents_overlap")
    repeated = not st.checkbox("Skip repeated texts", key="documents_unrepeated")
    most = st.selectbox(
        "Max passages",
        LIMITS,
        index=2,
        format_func=lambda count: f"{count:,}",
        key="documents_most",
        help="Larger sets are sampled at random; the sample size is shown.",
    )
    return ImportOptions(tuple(text), tuple(fields), int(words), int(overlap), repeated, int(most))


def _preview(source: Source, looked: Look, options: ImportOptions) -> None:
    size = f"{source.size / 1e6:,.1f} MB" if source.size > 50_000 else f"{source.size:,} bytes"
    files = f"{len(source.files):,} files, " if source.folder else ""
    st.text("; ".join([f"{files}{size}", *source.notes, *looked.notes]))
    first = next((str(value) for name in options.text for value in looked.columns[name] if value), "")
    if first:
        st.text(f"First: {first[:160]}")
