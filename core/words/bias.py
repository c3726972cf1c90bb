"""The Word-Embedding Association Test, with its interval, null distribution and leave-one-out.

    s(w) = mean over a in A of cos(w, a) - mean over b in B of cos(w, b)
    S    = sum of s over X - sum of s over Y
    d    = (mean of s over X - mean of s over Y) / sample standard deviation of s over X and Y

Source: Caliskan, Bryson and Narayanan 2017. Their table used the sample standard deviation (n - 1); libraries that
divide by n print values about 3 % larger for eight words. The p-value is the share of partitions of X and Y into sets
of these sizes whose S is at least as large: all of them up to 12,870 (eight and eight words), else a seeded sample.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.words.dtypes import Float64
from core.words.lists import as_written
from core.words.statistics import SEED, Interval
from core.words.vectors import WordVectors

EXACT_UP_TO = 12_870
"""Up to this many partitions, all of them are counted: C(16, 8)."""

DRAWS = 20_000


@dataclass(frozen=True, eq=False)
class WeatResult:
    """A test's outcome. `effect_size` is d, `p_value` one-sided, `exact` whether every partition was counted.

    `missing` lists the words out of vocabulary, by set; `associations` has s(w) of every target word.
    `p_normal` is the normal approximation 1 - Phi(d sqrt(n / 2)) that the paper's own p-values follow. `p_reversed` is
    the p-value of the opposite direction, `null` the 5th and 95th percentile of d over the partitions: at p = 0.05, d
    lies beyond the second, a reversed effect beyond the first.
    """

    effect_size: float
    p_value: float
    missing: Mapping[str, tuple[str, ...]]
    statistic: float
    exact: bool
    partitions: int
    p_normal: float
    associations: Mapping[str, float]
    size_x: int
    size_y: int
    p_reversed: float = 1.0
    null: tuple[float, float] = (float("nan"), float("nan"))

    @property
    def largest_possible(self) -> float:
        """|d| cannot be larger: 2 sqrt((2n - 1) / 2n) for equal sets of n, where all X have one s and all Y another."""
        total = self.size_x + self.size_y
        return math.sqrt((total - 1) * total / (self.size_x * self.size_y))


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """The uncertainty of d: its bootstrap interval over the words of all sets, |d| of random words, and leave-one-out.

    `null_95` is the 95th percentile of |d| for random words instead of X and Y; `without` (word, d without it) holds
    the words whose absence makes d smallest and greatest.
    """

    interval: Interval
    null_95: float
    without: tuple[tuple[str, float], tuple[str, float]]


def weat(
    vectors: WordVectors,
    X: Sequence[str],
    Y: Sequence[str],
    A: Sequence[str],
    B: Sequence[str],
    draws: int = DRAWS,
    seed: int = SEED,
) -> WeatResult:
    """Whether the words X rather than Y are associated with A rather than B.

    A word that is missing as written is searched in lower case; words that are missing are named in the result.

    Example: s(X) = (1, 2), s(Y) = (-1, 0): d = (1.5 + 0.5) / 1.291 = 1.549; S = 4; 1 of 6 partitions has it: p = 0.167.

    Raises:
        UserError: a set has fewer than two words that the vectors have (attributes: one).
    """
    sets, missing = _found(vectors, {"X": X, "Y": Y, "A": A, "B": B})
    for name, least in (("X", 2), ("Y", 2), ("A", 1), ("B", 1)):
        if len(sets[name]) < least:
            raise UserError(
                f"Of the words in set {name}, only {len(sets[name])} are in the vocabulary; missing: "
                f"{', '.join(missing[name])[:160]}.",
                "Choose other vectors or other words.",
            )
    s_x, s_y = _associations(vectors, sets["X"], sets), _associations(vectors, sets["Y"], sets)
    s = np.concatenate([s_x, s_y])
    d = effect_size(s_x, s_y)
    p, p_reversed, null, exact, partitions = _partitioned(s, len(s_x), draws, seed)
    harmonic = len(s_x) * len(s_y) / (len(s_x) + len(s_y))  # n / 2 for equal sets of n
    p_normal = 0.5 * math.erfc(d * math.sqrt(harmonic) / math.sqrt(2))
    return WeatResult(
        d,
        p,
        missing,
        float(s_x.sum() - s_y.sum()),
        exact,
        partitions,
        p_normal,
        dict(zip(sets["X"] + sets["Y"], map(float, s), strict=True)),
        len(s_x),
        len(s_y),
        p_reversed,
        null,
    )


def effect_size(s_x: Float64, s_y: Float64) -> float:
    """d of two groups of associations; 0 where all are equal."""
    spread = float(np.std(np.concatenate([s_x, s_y]), ddof=1))
    return float(s_x.mean() - s_y.mean()) / spread if spread > 1e-12 else 0.0


def uncertainty(
    vectors: WordVectors,
    X: Sequence[str],
    Y: Sequence[str],
    A: Sequence[str],
    B: Sequence[str],
    draws: int = 2000,
    seed: int = SEED,
) -> Uncertainty:
    """Interval, null and leave-one-out of the effect size.

    The interval resamples the words of all four sets with replacement: other names and other pleasant words might have
    been chosen. The null distribution has random words of the vocabulary instead of X and Y.

    Raises:
        UserError: as `weat`.
    """
    sets, _ = _found(vectors, {"X": X, "Y": Y, "A": A, "B": B})
    if min(len(sets["X"]), len(sets["Y"])) < 2 or not sets["A"] or not sets["B"]:
        raise UserError("Too few of these words are in the vocabulary.", "Choose other vectors or other words.")
    s_x, s_y = _associations(vectors, sets["X"], sets), _associations(vectors, sets["Y"], sets)
    rng = np.random.default_rng(seed)
    drawn = _resampled(vectors, sets, draws, rng)
    low, high = np.percentile(drawn, [2.5, 97.5])
    pool = _associations_of(vectors, rng.integers(0, len(vectors), min(4000, 4 * len(vectors))), sets)
    total = len(s_x) + len(s_y)
    random = pool[rng.integers(0, len(pool), (draws, total))]
    null = np.abs(_effect_sizes(random[:, : len(s_x)], random[:, len(s_x) :]))
    without = [(word, effect_size(np.delete(s_x, i), s_y)) for i, word in enumerate(sets["X"])]
    without += [(word, effect_size(s_x, np.delete(s_y, i))) for i, word in enumerate(sets["Y"])]
    without.sort(key=lambda item: item[1])
    return Uncertainty(
        Interval(effect_size(s_x, s_y), float(low), float(high)),
        float(np.percentile(null, 95)),
        (without[0], without[-1]),
    )


def wefat(vectors: WordVectors, words: Sequence[str], A: Sequence[str], B: Sequence[str]) -> Float64:
    """Each word's own association (N,): (mean cos with A - mean cos with B) / sd of its cosines with A and B (n - 1).

    Raises:
        UnknownWord: one of the words is not in the vocabulary.
        UserError: none of A, or none of B, is in the vocabulary.
    """
    sets, _ = _found(vectors, {"A": A, "B": B})
    if not sets["A"] or not sets["B"]:
        raise UserError("None of the words of one set is in the vocabulary.", "Choose other words.")
    rows = [vectors.row(word) for word in words]
    units = vectors.units(rows).astype(np.float64)
    to_a = units @ vectors.units([vectors.row(word) for word in sets["A"]]).T
    to_b = units @ vectors.units([vectors.row(word) for word in sets["B"]]).T
    spread = np.std(np.concatenate([to_a, to_b], axis=1), axis=1, ddof=1)
    associations: Float64 = (to_a.mean(axis=1) - to_b.mean(axis=1)) / np.maximum(spread, 1e-12)
    return associations


def _found(
    vectors: WordVectors, sets: Mapping[str, Sequence[str]]
) -> tuple[dict[str, list[str]], dict[str, tuple[str, ...]]]:
    here: dict[str, list[str]] = {}
    missing: dict[str, tuple[str, ...]] = {}
    for name, words in sets.items():
        present, absent = vectors.present(as_written(vectors, words))
        here[name], missing[name] = list(dict.fromkeys(present)), tuple(absent)
    return here, missing


def _associations(vectors: WordVectors, words: Sequence[str], sets: Mapping[str, Sequence[str]]) -> Float64:
    return _associations_of(vectors, np.array([vectors.row(word) for word in words]), sets)


def _associations_of(vectors: WordVectors, rows: np.ndarray, sets: Mapping[str, Sequence[str]]) -> Float64:
    """s(w) of these rows (N,), float64: cosines are linear in the attributes' unit vectors, so their means suffice."""
    mean_a = vectors.units([vectors.row(word) for word in sets["A"]]).astype(np.float64).mean(axis=0)
    mean_b = vectors.units([vectors.row(word) for word in sets["B"]]).astype(np.float64).mean(axis=0)
    associations: Float64 = vectors.units(rows).astype(np.float64) @ (mean_a - mean_b)
    return associations


def _resampled(
    vectors: WordVectors, sets: Mapping[str, Sequence[str]], draws: int, rng: np.random.Generator
) -> Float64:
    """d for words of all four sets drawn with replacement (draws,)."""
    units = {
        name: vectors.units([vectors.row(word) for word in words]).astype(np.float64) for name, words in sets.items()
    }
    targets = np.concatenate([units["X"], units["Y"]])
    s = np.zeros((draws, len(targets)))
    for name, sign in (("A", 1), ("B", -1)):
        size = len(units[name])
        times = rng.multinomial(size, np.full(size, 1 / size), draws) / size  # how often each attribute is drawn
        s += sign * times @ (targets @ units[name].T).T
    size_x, size_y = len(units["X"]), len(units["Y"])
    rows = np.arange(draws)[:, None]
    return _effect_sizes(
        s[rows, rng.integers(0, size_x, (draws, size_x))], s[rows, size_x + rng.integers(0, size_y, (draws, size_y))]
    )


def _effect_sizes(s_x: Float64, s_y: Float64) -> Float64:
    """d of many draws at once: (draws, |X|) and (draws, |Y|) -> (draws,)."""
    spread = np.std(np.concatenate([s_x, s_y], axis=1), axis=1, ddof=1)
    sizes: Float64 = (s_x.mean(axis=1) - s_y.mean(axis=1)) / np.maximum(spread, 1e-12)
    return sizes


@functools.lru_cache(maxsize=32)
def _partitions(total: int, size: int) -> np.ndarray:
    """All ways to choose `size` of `total` (C, size)."""
    return np.array(list(itertools.combinations(range(total), size)), np.uint8)


def _partitioned(s: Float64, size: int, draws: int, seed: int) -> tuple[float, float, tuple[float, float], bool, int]:
    """(share of partitions with at least the observed sum, with at most it, 5th and 95th percentile of their d, whether
    all were counted, how many there are).

    S is the sum over X minus the rest, so the sum over X alone decides; the spread of all words, by which d divides, is
    the same for each partition. The observed partition counts as one.
    """
    slack = 1e-12 * max(1.0, float(np.abs(s).sum()))  # equal sums differ in their last digits
    number, observed = math.comb(len(s), size), float(s[:size].sum())
    exact = number <= EXACT_UP_TO
    sums = s[_partitions(len(s), size)].sum(axis=1) if exact else _drawn_sums(s, size, draws, seed)
    extra = 0 if exact else 1
    p, p_reversed = (
        (int(count) + extra) / (len(sums) + extra)
        for count in ((sums >= observed - slack).sum(), (sums <= observed + slack).sum())
    )
    spread = float(np.std(s, ddof=1))
    low, high = np.percentile(sums, [5, 95])
    rest, total = len(s) - size, float(s.sum())
    null = tuple(float(x / size - (total - x) / rest) / spread if spread > 1e-12 else 0.0 for x in (low, high))
    return p, p_reversed, (null[0], null[1]), exact, len(sums)


def _drawn_sums(s: Float64, size: int, draws: int, seed: int) -> Float64:
    """The sum over X of random partitions (draws,)."""
    rng = np.random.default_rng(seed)
    sums = []
    for start in range(0, draws, 5000):
        random = rng.random((min(5000, draws - start), len(s)), dtype=np.float32)
        sums.append(s[np.argpartition(random, size, axis=1)[:, :size]].sum(axis=1))
    return np.concatenate(sums)
