"""Long work on documents, as it runs in the job processes: encoding in one, neighbours, maps and groups in the other.

Every method keeps its result on disk under the content and the settings that made it and answers at once if it is
there. Arrays stay in files; what travels is their paths.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from core import storage
from core.documents import corpus, encoders, projection
from core.documents.encoding import vector_store
from core.documents.mapping import clusters, neighbours, trust
from core.documents.pipeline import bundle, exports, result_cache
from core.runtime import gate
from core.runtime.worker_process import Task

NEIGHBOURS_KEPT = 50


class Jobs:
    """What the job processes do. `role` says which: "encode" holds torch, "map" umap-learn, "read" neither."""

    def __init__(self, role: str = "map") -> None:
        self.role = role
        if hasattr(os, "nice"):
            os.nice(2)  # the page that waits for this must stay quick
        self._encoders: dict[str, encoders.Encoder] = {}

    def warm_up(self, task: Task) -> str:
        """Import and compile now what the first real job would otherwise wait for."""
        if self.role == "encode":
            self._encoder("minilm").encode(["warm"])
        elif self.role == "map":
            few = np.random.default_rng(0).standard_normal((64, 8)).astype(np.float32)
            few /= np.linalg.norm(few, axis=1, keepdims=True)
            projection.project(few, projection.ProjectionSettings(n_neighbors=5), on_progress=task.progress)
            clusters.find(few, ["a word"] * 64)
        return "warm"

    def gather(self, task: Task, source: dict[str, Any], plan: dict[str, Any]) -> dict[str, Any]:
        """Files into a kept corpus, at the gate: its key, counts, and the rows that do not fit."""
        return gate.read("documents gather", named=source["title"], on_progress=task.progress, source=source, plan=plan)

    def encode(self, task: Task, corpus_key: str, texts_key: str, encoder: str = "minilm") -> dict[str, Any]:
        """The vectors of a corpus: {"vectors": path, "encoded": how many were new, "seconds", "precision", "where" (the
        same as a person reads it), "reason", "speedup", "rounds", "lowest_cosine"}."""

        def make() -> dict[str, Any]:
            started = time.perf_counter()
            task.progress(0.0, "reading the documents")
            texts = corpus.load(corpus_key).texts
            model = self._encoder(encoder)
            vectors, new = vector_store.encode(model, texts, task.progress)
            chosen = model.choose_precision()
            path = storage.folder("matrices") / f"{storage.content_key(texts_key, model.identity())}.npy"
            storage.save_array(path, vectors)
            return {
                "vectors": str(path),
                "encoded": new,
                "seconds": time.perf_counter() - started,
                "precision": chosen.name,
                "where": chosen.title,
                "reason": chosen.reason,
                "speedup": chosen.speedup,
                "rounds": chosen.rounds,
                "lowest_cosine": chosen.lowest_cosine,
            }

        told = {"texts": texts_key, "encoder": encoder, "revision": self._encoder(encoder).revision}
        return result_cache.kept_or_made("encode", told, make)

    def project(
        self,
        task: Task,
        vectors: str,
        dimensions: int = 2,
        n_neighbors: int = 15,
        min_dist: float = 0.1,
        seed: int = 42,
        method: str = "umap",
    ) -> dict[str, Any]:
        """The map of stored vectors: {"points": path, "seconds", "note"}."""
        settings = projection.ProjectionSettings(dimensions, n_neighbors, min_dist, seed, method)  # type: ignore[arg-type]
        told = {"vectors": Path(vectors).stem, "settings": vars(settings)}

        def make() -> dict[str, Any]:
            rows = np.array(storage.load_array(Path(vectors)))
            known = None
            if method != "pca":
                known = self._neighbours(task, vectors, rows, max(NEIGHBOURS_KEPT, n_neighbors))
            made = projection.project(rows, settings, known, task.progress)
            path = storage.folder("maps") / f"{storage.content_key(told)}.npy"
            storage.save_array(path, made.points)
            return {"points": str(path), "seconds": made.seconds, "note": made.note}

        return result_cache.kept_or_made("project", told, make)

    def group(self, task: Task, corpus_key: str, vectors: str) -> dict[str, Any]:
        """Groups at several levels: {"labels": path of (N, L), "keywords": words by level and group}."""

        def make() -> dict[str, Any]:
            rows = np.array(storage.load_array(Path(vectors)))
            found = clusters.find(rows, corpus.load(corpus_key).texts, on_progress=task.progress)
            path = storage.folder("maps") / f"{storage.content_key('labels', Path(vectors).stem)}.npy"
            storage.save_array(path, found.labels)
            return {"labels": str(path), "keywords": found.keywords}

        return result_cache.kept_or_made(
            "group", {"vectors": Path(vectors).stem, "levels": list(clusters.LEVELS)}, make
        )

    def trust(self, task: Task, vectors: str, points: str, count: int = 10) -> dict[str, Any]:
        """How far a map can be trusted: {"trustworthiness", "continuity", "overlap", "count", "every", and the paths
        "rows", "kept" (of the documents compared) and "each" (of all)}."""
        told = {"vectors": Path(vectors).stem, "points": Path(points).stem, "count": count, "of": "each"}

        def make() -> dict[str, Any]:
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
            near = self._neighbours(task, vectors, np.array(storage.load_array(Path(vectors))), NEIGHBOURS_KEPT)
            each = trust.kept_of_each(near.indices, np.array(storage.load_array(Path(points))), count)
            answer["every"] = float(each.mean())
            for name, array in (("rows", found.rows), ("kept", found.kept), ("each", each)):
                answer[name] = str(storage.folder("maps") / f"{storage.content_key('trust', told, name)}.npy")
                storage.save_array(Path(answer[name]), array)
            return answer

        return result_cache.kept_or_made("trust", told, make)

    def take_away(
        self, task: Task, kind: str, corpus_key: str, settings: dict[str, Any], encoder: str = "minilm", namer: str = ""
    ) -> dict[str, Any]:
        """A kept map as a file for "bundle", "projector" or "atlas", with the names that `namer` gave its groups:
        {"file": path, "bytes"}."""
        chosen = projection.ProjectionSettings(**settings)
        name = storage.content_key("take away", kind, corpus_key, settings, namer)
        path = storage.folder("exports") / f"{name}{'.parquet' if kind == 'atlas' else '.zip'}"
        whole = bundle.of_kept(corpus_key, self._encoder(encoder), chosen, NEIGHBOURS_KEPT, namer)
        write = {"bundle": bundle.write, "projector": exports.projector, "atlas": exports.atlas}[kind]
        write(path, whole, task.progress)
        return {"file": str(path), "bytes": path.stat().st_size}

    def open_bundle(self, task: Task, path: str, title: str = "") -> dict[str, Any]:
        """Keep the map in a bundle, at the gate: {"key" of its corpus, "settings", "same_encoder", "named"}."""
        mine = self._encoder("minilm")
        return gate.read(
            "documents bundle", named=title, on_progress=task.progress, path=path, key=mine.key, revision=mine.revision
        )

    def _neighbours(self, task: Task, vectors: str, rows: np.ndarray, count: int) -> neighbours.Neighbours:
        """The stored neighbours of stored vectors, found if need be."""

        def make() -> dict[str, Any]:
            found = neighbours.find(rows, count, lambda part, doing: task.progress(0.3 * part, doing))
            paths = {}
            for name, array in (("indices", found.indices), ("similarities", found.similarities)):
                path = storage.folder("neighbours") / f"{Path(vectors).stem}-{count}-{name}.npy"
                storage.save_array(path, array)
                paths[name] = str(path)
            return paths

        paths = result_cache.kept_or_made("neighbours", {"vectors": Path(vectors).stem, "count": count}, make)
        return neighbours.Neighbours(
            np.array(storage.load_array(Path(paths["indices"]))),
            np.array(storage.load_array(Path(paths["similarities"]))),
        )

    def _encoder(self, key: str) -> encoders.Encoder:
        if key not in self._encoders:
            self._encoders[key] = encoders.load(key)
        return self._encoders[key]
