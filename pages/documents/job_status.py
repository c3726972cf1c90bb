"""The answer of a step, or the sight of its job under way: it goes on when the page is left, and is found on return."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.cached import jobs as cached_jobs
from core.documents.pipeline.job_spec import Step
from core.errors import Cancelled, UserError
from core.runtime.worker import Request
from pages.shared.progress import wait_for
from pages.shared.user_errors import show_note


def answer_of(step: Step, label: str, start: Callable[[], Request] | None = None) -> dict[str, Any] | None:
    """The step's answer if it is there; else None, after drawing its progress or why it ended.

    `start`: how its job is asked for, where that is not a job process for documents.
    """
    if (kept := cached_jobs.cached_answer(step)) is not None:
        return kept
    request = start() if start else cached_jobs.job(step.key, step.method, role=step.role, **step.arguments)
    try:
        return wait_for(request, label)
    except Cancelled:
        show_note("Cancelled.", "What was done so far is kept.")
    except UserError as error:
        show_note(error.what, error.next_step)
    if st.button("Start again", key=f"again_{step.key}", icon=":material/refresh:"):
        cached_jobs.forget_job(step.key)
        st.rerun()
    return None
