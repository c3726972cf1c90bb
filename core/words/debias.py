"""Hard debiasing step by step, and the check that matters: is the bias gone, or only hidden?

Bolukbasi et al. 2016 neutralize every neutral word, w <- u(w - (w . g) g), and equalize the pairs that define the
direction g. Gonen and Goldberg 2019 ("Lipstick on a Pig") showed that the words that were biased can still be separated
afterwards: by clustering, and by their nearest words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.words.axis import Axis, Pair, axis_of
from core.words.dtypes import Float64, Floats
from core.words.statistics import SEED, pearson
from core.words.vectors import WordVectors

SEARCHED = 50_000
"""The most biased words are searched among this many first words: rare ones are mostly noise."""


@dataclass(frozen=True, eq=False)
class Lipstick:
    """Debiasing of one set of vectors, and its check.

    `words` are the most biased neutral words (2 N), `bias` (2 N,) their cosines with the axis before; `before` and
    `after` (2 N, D) their unit vectors. `clusters_before` and `clusters_after` are the shares of these words that
    k-means with two clusters puts with their own kind (0.5 is chance); `neighbours_before` and `neighbours_after` the
    correlation, over `subjects`, of the bias they had with the share of their nearest words that were associated with
    the high end. `pair_words` are the words of the pairs, `pair_projections` (P, 2) their projections on the axis
    before and after equalizing. The pictures (2 N, 2) have the direction and the first principal
    component of the rest, before and after; `picture_check` the first two principal components after.
    """

    axis: Axis
    words: tuple[str, ...]
    bias: np.ndarray
    before: np.ndarray
    after: np.ndarray
    clusters_before: float
    clusters_after: float
    neighbours_before: float
    neighbours_after: float
    subjects: tuple[str, ...]
    shares_before: np.ndarray
    shares_after: np.ndarray
    subject_bias: np.ndarray
    pair_words: tuple[str, ...]
    pair_projections: np.ndarray
    picture_before: np.ndarray
    picture_after: np.ndarray
    picture_check: np.ndarray


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
    vectors: WordVectors, pairs: Sequence[Pair], subjects: Sequence[str], each_side: int = 250, neighbours: int = 100
) -> Lipstick:
    """Neutralize the direction of `pairs` in all other words, then check whether the bias is gone.

    `subjects` are words (occupations) whose nearest words are compared before and after.

    Raises:
        UserError: too few words or pairs are in the vocabulary.
    """
    axis = axis_of(vectors, pairs, "pca")
    g = axis.direction
    count = min(len(vectors), SEARCHED)
    own = {vectors.index[word] for pair in axis.pairs for word in pair}
    neutral = np.array(
        [
            row
            for row in range(count)
            if row not in own and vectors.inverse_lengths[row] > 0 and len(vectors.words[row]) > 2
        ]
    )
    each_side = min(each_side, len(neutral) // 4)
    here, _ = vectors.present(list(dict.fromkeys(subjects)))
    if each_side < 4 or len(here) < 4:
        raise UserError("Too few of the words are in the vocabulary for this check.", "Choose vectors with more words.")
    units = vectors.units(neutral)
    bias = units @ g
    order = np.argsort(bias)
    chosen = np.concatenate([order[:each_side], order[-each_side:]])
    before, after = units[chosen], neutralise(units[chosen], g)
    kinds = bias[chosen] > 0
    rows = np.array([vectors.row(word) for word in here])
    of = vectors.units(rows)
    associated = bias > 0
    shares_before = _neighbour_shares(units, of, associated, neutral, rows, neighbours)
    cleaned = neutralise(units, g)
    shares_after = _neighbour_shares(cleaned, neutralise(of, g), associated, neutral, rows, neighbours)
    subject_bias = of @ g
    pair_words, pair_projections = _equalised_pairs(vectors, axis)
    return Lipstick(
        axis,
        tuple(vectors.words[row] for row in neutral[chosen]),
        bias[chosen],
        before,
        after,
        purity(before, kinds),
        purity(after, kinds),
        pearson(subject_bias, shares_before),
        pearson(subject_bias, shares_after),
        tuple(here),
        shares_before,
        shares_after,
        subject_bias,
        pair_words,
        pair_projections,
        flat(before, g),
        flat(after, g),
        flat(after),
    )


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


def purity(points: np.ndarray, kinds: np.ndarray, restarts: int = 8, seed: int = SEED) -> float:
    """The share of points that k-means with two groups puts with their own kind, 0.5..1. The tightest of 8 starts."""
    rng = np.random.default_rng(seed)
    best, found = np.inf, np.zeros(len(points), bool)
    for _ in range(restarts):
        centres = points[rng.choice(len(points), 2, replace=False)].astype(np.float64)
        group = np.zeros(len(points), bool)
        for _ in range(60):
            between = centres[1] - centres[0]
            moved = points @ between > (centres[1] @ centres[1] - centres[0] @ centres[0]) / 2  # nearer to the second
            if (moved == group).all() or moved.all() or not moved.any():
                group = moved
                break
            group = moved
            centres = np.stack([points[~group].mean(axis=0), points[group].mean(axis=0)])
        if group.all() or not group.any():
            continue
        spread = sum(float(((points[side] - points[side].mean(axis=0)) ** 2).sum()) for side in (group, ~group))
        if spread < best:
            best, found = spread, group
    agree = float((found == kinds).mean())
    return max(agree, 1 - agree)


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
