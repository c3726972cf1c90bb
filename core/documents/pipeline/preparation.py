"""Have the default sample's first map ready before anybody opens the page. A failure shows when it is asked for."""

from __future__ import annotations

import contextlib

from core.documents import corpus, encoders, projection, samples
from core.documents.pipeline import job_spec
from core.documents.pipeline.job_spec import JobSpec, Result
from core.errors import Cancelled, UserError
from core.runtime.jobs import JobRegistry
from core.runtime.worker import Request, Worker


def prepare_sample(mapping: Worker, encoding: Worker, registry: JobRegistry) -> None:
    """Vectors, clusters and maps of the sample, each by the worker whose work it is."""

    def submit(spec: JobSpec) -> Request:
        worker = encoding if spec.role == "encode" else mapping
        return registry.ask(worker, spec.key, spec.method, spec.arguments)

    def result_of(spec: JobSpec) -> Result:
        return spec.read() or submit(spec).result()

    with contextlib.suppress(UserError, Cancelled, RuntimeError):
        key = samples.SPECS[0].key
        vectors = result_of(job_spec.encoding(corpus.load(key), key, encoders.load()))["vectors"]
        grouping = job_spec.grouping(key, vectors)
        if grouping.read() is None:
            submit(grouping)
        for dimensions in (2, 3):
            result_of(job_spec.projecting(vectors, projection.ProjectionSettings(dimensions=dimensions)))
