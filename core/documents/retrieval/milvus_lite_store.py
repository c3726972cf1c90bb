"""A search store in Milvus Lite: an engine on files of this machine, with its rows in memory beside it.

Milvus Lite keeps the rows and would answer too, but it goes through all of them in Python for every question (measured:
`python -m tests.benchmarks.documents_search`). So up to `MOST_IN_MEMORY` documents the questions are answered from
arrays of the same rows, exactly; beyond that the engine itself answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core import storage
from core.documents.retrieval import bm25
from core.documents.retrieval.memory_store import MemoryStore, forget
from core.documents.retrieval.milvus_store import MilvusStore
from core.documents.retrieval.ranking import DEPTH, Id, Ranking
from core.documents.retrieval.store import Store
from core.errors import DamagedIndex, HeldElsewhere, UserError

MOST_IN_MEMORY = 500_000  # documents: at 384 numbers each 0.8 GB


class MilvusLiteStore(Store):
    """One collection of a Milvus Lite file, with its rows in memory beside it.

    `kept`: the folder where the arrays are saved between runs. They count only while nothing was changed since, so
    they are discarded before the first change, and a process that is killed costs no more than reading the rows again.
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
        """Save the arrays for the next start, if enough has changed to be worth the writing, or if `all_of_it`."""
        if self._touched and (all_of_it or self._touched * 50 >= len(self._arrays)):
            self.engine.flush()
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


def opened(uri: str, most_in_memory: int = MOST_IN_MEMORY) -> Callable[[str, int], Store]:
    """Open a file; what it gives opens its collections.

    Raises:
        HeldElsewhere, DamagedIndex: another process has it, or it cannot be read.
    """
    serving = _serve(Path(uri))

    def store(collection: str, dimension: int) -> Store:
        try:
            engine = MilvusStore(f"http://127.0.0.1:{serving[2]}", dimension, collection, vector_index="FLAT")
            arrays = Path(uri) / "arrays" / storage.content_key(collection)
            return MilvusLiteStore(engine, arrays, most_in_memory)
        except UserError as problem:
            if type(problem) is not UserError:
                raise
            raise DamagedIndex(
                f"The search index cannot be read whole: {problem.what}",
                "Rebuild the index; your documents are not affected.",
            ) from problem

    return store


def _serve(path: Path) -> Any:
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
        return start_server_in_thread(str(path), host="127.0.0.1", port=0)
    except DataDirLockedError as problem:
        raise HeldElsewhere(
            f"Another process is using the search index {path.name}.",
            "Close the other app, or set TEXTLAB_HOME to another folder for this one.",
        ) from problem
    except Exception as problem:  # whatever the engine trips over in its files
        raise DamagedIndex(
            f"The search index {path.name} cannot be read ({type(problem).__name__}).",
            "Rebuild the index; your documents are not affected.",
        ) from problem
