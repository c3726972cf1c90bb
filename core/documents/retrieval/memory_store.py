"""A search store in memory: exact cosines and exact BM25 over arrays. It needs no engine, and keeps what it is told to.

It answers for a Milvus Lite file (see `core.documents.retrieval.milvus_lite_store`), for a corpus whose index is still
being written, and where Milvus is not installed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from core import storage
from core.documents.retrieval import bm25
from core.documents.retrieval.ranking import DEPTH, Id, Ranking
from core.documents.retrieval.store import Store, checked
from core.errors import UnreadableFile

WHOLE = "whole.json"


class MemoryStore(Store):
    """See `core.documents.retrieval.store.Store`. Compares everything: 100,000 passages in some 20 ms."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self._ids: list[Id] = []
        self._rows: dict[Id, int] = {}
        self._stamps: list[str] = []
        self._terms: list[np.ndarray] = []
        self._vocabulary: dict[str, int] = {}
        self._vectors = np.zeros((0, dimension), dtype=np.float32)
        self._postings: bm25.Postings | None = None

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, one: object) -> bool:
        return one in self._rows

    def contents(self) -> dict[Id, str]:
        return dict(zip(self._ids, self._stamps, strict=True))

    def _digests(self, ids: Sequence[Id]) -> dict[Id, str]:
        return {one: self._stamps[self._rows[one]] for one in ids if one in self._rows}

    def _put(self, ids: Sequence[Id], texts: Sequence[str], vectors: np.ndarray, digests: Sequence[str]) -> None:
        self.put_terms(ids, [bm25.terms_of(text) for text in texts], vectors, digests)

    def put_terms(
        self, ids: Sequence[Id], terms: Sequence[Sequence[str]], vectors: np.ndarray, digests: Sequence[str]
    ) -> None:
        """Add or replace documents whose terms are known already. `vectors` (N, D), rows of length 1."""
        new = [one for one in ids if one not in self._rows]
        start = len(self._ids)
        for one in new:
            self._rows[one] = len(self._ids)
            self._ids.append(one)
            self._stamps.append("")
            self._terms.append(np.empty(0, np.int32))
        self._make_room(start)
        number = self._vocabulary.setdefault
        for place, one in enumerate(ids):
            row = self._rows[one]
            self._stamps[row] = digests[place]
            self._terms[row] = np.array([number(term, len(self._vocabulary)) for term in terms[place]], dtype=np.int32)
            self._vectors[row] = vectors[place]
        self._postings = None

    def _make_room(self, used: int) -> None:
        if len(self._ids) > len(self._vectors):
            larger = np.zeros((max(len(self._ids), 2 * len(self._vectors)), self.dimension), dtype=np.float32)
            larger[:used] = self._vectors[:used]
            self._vectors = larger

    def remove(self, ids: Sequence[Id]) -> int:
        gone = {one for one in ids if one in self._rows}
        if gone:
            kept = [row for row, one in enumerate(self._ids) if one not in gone]
            self._vectors = self._vectors[kept]
            self._terms = [self._terms[row] for row in kept]
            self._stamps = [self._stamps[row] for row in kept]
            self._ids = [self._ids[row] for row in kept]
            self._rows = {one: row for row, one in enumerate(self._ids)}
            self._postings = None
        return len(gone)

    def rank(self, text: str, vector: np.ndarray | None, depth: int = DEPTH) -> Ranking:
        if not self._ids:
            return Ranking((), ())
        keyword: tuple[tuple[Id, float], ...] = ()
        terms = bm25.terms_of(text)
        query = [self._vocabulary[term] for term in terms if term in self._vocabulary]
        if query:
            keyword = self._best(self._ready().scores(query), depth, above=0.0)
        return Ranking(keyword, () if vector is None else self._by_vector(vector, depth), self.most(terms))

    def scored(self, text: str, ids: Sequence[Id]) -> tuple[tuple[Id, float], ...]:
        """These documents with their BM25 for a query, the best first."""
        query = [self._vocabulary[term] for term in bm25.terms_of(text) if term in self._vocabulary]
        scores = self._ready().scores(query)
        return tuple(
            sorted(
                ((one, float(scores[self._rows[one]])) for one in ids if one in self._rows), key=lambda pair: -pair[1]
            )
        )

    def most(self, terms: Sequence[str]) -> float:
        """See `core.documents.retrieval.bm25.most`."""
        return bm25.most(terms, self._frequencies(terms), len(self._ids))

    def _frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        postings = self._ready()
        return {term: postings.frequency(self._vocabulary[term]) for term in terms if term in self._vocabulary}

    def _ready(self) -> bm25.Postings:
        if self._postings is None:
            self._postings = bm25.Postings(self._terms, len(self._vocabulary))
        return self._postings

    def weights(self, text: str) -> bm25.Weights | None:
        terms = bm25.terms_of(text)
        found = dict.fromkeys(terms, 0) | self._frequencies(terms)
        return bm25.Weights(len(self._ids), self._ready().mean_length, found)

    def _by_vector(self, vector: np.ndarray, depth: int) -> tuple[tuple[Id, float], ...]:
        (query,) = checked([""], [""], np.asarray(vector)[None, :], self.dimension)
        return self._best(self._vectors[: len(self._ids)] @ query, depth)

    def _best(self, scores: np.ndarray, depth: int, above: float = -np.inf) -> tuple[tuple[Id, float], ...]:
        """The best ids with their scores; equal scores in the order in which the documents were added."""
        rows = np.flatnonzero(scores > above)
        if len(rows) > depth:
            least = np.partition(scores[rows], -depth)[-depth]
            rows = rows[scores[rows] >= least]
        rows = rows[np.argsort(-scores[rows], kind="stable")[:depth]]
        return tuple((self._ids[row], float(scores[row])) for row in rows.tolist())

    # ------------------------------------------------------------ kept on disk

    def save(self, folder: Path) -> None:
        """Keep the arrays in a folder, whole or not at all."""
        forget(folder)
        storage.save_array(folder / "vectors.npy", self._vectors[: len(self._ids)])
        storage.save_array(folder / "terms.npy", np.concatenate([np.empty(0, np.int32), *self._terms]))
        storage.save_array(folder / "lengths.npy", np.array([len(row) for row in self._terms], dtype=np.int64))
        told = {"ids": self._ids, "digests": self._stamps, "vocabulary": list(self._vocabulary)}
        with storage.writing(folder / WHOLE) as part:
            part.write_text(json.dumps(told), encoding="utf-8")
        storage.seal(folder / WHOLE)

    @classmethod
    def load(cls, folder: Path, dimension: int) -> MemoryStore | None:
        """The store that was kept in a folder; None if there is none, or not a whole one."""
        try:
            told = json.loads((folder / WHOLE).read_text(encoding="utf-8"))
            vectors = np.array(storage.load_array(folder / "vectors.npy"))
            lengths = np.array(storage.load_array(folder / "lengths.npy"))
            terms = np.array(storage.load_array(folder / "terms.npy"))
            if not storage.is_whole(folder / WHOLE):
                return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, UnreadableFile):
            return None
        if (
            vectors.shape != (len(told["ids"]), dimension)
            or not len(vectors) == len(lengths) == len(told["digests"])
            or len(terms) != lengths.sum()
        ):
            return None
        store = cls(dimension)
        store._ids, store._stamps, store._vectors = told["ids"], told["digests"], vectors
        store._rows = {one: row for row, one in enumerate(store._ids)}
        store._terms = np.split(terms, np.cumsum(lengths)[:-1]) if len(lengths) else []
        store._vocabulary = {term: number for number, term in enumerate(told["vocabulary"])}
        return store


def forget(folder: Path) -> None:
    """Have what is kept in the folder count no more: called before anything is changed."""
    (folder / WHOLE).unlink(missing_ok=True)


def opened(uri: str) -> Callable[[str, int], Store]:
    """New, empty stores."""
    return lambda collection, dimension: MemoryStore(dimension)
