"""Two rankings of the same documents, by words and by meaning, and the one list that is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.errors import UserError

Id = int | str
Mode = Literal["hybrid", "keyword", "vector"]
MODES: tuple[Mode, ...] = ("keyword", "vector", "hybrid")

DEPTH = 500  # so many of each ranking are fused: what stands deeper adds less than 1/560 to a sum whose best is 2/61
RRF_K = 60


@dataclass(frozen=True)
class Hit:
    """A document found. `score` is that of the mode: BM25, cosine, or the sum of reciprocal ranks.

    The ranks count from 1; None: not among the first `DEPTH` of that ranking (or, by keyword, no word in common).
    `bm25` and `cosine` are the scores behind the ranks.
    """

    id: Id
    score: float
    keyword_rank: int | None
    vector_rank: int | None
    bm25: float | None = None
    cosine: float | None = None


@dataclass(frozen=True)
class Ranking:
    """The best documents by words, and by meaning: pairs (id, score), best first."""

    keyword: tuple[tuple[Id, float], ...]
    vector: tuple[tuple[Id, float], ...]

    def hits(self, mode: Mode = "hybrid", count: int = 10) -> list[Hit]:
        """The first `count` of a mode, each with both its ranks.

        Raises:
            UserError: there is no such mode.
        """
        scores = {"keyword": dict(self.keyword), "vector": dict(self.vector),
                  "hybrid": fuse([[one for one, _ in self.keyword], [one for one, _ in self.vector]])}.get(mode)
        if scores is None:
            raise UserError(f"There is no way to search called “{str(mode)[:40]}”.",
                            f"Choose one of {', '.join(MODES)}.")
        places = [{one: place for place, (one, _) in enumerate(ranked, 1)} for ranked in (self.keyword, self.vector)]
        bm25, cosines = dict(self.keyword), dict(self.vector)
        return [Hit(one, score, places[0].get(one), places[1].get(one), bm25.get(one), cosines.get(one))
                for one, score in list(scores.items())[:max(count, 0)]]


def fuse(rankings: Sequence[Sequence[Id]], k: int = RRF_K) -> dict[Id, float]:
    """Reciprocal rank fusion: each document's sum of 1 / (k + rank) over the rankings that name it, largest first.

    Ties go to what the earlier ranking named first. Source: Cormack, Clarke and Buettcher 2009.
    Example: fuse([["a", "b"], ["b", "c"]]): b 1/62 + 1/61 = 0.0325, a 1/61 = 0.0164, c 1/62 = 0.0161.
    """
    sums: dict[Id, float] = {}
    for ranking in rankings:
        for place, one in enumerate(ranking, 1):
            sums[one] = sums.get(one, 0.0) + 1.0 / (k + place)
    return dict(sorted(sums.items(), key=lambda pair: -pair[1]))
