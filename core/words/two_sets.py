"""The same query asked of two sets of vectors: the answers among the words that both have, and how far they agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.words.dtypes import Floats
from core.words.scores import top
from core.words.vectors import Neighbour, WordVectors


@dataclass(frozen=True, eq=False)
class SharedWords:
    """The words that two sets have: row `rows_a[i]` of one is row `rows_b[i]` of the other, in the first's order."""

    rows_a: np.ndarray
    rows_b: np.ndarray

    def __len__(self) -> int:
        return len(self.rows_a)


@dataclass(frozen=True)
class Agreement:
    """Two lists of the same length k: the words that are in both, and how many would be by chance: of `shared` words
    k are drawn twice, so k * k / shared on average."""

    first: tuple[Neighbour, ...]
    second: tuple[Neighbour, ...]
    shared: int

    @property
    def common(self) -> tuple[str, ...]:
        other = {item.word for item in self.second}
        return tuple(item.word for item in self.first if item.word in other)

    @property
    def expected(self) -> float:
        return len(self.first) * len(self.second) / max(self.shared, 1)


def shared_words(a: WordVectors, b: WordVectors) -> SharedWords:
    """The words that both sets have, spelled the same."""
    pairs = [(row, b.index[word]) for word, row in sorted(a.index.items(), key=lambda item: item[1]) if word in b.index]
    rows = np.array(pairs, dtype=np.int64).reshape(len(pairs), 2)
    return SharedWords(rows[:, 0], rows[:, 1])


def best_shared(
    vectors: WordVectors, rows: np.ndarray, scores: Floats, count: int, without: tuple[str, ...] = ()
) -> tuple[Neighbour, ...]:
    """The `count` shared words (rows of this set) with the greatest of `scores` (V,), but `without`."""
    left_out = {vectors.index[word] for word in without if word in vectors}
    chosen = np.asarray(scores)[rows]
    order = [int(rows[place]) for place in top(chosen, count + len(left_out))]
    found = [row for row in order if row not in left_out][:count]
    return tuple(Neighbour(vectors.words[row], float(scores[row]), rank, row + 1) for rank, row in enumerate(found, 1))


def agreement(
    a: WordVectors,
    b: WordVectors,
    shared: SharedWords,
    scores_a: Floats,
    scores_b: Floats,
    count: int,
    without: tuple[str, ...] = (),
) -> Agreement:
    """The best `count` shared words by the scores of each set (V_a,) and (V_b,), see `Agreement`."""
    left = len([word for word in without if word in a and word in b])
    return Agreement(
        best_shared(a, shared.rows_a, scores_a, count, without),
        best_shared(b, shared.rows_b, scores_b, count, without),
        len(shared) - left,
    )
