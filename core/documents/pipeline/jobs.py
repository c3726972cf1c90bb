"""Long work on documents, as it runs in the job processes: encoding in one, neighbours, maps and clusters in the other.

Every method is given the `key` of its result (see `job_spec.JobSpec`), saves the result on disk under it, and returns
at once if it is there. Arrays stay in files; what travels is their paths.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from core import storage
from core.documents import corpus, encoders, projection
from core.documents.encoders import DEFAULT_ENCODER
from core.documents.encoding import vector_store
from core.documents.mapping import clusters, neighbours, trust
from core.documents.pipeline import bundle, estimate, exports, job_spec, result_cache, sampling
from core.runtime import gate
from core.runtime.worker_process import Task

NEIGHBOURS_SAVED = 50
WRITERS = {"bundle": bundle.write, "projector": exports.projector, "atlas": exports.atlas}


class JobsWorker:
    """What the job processes do. `role` says which: "encode" holds torch, "map" umap-learn, "read" neither."""

    def __init__(self, role: str = "map") -> None:
        self.role = role
        if hasattr(os, "nice"):
            os.nice(2)  # the page that waits for this must stay quick
        self._encoders: dict[str, encoders.Encoder] = {}

    def warm_up(self, task: Task) -> str:
        """Import and compile now what the first real job would otherwise wait for."""
        if self.role == "encode":
            self._encoder(DEFAULT_ENCODER).encode(["warm"])
        elif self.role == "map":
            few = np.random.default_rng(0).standard_normal((64, 8)).astype(np.float32)
            few /= np.linalg.norm(few, axis=1, keepdims=True)
            projection.project(few, projection.ProjectionSettings(n_neighbors=5), on_progress=task.progress)
            clusters.find(few, ["a word"] * 64)
        return "warm"

    def import_corpus(self, task: Task, key: str, source: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
        """Files into a saved corpus, at the gate: its key, counts, and the rows that could not be read."""
        result: dict[str, Any] = gate.read(
            "documents import", named=source["title"], on_progress=task.progress, source=source, options=options
        )
        return result

    def encode(self, task: Task, key: str, corpus_key: str, texts_key: str, encoder: str) -> dict[str, Any]:
        """The vectors of a corpus by the encoder of that key or folder: {"vectors": path, "encoded": how many were new,
        "seconds", "precision", "where" (the same as a person reads it), "reason", "speedup", "rounds",
        "lowest_cosine"}."""

        def compute() -> dict[str, Any]:
            started = time.perf_counter()
            task.progress(0.0, "reading the documents")
            texts = corpus.load(corpus_key).texts
            model = self._encoder(encoder)
            before = sampling.encode_samples(model, corpus_key, started, task.progress)
            vectors, new = vector_store.encode(
                model, texts, sampling.scaled(task.progress, before / max(len(texts), 1))
            )
            estimate.note_speed("encode", new + before, time.perf_counter() - started)
            sampling.forget_samples(corpus_key)
            return sampling.encoded(model, texts_key, vectors, new + before, started)

        return result_cache.get_or_compute("encode", key, compute)

    def project(
        self,
        task: Task,
        key: str,
        vectors: str,
        dimensions: int = 2,
        n_neighbors: int = 15,
        min_dist: float = 0.1,
        seed: int = 42,
        method: str = "umap",
    ) -> dict[str, Any]:
        """The map of stored vectors: {"points": path, "seconds", "note"}."""
        settings = projection.ProjectionSettings(dimensions, n_neighbors, min_dist, seed, method)  # type: ignore[arg-type]

        def compute() -> dict[str, Any]:
            rows = np.array(storage.load_array(Path(vectors)))
            known = None
            if method != "pca":
                known = self._neighbours(task, vectors, rows, max(NEIGHBOURS_SAVED, n_neighbors))
            made = projection.project(rows, settings, known, task.progress)
            path = storage.folder("maps") / f"{key}.npy"
            storage.save_array(path, made.points)
            return {"points": str(path), "seconds": made.seconds, "note": made.note}

        return result_cache.get_or_compute("project", key, compute)

    def group(self, task: Task, key: str, corpus_key: str, vectors: str) -> dict[str, Any]:
        """Clusters at several levels: {"labels": path of (N, L), "keywords": words by level and cluster}."""

        def compute() -> dict[str, Any]:
            rows = np.array(storage.load_array(Path(vectors)))
            found = clusters.find(rows, corpus.load(corpus_key).texts, on_progress=task.progress)
            path = storage.folder("maps") / f"{storage.content_key('labels', Path(vectors).stem)}.npy"
            storage.save_array(path, found.labels)
            return {"labels": str(path), "keywords": found.keywords}

        return result_cache.get_or_compute("group", key, compute)

    def cluster(self, task: Task, key: str, vectors: str) -> dict[str, Any]:
        """Clusters of stored vectors at several levels: {"labels": path of (N, L)}."""

        def compute() -> dict[str, Any]:
            rows = np.array(storage.load_array(Path(vectors)))
            labels = np.stack(clusters.ward_levels(rows, clusters.levels_for(len(rows)), task.progress), axis=1)
            path = storage.folder("maps") / f"{storage.content_key('cluster', key)}.npy"
            storage.save_array(path, labels)
            return {"labels": str(path)}

        return result_cache.get_or_compute("cluster", key, compute)

    def trust(self, task: Task, key: str, vectors: str, points: str, count: int = 10) -> dict[str, Any]:
        """How far a map can be trusted: {"trustworthiness", "continuity", "overlap", "count", "every", and the paths
        "rows", "kept" (of the documents compared) and "each" (of all)}."""

        def compute() -> dict[str, Any]:
            found = trust.measure(
                np.array(storage.load_array(Path(vectors))),
                np.array(storage.load_array(Path(points))),
                count,
                on_progress=task.progress,
            )
            answer: dict[str, Any] = {
                "trustworthiness": found.trustworthiness,
                "continuity": found.continuity,
                "overlap": found.overlap,
                "count": found.count,
            }
            near = self._neighbours(task, vectors, np.array(storage.load_array(Path(vectors))), NEIGHBOURS_SAVED)
            each = trust.kept_of_each(near.indices, np.array(storage.load_array(Path(points))), count)
            answer["every"] = float(each.mean())
            for name, array in (("rows", found.rows), ("kept", found.kept), ("each", each)):
                answer[name] = str(storage.folder("maps") / f"{storage.content_key('trust', key, name)}.npy")
                storage.save_array(Path(answer[name]), array)
            return answer

        return result_cache.get_or_compute("trust", key, compute)

    def export(
        self, task: Task, key: str, kind: str, corpus_key: str, settings: dict[str, Any], encoder: str, namer: str = ""
    ) -> dict[str, Any]:
        """A saved map as a file for "bundle", "projector" or "atlas", with the names that `namer` gave its clusters:
        {"file": path, "bytes"}."""
        chosen = projection.ProjectionSettings(**settings)
        path = storage.folder("exports") / f"{key}{'.parquet' if kind == 'atlas' else '.zip'}"
        whole = bundle.of_saved(corpus_key, self._encoder(encoder), chosen, NEIGHBOURS_SAVED, namer)
        WRITERS[kind](path, whole, task.progress)
        return {"file": str(path), "bytes": path.stat().st_size}

    def open_bundle(self, task: Task, key: str, path: str, title: str, encoder: str) -> dict[str, Any]:
        """Save the map in a bundle, at the gate: {"key" of its corpus, "settings", "same_encoder", "named"}."""
        mine = self._encoder(encoder)
        identity = {"key": mine.key, "name": mine.name, "revision": mine.revision}
        result: dict[str, Any] = gate.read(
            "documents bundle", named=title, on_progress=task.progress, path=path, encoder=identity
        )
        return result

    def _neighbours(self, task: Task, vectors: str, rows: np.ndarray, count: int) -> neighbours.Neighbours:
        """The stored neighbours of stored vectors, found if need be."""

        def compute() -> dict[str, Any]:
            found = neighbours.find(rows, count, lambda part, doing: task.progress(0.3 * part, doing))
            paths = {}
            for name, array in (("indices", found.indices), ("similarities", found.similarities)):
                path = storage.folder("neighbours") / f"{Path(vectors).stem}-{count}-{name}.npy"
                storage.save_array(path, array)
                paths[name] = str(path)
            return paths

        paths = job_spec.neighbouring(vectors, count).get_or_compute(compute)
        return neighbours.Neighbours(
            np.array(storage.load_array(Path(paths["indices"]))),
            np.array(storage.load_array(Path(paths["similarities"]))),
        )

    def _encoder(self, key: str) -> encoders.Encoder:
        if key not in self._encoders:
            self._encoders[key] = encoders.load(key)
        return self._encoders[key]
