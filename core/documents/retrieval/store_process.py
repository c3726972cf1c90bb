"""The one process that owns a search index: Milvus Lite on a file, or the client of a Milvus server.

Milvus Lite keeps the rows and would answer too, but it goes through all of them in Python for every question (measured:
`python -m tests.benchmarks.documents_search`). So up to `MOST_IN_MEMORY` documents the questions are answered from
arrays of the same rows, exactly; the engine itself answers beyond that, and wherever it is a server.
"""

from __future__ import annotations

import base64
import os
import urllib.parse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core import storage
from core.documents import corpus
from core.documents.retrieval import bm25
from core.documents.retrieval.memory_store import MemoryStore, forget
from core.documents.retrieval.milvus_store import MilvusStore
from core.documents.retrieval.ranking import DEPTH, Id, Ranking
from core.documents.retrieval.store import Store
from core.errors import DamagedIndex, HeldElsewhere, UserError
from core.models import api_keys
from core.runtime.worker_process import Task

MOST_IN_MEMORY = 500_000  # documents: at 384 numbers each 0.8 GB


class FileStore(Store):
    """One collection of a Milvus Lite file, with its rows in memory beside it.

    `kept`: the folder where the arrays are kept between runs. They count only while nothing was changed since, so
    they are given up before the first change, and a process that is killed costs no more than reading the rows again.
    """

    def __init__(self, engine: MilvusStore, kept: Path, most_in_memory: int = MOST_IN_MEMORY) -> None:
        self.engine, self.dimension, self._kept, self._most = engine, engine.dimension, kept, most_in_memory
        self._touched = 0
        arrays = MemoryStore.load(kept, engine.dimension)
        self._arrays = arrays if arrays is not None and len(arrays) == len(engine) else self._read()

    def _read(self) -> MemoryStore:
        arrays = MemoryStore(self.dimension)
        for rows in self.engine.pages("id", "terms", "digest", "vector"):
            arrays.put_terms(
                [row["id"] for row in rows],
                [row["terms"].split() for row in rows],
                np.array([row["vector"] for row in rows], dtype=np.float32),
                [row["digest"] for row in rows],
            )
        self._touched = len(arrays)
        return arrays

    def contents(self) -> dict[Id, str]:
        return self._arrays.contents()

    def _digests(self, ids: Sequence[Id]) -> dict[Id, str]:
        return self._arrays._digests(ids)

    def _put(self, ids: Sequence[Id], texts: Sequence[str], vectors: np.ndarray, digests: Sequence[str]) -> None:
        self._touch(len(ids))
        terms = [bm25.terms_of(text) for text in texts]
        self.engine.put_terms(ids, terms, vectors, digests, fresh=not any(one in self._arrays for one in ids))
        self._arrays.put_terms(ids, terms, vectors, digests)

    def remove(self, ids: Sequence[Id]) -> int:
        self._touch(len(ids))
        self.engine.remove([one for one in ids if one in self._arrays])
        return self._arrays.remove(ids)

    def _touch(self, count: int) -> None:
        self._touched += count
        forget(self._kept)

    def settle(self, all_of_it: bool = False) -> None:
        """Keep the arrays for the next start, if enough has changed to be worth the writing, or if told so."""
        if self._touched and (all_of_it or self._touched * 50 >= len(self._arrays)):
            self.engine.settle()
            self._arrays.save(self._kept)
            self._touched = 0

    def rank(self, text: str, vector: np.ndarray | None, depth: int = DEPTH) -> Ranking:
        if len(self._arrays) <= self._most:
            return self._arrays.rank(text, vector, depth)
        found = self.engine.lists(text, vector, depth)
        # Milvus Lite counts a term's documents segment by segment, so what was added last scores on another scale
        return replace(
            found,
            keyword=self._arrays.scored(text, [one for one, _ in found.keyword]),
            most=self._arrays.most(bm25.terms_of(text)),
        )

    def weights(self, text: str) -> bm25.Weights | None:
        return self._arrays.weights(text) if len(self._arrays) <= self._most else None

    def __len__(self) -> int:
        return len(self._arrays)


class StoreWorker:
    """What the owner process does; `uri` is a path of a Milvus Lite file or the address of a server.

    Methods name a collection and its dimension, since one file or server may hold several.
    """

    def __init__(self, uri: str, most_in_memory: int = MOST_IN_MEMORY) -> None:
        self.uri, self._most, self._stores = uri, most_in_memory, dict[tuple[str, int], Store]()
        self._serving: Any = None
        self._address = uri if "://" in uri else self._serve(Path(uri))

    def _serve(self, path: Path) -> str:
        """Open the file; the engine then listens on a port of this machine that is open to its own client."""
        try:
            from milvus_lite import DataDirLockedError
            from milvus_lite.adapter.grpc.server import start_server_in_thread
        except ImportError as problem:
            raise UserError(
                "Milvus Lite is not installed.",
                "pip install pymilvus milvus-lite, or give the address of a Milvus server.",
            ) from problem
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._serving = start_server_in_thread(str(path), host="127.0.0.1", port=0)
        except DataDirLockedError as problem:
            raise HeldElsewhere(
                f"Another process is using the search index {path.name}.",
                "Close the other lab, or set TEXTLAB_HOME to another folder for this one.",
            ) from problem
        except Exception as problem:  # whatever the engine trips over in its files
            raise DamagedIndex(
                f"The search index {path.name} cannot be read ({type(problem).__name__}).",
                "Have it made anew: the documents themselves are not touched.",
            ) from problem
        return f"http://127.0.0.1:{self._serving[2]}"

    def store(self, collection: str, dimension: int) -> Store:
        key = collection, dimension
        if key not in self._stores:
            self._stores[key] = self._opened(collection, dimension)
        return self._stores[key]

    def _opened(self, collection: str, dimension: int) -> Store:
        if self._serving is None:
            return MilvusStore(self._address, dimension, collection, token_for(self._address))
        try:
            engine = MilvusStore(self._address, dimension, collection, vector_index="FLAT")
            kept = Path(self.uri) / "arrays" / storage.content_key(collection)
            return FileStore(engine, kept, self._most)
        except UserError as problem:
            if type(problem) is not UserError:
                raise
            raise DamagedIndex(
                f"The search index cannot be read whole: {problem.what}",
                "Have it made anew: the documents themselves are not touched.",
            ) from problem

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
        store = self.store(collection, dimension)
        if isinstance(store, FileStore):
            store.settle(all_of_it)

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


def token_for(address: str) -> str:
    """The token for a Milvus server: TEXTLAB_MILVUS_TOKEN, if it is the one in TEXTLAB_MILVUS_URI or on this machine.

    Raises:
        UserError: it would be sent to another machine over plain http.
    """
    try:
        parts = urllib.parse.urlsplit(address)
        host, port, secure = parts.hostname or "", parts.port, parts.scheme == "https"
    except ValueError:
        return ""  # no address: connecting says so
    return api_keys.secret("TEXTLAB_MILVUS_TOKEN", os.environ.get("TEXTLAB_MILVUS_URI", ""), host, port, secure)
