"""What every search store can do, with any engine: add, change, remove, synchronize, rank, search."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.documents.retrieval.bm25 import Weights
from core.documents.retrieval.ranking import DEPTH, Fusion, Hit, Id, Mode, Ranking
from core.errors import UserError

Progress = Callable[[float, str], None]
BATCH = 500  # documents that are written, and reported as done, at a time


@dataclass(frozen=True)
class Changes:
    """What a call of `add` or `sync` did: numbers of documents."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0


class Store(ABC):
    """Documents that can be searched by words and by meaning. Used as a context manager it closes itself."""

    dimension: int

    @abstractmethod
    def contents(self) -> dict[Id, str]:
        """Every id, with the digest of the text and the vector that it was given."""

    @abstractmethod
    def _put(self, ids: Sequence[Id], texts: Sequence[str], vectors: np.ndarray, digests: Sequence[str]) -> None:
        """Write these documents, replacing those of the same id, so that they outlive the process."""

    @abstractmethod
    def remove(self, ids: Sequence[Id]) -> int:
        """Take documents out; ids that are not there do no harm. How many were there."""

    @abstractmethod
    def rank(self, text: str, vector: np.ndarray | None, depth: int = DEPTH) -> Ranking:
        """The first `depth` documents by words and by meaning; without a vector by words only."""

    def weights(self, text: str) -> Weights | None:
        """What makes a query's terms weigh what they do; None where the engine keeps that to itself."""
        return None

    def settle(self, all_of_it: bool = False) -> None:  # noqa: B027
        """Save what makes the next start quick, if enough has changed to be worth the writing, or if `all_of_it`."""

    def close(self) -> None:  # noqa: B027
        """Let go of files, processes and connections."""

    def add(
        self, ids: Sequence[Id], texts: Sequence[str], vectors: np.ndarray, on_progress: Progress | None = None
    ) -> Changes:
        """Add documents, or change those whose id is there already; what is equal is not written again.

        `vectors` (N, D), scaled to length 1 here. When this returns, or `on_progress(fraction, sentence)` has been
        called for a batch, its documents are kept, whatever happens to this process.

        Raises:
            UserError: the vectors do not match the texts or this store, an id occurs twice; errors of the engine.
        """
        return self._bring(ids, texts, vectors, self._digests(ids), on_progress)

    def sync(
        self, ids: Sequence[Id], texts: Sequence[str], vectors: np.ndarray, on_progress: Progress | None = None
    ) -> Changes:
        """Make the store hold exactly these documents: new ones added, changed ones written, others removed."""
        there = self.contents()
        wanted = set(ids)
        gone = [one for one in there if one not in wanted]
        for start in range(0, len(gone), BATCH):
            self.remove(gone[start : start + BATCH])
        done = self._bring(ids, texts, vectors, there, on_progress)
        return Changes(done.added, done.changed, len(gone), done.unchanged)

    def _digests(self, ids: Sequence[Id]) -> dict[Id, str]:
        """The digests of those of `ids` that are there; an engine far away is asked for no more than it must be."""
        return self.contents()

    def _bring(
        self,
        ids: Sequence[Id],
        texts: Sequence[str],
        vectors: np.ndarray,
        there: dict[Id, str],
        on_progress: Progress | None,
    ) -> Changes:
        unit = checked(ids, texts, vectors, self.dimension)
        digests = [digest_of(text, vector) for text, vector in zip(texts, unit, strict=True)]
        todo = [row for row, one in enumerate(ids) if there.get(one) != digests[row]]
        for start in range(0, len(todo), BATCH):
            rows = todo[start : start + BATCH]
            self._put(
                [ids[row] for row in rows], [texts[row] for row in rows], unit[rows], [digests[row] for row in rows]
            )
            if on_progress:
                done = start + len(rows)
                on_progress(done / len(todo), f"indexed {done:,} of {len(todo):,} documents")
        added = sum(1 for row in todo if ids[row] not in there)
        return Changes(added, len(todo) - added, 0, len(ids) - len(todo))

    def search(
        self, text: str, vector: np.ndarray | None, mode: Mode = "hybrid", count: int = 10, fusion: Fusion = "scores"
    ) -> list[Hit]:
        """The best `count` documents: by words ("keyword"), by meaning ("vector"), or by both ("hybrid").

        `vector` (D,) is that of the query, by the same encoder as the documents'; without it only words count.
        `fusion` is what makes one list of both: "scores", or "ranks" for reciprocal rank fusion.
        """
        return self.rank(text, vector, max(DEPTH, count)).hits(mode, count, fusion)

    def __len__(self) -> int:
        return len(self.contents())

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def checked(ids: Sequence[Id], texts: Sequence[str], vectors: np.ndarray, dimension: int) -> np.ndarray:
    """The vectors (N, D) as float32 of length 1; a vector of zeros stays so.

    Raises:
        UserError: numbers, types or sizes do not match.
    """
    unit = np.array(vectors, dtype=np.float32)
    if unit.ndim != 2 or len(ids) != len(texts) or len(ids) != len(unit):
        raise UserError(
            f"{len(ids):,} ids, {len(texts):,} texts and vectors of shape {unit.shape} do not belong together.",
            "Give one id, one text and one row of vectors for each document.",
        )
    if unit.shape[1] != dimension:
        raise UserError(
            f"These vectors have {unit.shape[1]} numbers, this index holds vectors of {dimension}.",
            "Use the encoder that made the index, or open another index.",
        )
    if not np.isfinite(unit).all():
        raise UserError("Some of these vectors hold values that are no numbers.", "Encode the texts again.")
    if len(set(ids)) != len(ids):
        raise UserError("Some ids come twice.", "Give each document an id of its own.")
    kinds = {str if isinstance(one, str) else int for one in ids if isinstance(one, (str, int, np.integer))}
    if len(kinds) > 1 or any(isinstance(one, bool) or not isinstance(one, (str, int, np.integer)) for one in ids):
        raise UserError("The ids are of several kinds.", "Give whole numbers only, or texts only.")
    lengths = np.linalg.norm(unit, axis=1, keepdims=True)
    return unit / np.where(lengths > 0, lengths, 1.0)


def digest_of(text: str, vector: np.ndarray) -> str:
    """What tells whether a document has changed: its text, and its vector (another encoder gives another)."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16)
    digest.update(np.ascontiguousarray(vector, dtype=np.float32).tobytes())
    return digest.hexdigest()
