"""The answer to a query by all three rankings: the hits of each, those that only one has, and why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.documents.corpus import Corpus
from core.documents.retrieval.bm25 import Weights
from core.documents.retrieval.explain import NEAR, Explanation, explain
from core.documents.retrieval.ranking import MODES, Fusion, Hit, Id, Mode, Ranking
from core.documents.retrieval.store import Store
from core.errors import WorkerDied

WORDS_ALONE, MEANING_ALONE, BOTH, NEITHER = range(4)


@dataclass(frozen=True)
class Explained:
    """A hit: its document's row in the corpus, which rankings have it (see `Answer.kind`), and why."""

    hit: Hit
    row: int
    kind: int
    explanation: Explanation


@dataclass(frozen=True)
class Answer:
    """What a store answered to a query on a corpus. `count`: how many hits of each way are looked at; `fusion`: how
    the two were to be fused (`ranking.fusion(fusion)` is how they were)."""

    query: str
    corpus: Corpus
    ranking: Ranking
    weights: Weights | None
    count: int = NEAR
    fusion: Fusion = "scores"

    @cached_property
    def _rows(self) -> dict[Id, int]:
        return {one: row for row, one in enumerate(self.corpus.ids)}

    def hits(self, mode: Mode) -> list[Hit]:
        """The first hits of a mode whose documents are in the corpus."""
        return [hit for hit in self.ranking.hits(mode, self.count, self.fusion) if hit.id in self._rows]

    def rows(self, mode: Mode) -> list[int]:
        """Their documents' rows in the corpus."""
        return [self._rows[hit.id] for hit in self.hits(mode)]

    def kind(self, hit: Hit) -> int:
        """Which ways have it among their first: WORDS_ALONE, MEANING_ALONE, BOTH or NEITHER."""
        words, meaning = ((rank or self.count + 1) <= self.count for rank in (hit.keyword_rank, hit.vector_rank))
        return BOTH if words and meaning else WORDS_ALONE if words else MEANING_ALONE if meaning else NEITHER

    def kinds(self) -> np.ndarray:
        """The kind of every document (N,)."""
        kinds = np.full(len(self.corpus.texts), NEITHER)
        for mode in MODES:
            for hit in self.hits(mode):
                kinds[self._rows[hit.id]] = self.kind(hit)
        return kinds

    def explained(self, mode: Mode) -> list[Explained]:
        """The first hits of a mode, each with why it was found."""
        return [
            Explained(hit, row, self.kind(hit), explain(self.query, self.corpus.texts[row], hit, self.weights))
            for hit, row in zip(self.hits(mode), self.rows(mode), strict=True)
        ]

    def surprise(self, mode: Mode) -> Hit | None:
        """The hit of "keyword" or "vector" that the other way puts last, if that does not have it among its first."""

        def elsewhere(hit: Hit) -> float:
            return (hit.vector_rank if mode == "keyword" else hit.keyword_rank) or np.inf

        alone = [hit for hit in self.hits(mode) if self.kind(hit) in (WORDS_ALONE, MEANING_ALONE)]
        return max(alone, key=elsewhere, default=None)


def ask(store: Store, query: str, vector: np.ndarray | None, corpus: Corpus, fusion: Fusion = "scores") -> Answer:
    """Ask a store that holds `corpus` under its ids. A store whose process was lost is asked once more."""
    try:
        return Answer(query, corpus, store.rank(query, vector), store.weights(query), fusion=fusion)
    except WorkerDied:  # the next request starts the worker again, and what it saved is complete
        return Answer(query, corpus, store.rank(query, vector), store.weights(query), fusion=fusion)
