"""Vectors, maps, bundles and judged sets for the tests of documents, and how a job is run in this process."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from core.documents import corpus, projection
from core.documents.mapping import clusters, neighbours
from core.documents.pipeline import bundle
from core.documents.pipeline.job_spec import JobSpec, Result
from core.documents.pipeline.jobs import JobsWorker
from core.runtime.worker_process import Task

JUDGEMENTS = "query-id\tcorpus-id\tscore\nq1\td2\t1\nq2\td1\t2\nq2\tnone\t1\nq1\td1\t0\n"


class Minilm:
    """The identity of an encoder that is called like the default one."""

    key, name, revision = "minilm", "minilm", "1" * 16


def task() -> Task:
    """A task whose progress nobody reads."""
    return Task(0, lambda message: None)


def run_job(spec: JobSpec, asked: Task | None = None, worker: Any = None) -> Result:
    """The result of a job, computed in this process."""
    result: Result = getattr(worker or JobsWorker("read"), spec.method)(asked or task(), **spec.arguments)
    return result


def blobs(count: int = 120, groups: int = 3, dimension: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """Vectors (N, D) of length 1 around some centres, and which centre each belongs to (N,)."""
    random = np.random.default_rng(7)
    centres = random.standard_normal((groups, dimension)) * 3
    labels = np.arange(count) % groups
    rows = (centres[labels] + random.standard_normal((count, dimension))).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True), labels


def whole_map() -> bundle.WholeMap:
    """A map of 60 short texts with two fields, as a bundle holds it."""
    vectors, _ = blobs(60)
    made = corpus.Corpus(
        "five words\t",
        tuple(f"text\tnumber {number}\nsecond line" for number in range(60)),
        {
            "kind": tuple("ab"[number % 2] for number in range(60)),
            "x": tuple(number / 2 if number else 0 for number in range(60)),
        },
        ("a note",),
    )
    settings = projection.ProjectionSettings(method="pca")
    found = clusters.find(vectors, made.texts)
    return bundle.WholeMap(
        made,
        {"key": "minilm", "revision": "1" * 16, "precision": "float32"},
        settings,
        vectors,
        projection.project(vectors, settings).points,
        found.labels,
        [[list(words) for words in level] for level in found.keywords],
        neighbours.find(vectors, 50),
    )


def rewritten(path: Path, **changes: Any) -> None:
    """The bundle with other values in its map.json."""
    with zipfile.ZipFile(path) as packed:
        about, table = json.loads(packed.read("map.json")), packed.read("map.parquet")
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("map.json", json.dumps({**about, **changes}))
        packed.writestr("map.parquet", table)


def judged_folder(tmp_path: Path, judgements: str = JUDGEMENTS) -> Path:
    """A folder in BEIR's layout: three documents, three queries, one of them without judgements."""
    documents = [
        {"_id": "d1", "title": "Bush fires", "text": "burn near the town"},
        {"_id": "d2", "title": "", "text": "A batsman made a century"},
        {"_id": "d3", "text": "Rain"},
    ]
    queries = [{"_id": "q1", "text": "cricket batsman"}, {"_id": "q2", "text": "fires"}, {"_id": "q3", "text": "x"}]
    for name, rows in (("corpus.jsonl", documents), ("queries.jsonl", queries)):
        (tmp_path / name).write_text("\n".join(json.dumps(row) for row in rows))
    (tmp_path / "qrels").mkdir(exist_ok=True)
    (tmp_path / "qrels" / "test.tsv").write_text(judgements)
    return tmp_path
