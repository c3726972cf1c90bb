"""The one process that has a search index open: the file of an engine, or the connection to its server."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np

from core import storage
from core.documents import corpus
from core.documents.retrieval import bm25, engines
from core.documents.retrieval.ranking import Id, Ranking
from core.documents.retrieval.store import Store
from core.runtime.worker_process import Task


class StoreWorker:
    """What the process does. `opener`, `options`: see `core.documents.retrieval.engines.Engine`.

    Methods name a collection and its dimension, since one file or server may hold several.
    """

    def __init__(self, uri: str, opener: str, **options: Any) -> None:
        self.uri, self._stores = uri, dict[tuple[str, int], Store]()
        self._open = engines.load_opener(opener)(uri, **options)

    def store(self, collection: str, dimension: int) -> Store:
        key = collection, dimension
        if key not in self._stores:
            self._stores[key] = self._open(collection, dimension)
        return self._stores[key]

    # ------------------------------------------------------------ what can be asked over the pipe

    def open(self, task: Task, collection: str, dimension: int) -> int:
        return len(self.store(collection, dimension))

    def contents(self, task: Task, collection: str, dimension: int, ids: list[Id] | None = None) -> list[list[Any]]:
        store = self.store(collection, dimension)
        found = store.contents() if ids is None else store._digests(ids)
        return [[one, digest] for one, digest in found.items()]

    def put(
        self,
        task: Task,
        collection: str,
        dimension: int,
        ids: list[Id],
        texts: list[str],
        vectors: str,
        digests: list[str],
    ) -> None:
        rows = np.frombuffer(base64.b64decode(vectors), dtype="<f4").reshape(len(ids), dimension)
        self.store(collection, dimension)._put(ids, texts, rows, digests)

    def remove(self, task: Task, collection: str, dimension: int, ids: list[Id]) -> int:
        return self.store(collection, dimension).remove(ids)

    def settle(self, task: Task, collection: str, dimension: int, all_of_it: bool = False) -> None:
        self.store(collection, dimension).settle(all_of_it)

    def rank(self, task: Task, collection: str, dimension: int, text: str, vector: str, depth: int) -> Ranking:
        query = np.frombuffer(base64.b64decode(vector), dtype="<f4") if vector else None
        return self.store(collection, dimension).rank(text, query, depth)

    def weights(self, task: Task, collection: str, dimension: int, text: str) -> bm25.Weights | None:
        return self.store(collection, dimension).weights(text)

    def sync_corpus(self, task: Task, collection: str, dimension: int, corpus_key: str, vectors: str) -> dict[str, int]:
        """Make the index hold exactly this corpus; `vectors` is the path of its stored vectors."""
        task.progress(0.0, "reading the documents")
        texts = corpus.load(corpus_key).texts
        rows = np.array(storage.load_array(Path(vectors)))
        ids = corpus.document_ids(texts)
        done = self.store(collection, dimension).sync(ids, texts, rows, task.progress)
        self.settle(task, collection, dimension)
        return vars(done)
