"""Imports under way: their progress, what could not be read, and the corpus that comes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.cached import documents as cached_documents
from core.cached import jobs as cached_jobs
from core.documents import corpus
from core.documents.ingest.sources import ImportOptions, Source
from core.documents.pipeline import estimate, job_spec
from core.documents.pipeline.job_spec import JobSpec
from core.errors import Cancelled, UserError
from core.runtime import server_state
from pages.documents.corpus import import_source
from pages.shared.stages import Plan, wait_for_stage
from pages.shared.user_errors import show_note

ROWS_LISTED = 4  # of those that could not be read, before the list scrolls


@dataclass(frozen=True)
class ImportJob:
    """A source that is being imported. The whole server knows it, so that a reload finds it. `replaces`: the key of the
    corpus that it takes the place of; `rows`: about how many there will be."""

    source: Source
    options: ImportOptions
    replaces: str = ""
    rows: int = 0

    @property
    def spec(self) -> JobSpec:
        return job_spec.importing(self.source, self.options)

    @property
    def key(self) -> str:
        return self.spec.key


def start(job: ImportJob) -> None:
    """Start an import, afresh where the same was done before."""
    cached_jobs.forget_job(job.key)
    _under_way()[job.key] = job
    st.session_state["documents_importing"] = job.key
    import_source.close(job.source)


def show_import_jobs() -> None:
    """Draw the imports under way and their results."""
    for job in list(_under_way().values()):
        _follow(job)


def _under_way() -> dict[str, ImportJob]:
    return server_state.import_jobs


def _follow(job: ImportJob) -> None:
    """Progress; then the corpus, or what to decide about rows that could not be read."""
    plan = Plan(estimate.stages(job.rows or 1000, job.source.size), 0)
    try:
        found = wait_for_stage(cached_jobs.submit(job.spec), f"Reading {job.source.title[:40]}", plan)
    except (Cancelled, UserError) as error:
        show_note(*((error.what, error.next_step) if isinstance(error, UserError) else ("Cancelled.", "")))
        st.button("Close", key=f"close_{job.key}", on_click=_drop, args=(job,))
        return
    if found is None:
        return
    if not found["bad_count"] and st.session_state.get("documents_importing") == job.key:
        _use(job, found)
        st.rerun()
    with st.container(border=True):
        _decide(job, found)


def _decide(job: ImportJob, found: dict[str, Any]) -> None:
    count, title = found["bad_count"], job.source.title[:40]
    if count:
        show_note(
            f"{count:,} {'row' if count == 1 else 'rows'} could not be read.",
            f"Fix the file, or skip {'it' if count == 1 else 'them'} and import the other {found['kept']:,}.",
        )
        st.dataframe(
            [{"file": row["file"] or title, "line": row["line"], "problem": row["problem"]} for row in found["bad"]],
            hide_index=True,
            height=38 + 35 * min(len(found["bad"]), ROWS_LISTED),
        )
    left, right = st.columns(2)
    left.button(
        "Skip them and map the rest" if count else f"Show {title}",
        key=f"agree_{job.key}",
        type="primary",
        width="stretch",
        on_click=_use,
        args=(job, found),
    )
    right.button("Discard", key=f"discard_{job.key}", width="stretch", on_click=_drop, args=(job, found))


def _use(job: ImportJob, found: dict[str, Any]) -> None:
    if job.replaces and job.replaces != found["key"]:
        corpus.forget(job.replaces)
    cached_documents.corpus.clear(found["key"])  # the same texts may have come with other vectors
    st.session_state["documents_next"] = found["key"]
    st.session_state["documents_query"] = ""
    _drop(job)


def _drop(job: ImportJob, found: dict[str, Any] | None = None) -> None:
    if found:
        corpus.forget(found["key"])
    _under_way().pop(job.key, None)
    cached_jobs.forget_job(job.key)
