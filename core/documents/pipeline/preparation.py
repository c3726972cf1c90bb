"""Have the default sample's first map ready before anybody opens the page. A failure shows when it is asked for."""

from __future__ import annotations

import contextlib
from typing import Any

from core.documents import corpus, encoders, projection
from core.documents.pipeline import job_spec
from core.documents.pipeline.job_spec import Step
from core.errors import Cancelled, UserError
from core.runtime.jobs import JobRegistry
from core.runtime.worker import Worker


def prepare_sample(mapping: Worker, encoding: Worker, book: JobRegistry) -> None:
    """Vectors, groups and maps of the sample, each by the worker whose work it is."""

    def answer(step: Step) -> dict[str, Any]:
        worker = encoding if step.role == "encode" else mapping
        return step.kept() or book.ask(worker, step.key, step.method, step.arguments).result()

    with contextlib.suppress(UserError, Cancelled, RuntimeError):
        vectors = answer(job_spec.encoding(corpus.load("lee"), "lee", encoders.load("minilm")))["vectors"]
        grouping = job_spec.grouping("lee", vectors)
        if grouping.kept() is None:
            book.ask(mapping, grouping.key, grouping.method, grouping.arguments)
        for dimensions in (2, 3):
            answer(job_spec.projecting(vectors, projection.ProjectionSettings(dimensions=dimensions)))
