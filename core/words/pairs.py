"""The similarity of two words, and its percentile among random pairs of this set of vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.words.scores import angle
from core.words.vectors import WordVectors
from core.words.verdicts import Test, Verdicts, judge, null_interval, p_from_null

DRAWS = 100_000


@dataclass(frozen=True)
class PairScore:
    """`similarity` is a cosine (-1..1), `percentile` the share of random pairs that are less similar (0..100)."""

    a: str
    b: str
    similarity: float
    percentile: float

    @property
    def angle(self) -> float:
        return angle(self.similarity)


def random_cosines(vectors: WordVectors, draws: int = DRAWS, seed: int = 20231) -> np.ndarray:
    """Cosines of random pairs of different words, sorted (draws,): what “unrelated” looks like in this set.

    Words are drawn evenly, so that rare ones, which are most of a vocabulary, weigh most.
    """
    if len(vectors) < 2:
        return np.zeros(1, np.float32)
    rng = np.random.default_rng(seed)
    first = rng.integers(0, len(vectors), draws)
    second = (first + rng.integers(1, len(vectors), draws)) % len(vectors)
    cosines = np.empty(draws, np.float32)
    for start in range(0, draws, 10_000):
        part = slice(start, start + 10_000)
        cosines[part] = np.einsum("ij,ij->i", vectors.units(first[part]), vectors.units(second[part]))
    return np.sort(cosines)


def score(vectors: WordVectors, a: str, b: str, background: np.ndarray) -> PairScore:
    """The similarity of two words and its percentile among `background` (sorted, from `random_cosines`).

    Raises:
        UnknownWord: one of them is not in the vocabulary.
    """
    similarity = vectors.similarity(a, b)
    return PairScore(a, b, similarity, float(100 * np.searchsorted(background, similarity) / len(background)))


def judge_pairs(scores: Sequence[PairScore], background: np.ndarray) -> Verdicts:
    """Whether each pair is more similar than random pairs are, with Holm's correction over the pairs shown.

    One-sided; `background` are the cosines of random pairs. A pair that is less similar than nearly all is reversed.
    """
    null = null_interval(background, "greater")
    return judge(
        [
            Test(
                item.similarity,
                p_from_null(item.similarity, background, "greater"),
                null,
                "greater",
                p_from_null(item.similarity, background, "less"),
            )
            for item in scores
        ]
    )
