"""The result of a job, or its progress: the job goes on when the page is left, and is found on return."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.cached import jobs as cached_jobs
from core.documents.pipeline.job_spec import JobSpec, Result
from core.errors import Cancelled, UserError
from core.runtime.worker import Worker
from pages.shared.progress import wait_for
from pages.shared.stages import Plan, wait_for_stage
from pages.shared.user_errors import show_note


def result_or_progress(
    spec: JobSpec,
    label: str,
    worker: Worker | None = None,
    plan: Plan | None = None,
    news: Callable[[], bool] | None = None,
    first_map: bool = False,
) -> Result | None:
    """The job's result if it is there; else None, after drawing its progress or why it ended.

    `worker`: what computes it, where that is not a job process for documents. `plan`: the stages that it is one of,
    with `news` and `first_map` as `stages.wait_for_stage` takes them.
    """
    if (result := cached_jobs.cached_result(spec)) is not None:
        return result
    try:
        request = cached_jobs.submit(spec, worker)
        return wait_for_stage(request, label, plan, news, first_map) if plan else wait_for(request, label)
    except Cancelled:
        show_note("Cancelled.", "What was done so far is saved.")
    except UserError as error:
        show_note(error.what, error.next_step)
    if st.button("Start again", key=f"again_{spec.key}", icon=":material/refresh:"):
        cached_jobs.forget_job(spec.key)
        st.rerun()
    return None
