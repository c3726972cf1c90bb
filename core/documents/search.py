"""Search by words, by meaning, and by both: a store of documents that outlives the process, on this machine or not.

store = open_store("documents.db", 384)                  # Milvus Lite, a file
store = open_store("http://127.0.0.1:19530", 384)        # a Milvus server or cluster: nothing else changes
store.add(ids, texts, vectors)
for hit in store.search("bush fires", encoder.encode_query("bush fires")):
    print(hit.id, hit.keyword_rank, hit.vector_rank)
"""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core import storage
from core.documents import corpus
from core.documents.retrieval.bm25 import Weights
from core.documents.retrieval.engines import engine_of, load_opener, on_this_machine
from core.documents.retrieval.memory_store import MemoryStore
from core.documents.retrieval.ranking import DEPTH, FUSIONS, MODES, Fusion, Hit, Id, Mode, Ranking, fuse
from core.documents.retrieval.store import Changes, Progress, Store
from core.errors import UserError
from core.runtime.worker import Request, Worker

__all__ = [
    "FUSIONS",
    "MODES",
    "Changes",
    "Fusion",
    "Hit",
    "Mode",
    "Ranking",
    "Store",
    "discard",
    "fuse",
    "in_memory",
    "index_key",
    "open_store",
    "place",
    "server",
    "title_of",
]

WORKER = "core.documents.retrieval.store_process:StoreWorker"
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}  # a product of one row: threads that wait for each other cost more than it
SETTLE_S = 10.0  # a store that is closed is given so long to put its arrays away


def open_store(uri: str | Path, dimension: int, collection: str = "documents") -> Store:
    """A search store for vectors of `dimension` numbers.

    `uri` is a path (Milvus Lite keeps its files in a folder of that name), the address of a Milvus server, or
    ":memory:" for one that is gone with the process. TEXTLAB_MILVUS_TOKEN is a token for the server that
    TEXTLAB_MILVUS_URI names, or for one on this machine.

    Raises:
        HeldElsewhere, DamagedIndex, LostServer, OtherDimension: `UserError`s, each with a way on.
    """
    engine = engine_of(str(uri))
    if not engine.own_process:
        opened: Store = load_opener(engine.opener)(str(uri))(collection, dimension)
        return opened
    store = SharedStore(str(uri), dimension, collection)
    try:
        store.ask("open")
    except BaseException:
        store.close(settle=False)
        raise
    return store


def server() -> str:
    """The address of the Milvus server that the environment names in TEXTLAB_MILVUS_URI, or ""."""
    return os.environ.get("TEXTLAB_MILVUS_URI", "").strip()


def title_of(uri: str) -> str:
    """What keeps an index, as a person reads it."""
    return engine_of(uri).title.format(uri=uri)


def index_key(texts_key: str, encoder: str) -> str:
    """The name of the index of these texts, encoded by that encoder (its identity)."""
    return storage.content_key("search index", texts_key, encoder)


def place(key: str, address: str = "") -> tuple[str, str]:
    """(uri, collection) of an index: a file of its own in the lab's folder, or a collection on a server."""
    if address:
        return address, f"textlab_{key}"
    return str(storage.place("search") / f"{key}.db"), "documents"


def discard(uri: str | Path) -> None:
    """Delete the files of an index, when they are damaged or no longer wanted.

    Raises:
        UserError: it is a server, or that folder is no index.
    """
    path, marker = Path(uri), engine_of(str(uri)).marker
    if not marker or (path.exists() and not (path / marker).exists()):
        raise UserError(f"{path.name} is not a search index on this machine.", "Nothing was deleted.")
    owner = _owners.pop(_name(str(uri)), None)
    if owner:
        owner.worker.close()
    shutil.rmtree(path, ignore_errors=True)


class _SharedWorker:
    """A worker that owns one file or one connection, and how many stores use it."""

    def __init__(self, uri: str, **options: Any) -> None:
        arguments = {"uri": uri, "opener": engine_of(uri).opener, **options}
        self.worker = Worker(WORKER, arguments, environment=ONE_THREAD, patience=10.0)
        self.users = 0


_owners: dict[str, _SharedWorker] = {}
_owners_lock = threading.Lock()


def _name(uri: str) -> str:
    return str(Path(uri).resolve()) if on_this_machine(uri) else uri


class SharedStore(Store):
    """A store whose engine lives in a process of its own, one for each file, shared by everybody in this process."""

    def __init__(self, uri: str, dimension: int, collection: str = "documents") -> None:
        self.uri, self.dimension, self.collection, self._open = _name(uri), dimension, collection, True
        with _owners_lock:
            self._owner = _owners.setdefault(self.uri, _SharedWorker(self.uri))
            self._owner.users += 1

    @property
    def worker(self) -> Worker:
        """The owner's process."""
        return self._owner.worker

    def submit(self, method: str, /, **arguments: Any) -> Request:
        """Ask the owner for something, without waiting."""
        return self._owner.worker.submit(method, collection=self.collection, dimension=self.dimension, **arguments)

    def ask(self, method: str, /, **arguments: Any) -> Any:
        return self.submit(method, **arguments).result()

    def contents(self) -> dict[Id, str]:
        return {one: digest for one, digest in self.ask("contents")}

    def _digests(self, ids: Sequence[Id]) -> dict[Id, str]:
        return {one: digest for one, digest in self.ask("contents", ids=list(ids))}

    def _put(self, ids: Sequence[Id], texts: Sequence[str], vectors: np.ndarray, digests: Sequence[str]) -> None:
        self.ask("put", ids=list(ids), texts=list(texts), vectors=_sent(vectors), digests=list(digests))

    def _bring(
        self,
        ids: Sequence[Id],
        texts: Sequence[str],
        vectors: np.ndarray,
        there: dict[Id, str],
        on_progress: Progress | None,
    ) -> Changes:
        done = super()._bring(ids, texts, vectors, there, on_progress)
        self.ask("settle")
        return done

    def remove(self, ids: Sequence[Id]) -> int:
        return int(self.ask("remove", ids=list(ids)))

    def __len__(self) -> int:
        return int(self.ask("open"))

    def rank(self, text: str, vector: np.ndarray | None, depth: int = DEPTH) -> Ranking:
        query = "" if vector is None else _sent(np.asarray(vector).reshape(-1))
        found = self.ask("rank", text=text, vector=query, depth=depth)
        keyword, nearest = (tuple((one, score) for one, score in found[kind]) for kind in ("keyword", "vector"))
        return Ranking(keyword, nearest, found["most"])

    def weights(self, text: str) -> Weights | None:
        found = self.ask("weights", text=text)
        return Weights(**found) if found else None

    def close(self, settle: bool = True) -> None:
        with _owners_lock:
            if self._open:
                self._open = False
                self._owner.users -= 1
                if settle:
                    with contextlib.suppress(UserError, RuntimeError, TimeoutError):
                        self.submit("settle", all_of_it=True).result(SETTLE_S)
                if not self._owner.users:
                    if _owners.get(self.uri) is self._owner:
                        del _owners[self.uri]
                    self._owner.worker.close()


def _sent(array: np.ndarray) -> str:
    """An array as it travels to the owner: float32, little-endian, in base64."""
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode()


def in_memory(texts: Sequence[str], vectors: np.ndarray) -> Store:
    """A corpus as a store in memory, under the ids that its index gives it."""
    store = MemoryStore(vectors.shape[1])
    store.add(corpus.document_ids(texts), texts, vectors)
    return store
