"""Other ways to rank words: the farthest, those of a list, the odd one out, and the first N words only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.words.dtypes import Floats
from core.words.scores import top
from core.words.vectors import Neighbour, WordVectors


def first_of(vectors: WordVectors, count: int) -> WordVectors:
    """The set of its first `count` words; the matrix is not copied. All of it, if it has no more."""
    if count >= len(vectors):
        return vectors
    return WordVectors(
        vectors.words[:count],
        vectors.matrix[:count],
        vectors.title,
        vectors.ordered,
        (*vectors.notes, f"only the first {count:,} words"),
        vectors.lengths[:count],
    )


def near(vectors: WordVectors, query: Floats, count: int, without: str = "", farthest: bool = False) -> list[Neighbour]:
    """The `count` words with the greatest cosine with `query` (D,), or the smallest with `farthest`, but `without`.

    Example: with king (1, 0), queen (0.8, 0.6), car (-1, 0) and the query (1, 0), without king, the farthest: car -1.
    """
    cosines = vectors.cosines(query)
    own = vectors.index.get(without, -1) if without else -1
    order = -cosines if farthest else cosines.copy()
    if own >= 0:
        order[own] = -np.inf
    rows = [int(row) for row in top(order, count) if row != own]
    return [
        Neighbour(vectors.words[row], float(np.clip(cosines[row], -1, 1)), rank, row + 1)
        for rank, row in enumerate(rows, 1)
    ]


def rank_list(vectors: WordVectors, query: Floats, words: Sequence[str]) -> tuple[list[Neighbour], list[str]]:
    """(the words of a list by their cosine with `query` (D,), the most similar first; those out of vocabulary). A word
    that comes twice counts once.

    Source: asked for in gensim, pull request 481, "search restricted to a given list of words".
    """
    present, missing = vectors.present(list(dict.fromkeys(words)))
    if not present:
        return [], missing
    rows = [vectors.row(word) for word in present]
    length = float(np.linalg.norm(query)) or 1.0
    cosines = np.clip(vectors.units(rows) @ np.asarray(query / length, dtype=np.float32), -1, 1)
    order = np.argsort(-cosines, kind="stable")
    return [
        Neighbour(present[place], float(cosines[place]), rank, rows[place] + 1) for rank, place in enumerate(order, 1)
    ], missing


@dataclass(frozen=True)
class OddOneOut:
    """`scores` are the words with their cosine with the mean of the others, the odd one (the smallest) first;
    `missing` are out of vocabulary."""

    scores: tuple[tuple[str, float], ...]
    missing: tuple[str, ...]

    @property
    def odd(self) -> str:
        return self.scores[0][0]

    @property
    def margin(self) -> float:
        """By how much the odd one is less similar than the next: near 0, the answer is a tie."""
        return self.scores[1][1] - self.scores[0][1]


def odd_one_out(vectors: WordVectors, words: Sequence[str]) -> OddOneOut:
    """The word of a list that is least similar to the mean of the others, all at length 1.

    gensim's `doesnt_match` takes the mean of all words, the odd one among them; for three words and more the order is
    nearly always the same.

    Example: a (1, 0), b (0.8, 0.6), c (0, -1): c, whose cosine with the mean of a and b is -0.316.

    Raises:
        UserError: fewer than three of them are in the vocabulary.
    """
    present, missing = vectors.present(list(dict.fromkeys(words)))
    if len(present) < 3:
        raise UserError("At least three words of the vocabulary are needed.", "Type some more.")
    units = vectors.units([vectors.row(word) for word in present]).astype(np.float64)
    others = units.sum(axis=0) - units
    lengths = np.linalg.norm(others, axis=1)
    cosines = np.einsum("ij,ij->i", units, others) / np.where(lengths > 0, lengths, 1)
    order = np.argsort(cosines, kind="stable")
    return OddOneOut(tuple((present[row], float(cosines[row])) for row in order), tuple(missing))
