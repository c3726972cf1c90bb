"""Two rankings of the same documents, by words and by meaning, and the one list that is made of them.

Two ways of making it. "scores": each score as a share of the most it can be, and the two shares joined as an OR, so
that what is weak beside the other hardly counts. "ranks": reciprocal rank fusion, which looks at places alone and so
lets a list that found nothing good say as much as one that found the very text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.errors import UserError

Id = int | str
Mode = Literal["hybrid", "keyword", "vector"]
MODES: tuple[Mode, ...] = ("keyword", "vector", "hybrid")
Fusion = Literal["scores", "ranks"]
FUSIONS: tuple[Fusion, ...] = ("scores", "ranks")

DEPTH = 500  # so many of each ranking are fused
RRF_K = 60
P_NORM = 2  # between adding the two (1) and taking the greater one (infinity), as the model's authors recommend


@dataclass(frozen=True)
class Hit:
    """A document found. `score` is that of the mode: BM25, cosine, or what fusing made of both.

    The ranks count from 1; None: not among the first `DEPTH` of that ranking (or, by keyword, no word in common).
    `bm25` and `cosine` are the scores behind the ranks, `words` and `meaning` the same as shares of the most they can
    be, 0..1 (see `shares`; None where that is not known).
    """

    id: Id
    score: float
    keyword_rank: int | None
    vector_rank: int | None
    bm25: float | None = None
    cosine: float | None = None
    words: float | None = None
    meaning: float | None = None


@dataclass(frozen=True)
class Ranking:
    """The best documents by words, and by meaning: pairs (id, score), best first. `most`: what BM25 can give to a text
    for this query at the very most (`core.documents.retrieval.bm25.most`); None if the engine does not tell."""

    keyword: tuple[tuple[Id, float], ...]
    vector: tuple[tuple[Id, float], ...]
    most: float | None = None

    def fusion(self, asked: Fusion = "scores") -> Fusion:
        """How these are fused when `asked` is: by ranks where nobody tells how strong the words' scores are."""
        return "ranks" if self.keyword and not self.most else asked

    def hits(self, mode: Mode = "hybrid", count: int = 10, fusion: Fusion = "scores") -> list[Hit]:
        """The first `count` of a mode, each with both its ranks.

        Raises:
            UserError: there is no such mode, or no such way of fusing.
        """
        for name, known, what in ((mode, MODES, "way to search"), (fusion, FUSIONS, "way to fuse")):
            if name not in known:
                raise UserError(f"There is no {what} called “{str(name)[:40]}”.", f"Choose one of {', '.join(known)}.")
        bm25, cosines = dict(self.keyword), dict(self.vector)
        told = self.fusion() == "scores"
        words, meaning = (shares(self.keyword, self.most or 1.0) if told else Shares({}, 0.0)), shares(self.vector, 1.0)
        if mode != "hybrid":
            scores = bm25 if mode == "keyword" else cosines
        elif self.fusion(fusion) == "ranks":
            scores = fuse([list(bm25), list(cosines)])
        else:
            scores = fuse_scores(words, meaning)
        places = [{one: place for place, one in enumerate(ranked, 1)} for ranked in (bm25, cosines)]
        return [
            Hit(
                one,
                score,
                places[0].get(one),
                places[1].get(one),
                bm25.get(one),
                cosines.get(one),
                words.of(one) if told else None,
                meaning.of(one),
            )
            for one, score in list(scores.items())[: max(count, 0)]
        ]


@dataclass(frozen=True)
class Shares:
    """How strong each document of a ranking is, 0..1, and any other document (`beyond`)."""

    named: dict[Id, float]
    beyond: float

    def of(self, one: Id) -> float:
        return self.named.get(one, self.beyond)


def shares(ranked: Sequence[tuple[Id, float]], most: float) -> Shares:
    """Scores between the least and the most they can be: 0 (no word in common, a right angle) and `most`.

    What a ranking of `DEPTH` leaves out counts like its last: it may be that strong. Limits of theory rather than those
    of the list at hand, so that the best of a poor list does not become a 1. Source: Bruch, Gai and Ingber 2023,
    section 4 (the least by theory); here the most by theory as well.
    """
    named = {one: min(max(score / most, 0.0), 1.0) for one, score in ranked}
    return Shares(named, list(named.values())[-1] if len(named) >= DEPTH else 0.0)


def fuse_scores(words: Shares, meaning: Shares) -> dict[Id, float]:
    """Words OR meaning, 0..1: sqrt((words^2 + meaning^2) / 2) of every document that either ranking names, best first.

    Ties go to what the ranking by words named first. Source: Salton, Fox and Wu 1983, the p-norm of extended Boolean
    retrieval with p = 2.
    Example: words a 0.6, b 0.1; meaning a 0.3, c 0.7: c 0.7 / 1.414 = 0.495, a 0.6708 / 1.414 = 0.474, b 0.071.
    """
    every = dict.fromkeys([*words.named, *meaning.named])
    joined = {one: float(((words.of(one) ** P_NORM + meaning.of(one) ** P_NORM) / 2) ** (1 / P_NORM)) for one in every}
    return dict(sorted(joined.items(), key=lambda pair: -pair[1]))


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
