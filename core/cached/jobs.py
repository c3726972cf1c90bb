"""The processes of long jobs, and the jobs asked of them by key: a rerun or a reload finds what is under way."""

from __future__ import annotations

import threading
from typing import Any

import streamlit as st

from core import storage
from core.documents.pipeline.job_spec import JobSpec, Result
from core.runtime import compiled_code
from core.runtime.jobs import JobRegistry, free_one
from core.runtime.worker import Request, Worker


def close(worker: Worker) -> None:
    """End a worker that Streamlit's cache lets go of."""
    worker.close()


def job_worker(role: str = "map") -> Worker:
    """A process for long jobs, one of each role for all sessions, warmed up when it starts.

    "encode" holds torch, "map" umap-learn and numba: apart, they warm up side by side. "read" reads files. The first
    call also starts preparing the default sample's map.
    """
    return worker_of(role, 0)  # Streamlit would keep job_worker() and job_worker("map") apart


@st.cache_resource(show_spinner=False, max_entries=6, on_release=close)
def worker_of(role: str, number: int) -> Worker:
    """The process of a role, or with number 1 its second one, which takes what would wait for another's long job."""
    compiled = compiled_code.folder()  # numba's machine code, kept between starts
    worker = Worker(
        "core.documents.pipeline.jobs:JobsWorker",
        {"role": role},
        environment={"NUMBA_CACHE_DIR": str(compiled)},
        patience=4.0,
        first="warm_up",
    )
    if role == "map" and number == 0:
        storage.sweep()  # what an earlier start left that was ended in the middle
        from core.documents.pipeline.preparation import prepare_sample

        threading.Thread(
            target=prepare_sample,
            args=(worker.start(), worker_of("encode", 0), registry()),
            daemon=True,
            name="preparing the sample",
        ).start()
    return worker.start()


@st.cache_resource(show_spinner=False)
def registry() -> JobRegistry:
    """The one registry of the server."""
    return JobRegistry()


def submit(spec: JobSpec, worker: Worker | None = None) -> Request:
    """The job, started if nobody asked for it yet, or its process was lost; by `worker`, else by one of its role.

    Cancelled it stays so until `forget_job`. Nobody's job waits for another's long work: a second process takes it.
    """
    return registry().ask(
        worker or (lambda: free_one(lambda number: worker_of(spec.role, number))), spec.key, spec.method, spec.arguments
    )


def ask(worker: Worker, key: str, method: str, /, **arguments: Any) -> Request:
    """A request of a worker, found again by its key, whose result is not saved as a file."""
    return registry().ask(worker, key, method, arguments)


def forget_job(key: str) -> None:
    """Forget a finished job so that it can be submitted again, and drop the cached answers so that the disk is read."""
    registry().forget(key)


def cached_result(spec: JobSpec) -> Result | None:
    """The job's result, of now or of before a restart; read and checked once for the whole server."""
    return registry().answer(spec.key, spec.read)
