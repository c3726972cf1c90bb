"""Hard debiasing step by step, and the check that matters: is the bias gone, or only hidden?

Bolukbasi et al. 2016 neutralize every neutral word, w <- u(w - (w . g) g), and equalize the pairs that define the
direction g. Gonen and Goldberg 2019 ("Lipstick on a Pig") showed that the words that were biased can still be separated
afterwards: by clustering, by a classifier (`core.words.debias_check`), and by their nearest words.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.errors import UserError
from core.words.axis import Axis, Pair, axis_of
from core.words.debias_check import Separation, by_kmeans, by_svm
from core.words.dtypes import Float64, Floats
from core.words.lists import gender_specific_words
from core.words.statistics import SEED, pearson, permuted_correlations
from core.words.vectors import WordVectors
from core.words.verdicts import Test, Verdict, judge, null_interval, p_from_null

SEARCHED = 50_000
"""The most biased words are searched among this many first words: rare ones are mostly noise."""


@dataclass(frozen=True, eq=False)
class Lipstick:
    """Debiasing of one set of vectors, and its check.

    `words` are the most biased neutral words (2 N), `bias` (2 N,) their cosines with the axis before; `before` and
    `after` (2 N, D) their unit vectors. `kmeans` and `svm` say how well these words can be separated before and after;
    `neighbours_before` and `neighbours_after` are the correlation, over `subjects`, of the bias they had with the share
    of their nearest words that were associated with the high end, `neighbours_verdict` the verdict on the second.
    `pair_words` are the words of the pairs, `pair_projections` (P, 2) their projections on the axis before and after
    equalizing. The pictures (2 N, 2) have the direction and the first principal component of the rest, before and
    after; `picture_check` the first two principal components after. `left_out` counts the words that are specific to
    one end by their meaning and no neutral words.
    """

    axis: Axis
    words: tuple[str, ...]
    bias: np.ndarray
    before: np.ndarray
    after: np.ndarray
    kmeans: Separation
    svm: Separation
    neighbours_before: float
    neighbours_after: float
    neighbours_null: tuple[float, float]
    neighbours_verdict: Verdict
    subjects: tuple[str, ...]
    shares_before: np.ndarray
    shares_after: np.ndarray
    subject_bias: np.ndarray
    pair_words: tuple[str, ...]
    pair_projections: np.ndarray
    picture_before: np.ndarray
    picture_after: np.ndarray
    picture_check: np.ndarray
    left_out: int = 0


def neutralise(units: Floats, direction: Floats) -> Floats:
    """Unit vectors (N, D) without their part along `direction`, at length 1 again.

    Example: (0.6, 0.8) without (1, 0) is (0, 1).
    """
    rest = units - np.outer(units @ direction, direction)
    neutral: Floats = rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-12)
    return neutral


def equalise(high: np.ndarray, low: np.ndarray, direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A pair's unit vectors set symmetrically: equal but for the direction, one on each side, at length 1.

    Example: (0.8, 0.6) and (0, 1) with direction (1, 0): (0.6, 0.8) and (-0.6, 0.8).
    """
    middle = (high + low) / 2
    rest = middle - (middle @ direction) * direction
    along = np.sqrt(max(0.0, 1 - float(rest @ rest)))
    sign = 1.0 if (high - low) @ direction >= 0 else -1.0
    return rest + sign * along * direction, rest - sign * along * direction


def lipstick(
    vectors: WordVectors,
    pairs: Sequence[Pair],
    subjects: Sequence[str],
    each_side: int = 250,
    neighbours: int = 100,
    specific: Collection[str] | None = None,
) -> Lipstick:
    """Neutralize the direction of `pairs` in all other words, then check whether the bias is gone.

    `subjects` are words (occupations) whose nearest words are compared before and after. `specific` are the words that
    the ends of the axis are part of the meaning of (he: sons); they are not debiased, and no neutral words. Unless
    given, they are the lab's list of gender-specific words where the pairs are of gender.

    Raises:
        UserError: too few words or pairs are in the vocabulary.
    """
    axis = axis_of(vectors, pairs, "pca")
    g = axis.direction
    neutral, left_out = neutral_rows(vectors, axis, specific)
    each_side = min(each_side, len(neutral) // 4)
    here, _ = vectors.present(list(dict.fromkeys(subjects)))
    if each_side < 4 or len(here) < 4:
        raise UserError("Too few of the words are in the vocabulary for this check.", "Choose vectors with more words.")
    units = vectors.units(neutral)
    bias = units @ g
    order = np.argsort(bias)
    chosen = np.concatenate([order[:each_side], order[-each_side:]])
    before, after = units[chosen], neutralise(units[chosen], g)
    kinds = np.arange(len(chosen)) >= each_side
    rows = np.array([vectors.row(word) for word in here])
    of, associated = vectors.units(rows), bias > 0
    shares_before = _neighbour_shares(units, of, associated, neutral, rows, neighbours)
    cleaned = neutralise(units, g)
    shares_after = _neighbour_shares(cleaned, neutralise(of, g), associated, neutral, rows, neighbours)
    subject_bias = of @ g
    found = by_kmeans(before, after, kinds), by_svm(before, after, kinds)
    orders, exact = permuted_correlations(subject_bias, shares_after)
    r = pearson(subject_bias, shares_after)
    company = Test(r, p_from_null(r, orders, "greater", exact), null_interval(orders, "greater"), "greater", effect="r")
    verdicts = judge([*(one.test() for one in found), company])
    kmeans, svm = (replace(one, verdict=verdict) for one, verdict in zip(found, verdicts, strict=False))
    pair_words, pair_projections = _equalised_pairs(vectors, axis)
    return Lipstick(
        axis,
        tuple(vectors.words[row] for row in neutral[chosen]),
        bias[chosen],
        before,
        after,
        kmeans,
        svm,
        pearson(subject_bias, shares_before),
        r,
        company.null,
        verdicts[2],
        tuple(here),
        shares_before,
        shares_after,
        subject_bias,
        pair_words,
        pair_projections,
        flat(before, g),
        flat(after, g),
        flat(after),
        left_out,
    )


def neutral_rows(
    vectors: WordVectors, axis: Axis, specific: Collection[str] | None = None, searched: int | None = SEARCHED
) -> tuple[np.ndarray, int]:
    """(rows of the neutral words among the first `searched` words (N,), how many specific words were left out).

    Left out are the words of the pairs, those of `specific` (see `lipstick`), words of one or two letters, and zeros.
    """
    count = min(len(vectors), searched or len(vectors))
    own = {word.lower() for pair in axis.pairs for word in pair}
    theirs = frozenset(specific) if specific is not None else specific_words(axis)
    words = [vectors.words[row].lower() for row in range(count)]
    rows = np.array(
        [
            row
            for row, word in enumerate(words)
            if word not in own and word not in theirs and vectors.inverse_lengths[row] > 0 and len(word) > 2
        ],
        np.int64,
    )
    return rows, sum(word in theirs and word not in own for word in words)


def specific_words(axis: Axis) -> frozenset[str]:
    """The gender-specific words, where a pair of the axis is of such words; none for an axis of something else."""
    words = gender_specific_words()
    return words if any(high.lower() in words and low.lower() in words for high, low in axis.pairs) else frozenset()


def _equalised_pairs(vectors: WordVectors, axis: Axis) -> tuple[tuple[str, ...], np.ndarray]:
    """The words of the pairs and their projections on the axis, before and after equalizing (P, 2)."""
    words: list[str] = []
    projections: list[tuple[float, float]] = []
    g = axis.direction.astype(np.float64)
    for high, low in axis.pairs:
        high_unit, low_unit = vectors.unit(high).astype(np.float64), vectors.unit(low).astype(np.float64)
        even = equalise(high_unit, low_unit, g)
        words += [high, low]
        projections += [(float(was @ g), float(now @ g)) for was, now in zip((high_unit, low_unit), even, strict=True)]
    return tuple(words), np.array(projections)


def _neighbour_shares(
    units: np.ndarray, of: np.ndarray, associated: np.ndarray, rows: np.ndarray, own: np.ndarray, count: int
) -> np.ndarray:
    """The share of each word's `count` nearest words that were associated with the high end before (N,)."""
    count = min(count, units.shape[0] - 1)
    shares = np.empty(len(of))
    for start in range(0, len(of), 16):  # a table of all with 50,000 words would take 150 MB with its orders
        part = slice(start, start + 16)
        cosines = of[part] @ units.T
        cosines[own[part, None] == rows[None, :]] = -np.inf
        np.negative(cosines, out=cosines)
        shares[part] = associated[np.argpartition(cosines, count, axis=1)[:, :count]].mean(axis=1)
    return shares


def flat(points: Floats, direction: Floats | None = None) -> Floats:
    """Two coordinates (N, 2): along `direction`, and the first principal component of the rest; without one, the first
    two principal components."""
    centred = points - points.mean(axis=0)
    if direction is None:
        plane: Floats = centred @ _components(centred, 2)
        return plane
    rest = centred - np.outer(centred @ direction, direction)
    return np.column_stack([points @ direction, rest @ _components(rest, 1)])


def _components(centred: Floats, count: int) -> Float64:
    """The first principal directions (D, count), by repeated multiplication: a full decomposition takes far longer."""
    spread = (centred.T @ centred).astype(np.float64)
    found, _ = np.linalg.qr(np.random.default_rng(SEED).normal(size=(spread.shape[0], count + 4)))
    for _ in range(40):
        found, _ = np.linalg.qr(spread @ found)
    sizes, turned = np.linalg.eigh(found.T @ spread @ found)
    components: Float64 = found @ turned[:, np.argsort(-sizes)[:count]]
    return components
