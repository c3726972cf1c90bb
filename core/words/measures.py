"""Measures of bias other than WEAT, each with interval, null and leave-one-out.

Every measure is a function of target words that gives one number. Its convention (vectors of length 1, or as they
stand) and what it would be without bias stand in `MEASURES`: libraries differ in both, and then their numbers do too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.words.axis import Pair
from core.words.statistics import SEED, Interval, bootstrap, spearman
from core.words.vectors import WordVectors


@dataclass(frozen=True)
class About:
    """What a measure is: its formula (LaTeX), its convention, its value without bias, and where it is from."""

    title: str
    formula: str
    convention: str
    unbiased: str
    source: str


MEASURES = {
    "direct": About(
        "Direct bias",
        r"\frac1N \sum_w |\cos(w, g)|",
        "unit vectors; g = she − he",
        "the null, not 0",
        "Bolukbasi et al. 2016",
    ),
    "indirect": About(
        "Indirect bias",
        r"\frac{w \cdot v - \cos(w_\perp, v_\perp)}{w \cdot v}",
        "unit vectors; mean over pairs of occupations that are alike (cosine above 0.2)",
        "0",
        "Bolukbasi et al. 2016",
    ),
    "ripa": About(
        "RIPA",
        r"\frac1N \sum_w \left| w \cdot \frac{x - y}{|x - y|} \right|",
        "vectors as they stand",
        "the null, not 0",
        "Ethayarajh, Duvenaud and Hirst 2019",
    ),
    "rnd": About(
        "RND", r"\sum_w |w - \bar A| - |w - \bar B|", "unit vectors; A female, B male words", "0", "Garg et al. 2018"
    ),
    "mac": About(
        "MAC",
        r"\frac1N \sum_t \frac1{|A|} \sum_a \left(1 - \cos(t, a)\right)",
        "unit vectors; a mean distance, despite its name",
        "1",
        "Manzini et al. 2019",
    ),
    "ect": About(
        "ECT",
        r"\rho\left(\cos(a, \bar T_1),\ \cos(a, \bar T_2)\right)",
        "unit vectors; Spearman over the occupations",
        "1",
        "Dev and Phillips 2019",
    ),
    "rnsb": About(
        "RNSB",
        r"\sum_i p_i \log (N p_i), \quad p_i \propto P(\text{negative} \mid w_i)",
        "vectors at length 1; logistic regression on pleasant and unpleasant words",
        "0",
        "Sweeney and Najafian 2019",
    ),
}


@dataclass(frozen=True)
class Measured:
    """A measure's value with its 95 % bootstrap interval, the middle 95 % of its null and the range without one word.

    `null` is (2.5th percentile, median, 97.5th) for random words (for "direct", random directions).
    """

    key: str
    interval: Interval
    null: tuple[float, float, float]
    without: tuple[float, float]
    words: int

    @property
    def value(self) -> float:
        return self.interval.value

    @property
    def beyond_null(self) -> bool:
        """Whether the value lies outside the middle 95 % of its null."""
        return not self.null[0] <= self.value <= self.null[2]


def direct_bias(vectors: WordVectors, words: Sequence[str], direction: np.ndarray, strictness: float = 1.0) -> float:
    """Mean |cos(w, g)| ** c over the words, 0..1. Example: words (1, 0) and (0, 1), g = (1, 0): 0.5."""
    units = vectors.units([vectors.row(word) for word in words]).astype(np.float64)
    return float((np.abs(units @ _unit(direction)) ** strictness).mean())


def random_direct_bias(vectors: WordVectors, words: Sequence[str], draws: int = 2000, seed: int = SEED) -> np.ndarray:
    """Direct bias of the same words on random directions (draws,), sorted: what no bias at all looks like."""
    units = vectors.units([vectors.row(word) for word in words])
    directions = np.random.default_rng(seed).normal(size=(vectors.dimension, draws)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=0)
    return np.sort(np.abs(units @ directions).mean(axis=0))


def indirect_bias(vectors: WordVectors, a: str, b: str, direction: np.ndarray) -> float:
    """The share of two words' similarity that comes from the direction: beta = (w.v - cos(w_perp, v_perp)) / w.v."""
    w, v, g = vectors.unit(a).astype(np.float64), vectors.unit(b).astype(np.float64), _unit(direction)
    along = float(w @ v)
    if abs(along) < 1e-9:
        return 0.0
    w_rest, v_rest = w - (w @ g) * g, v - (v @ g) * g
    return (along - float(_unit(w_rest) @ _unit(v_rest))) / along


def ripa(vectors: WordVectors, words: Sequence[str], pairs: Sequence[Pair]) -> np.ndarray:
    """w . b for each word (N,), vectors as they stand; b is the pair's difference at length 1, for several pairs the
    first principal component of their differences, pointing to the first word of each.
    """
    offsets = np.stack([vectors.vector(x).astype(np.float64) - vectors.vector(y) for x, y in pairs])
    b = _unit(offsets[0])
    if len(pairs) > 1:
        b = np.linalg.svd(offsets, full_matrices=False)[2][0]
        b = b * (1 if b @ offsets.mean(axis=0) >= 0 else -1)
    return vectors.matrix[[vectors.row(word) for word in words]].astype(np.float64) @ b


def rnd(
    vectors: WordVectors, words: Sequence[str], A: Sequence[str], B: Sequence[str], unit: bool = True
) -> np.ndarray:
    """Relative norm distance of each word (N,): |w - mean A| - |w - mean B|; negative: nearer to A."""
    of = (
        (lambda names: vectors.units([vectors.row(name) for name in names]))
        if unit
        else (lambda names: vectors.matrix[[vectors.row(name) for name in names]])
    )
    w, a, b = (of(names).astype(np.float64) for names in (words, A, B))
    return np.linalg.norm(w - a.mean(axis=0), axis=1) - np.linalg.norm(w - b.mean(axis=0), axis=1)


def mac(vectors: WordVectors, targets: Sequence[str], attributes: Sequence[Sequence[str]]) -> float:
    """Mean over targets and attribute sets of the mean cosine distance between them, 0..2; 1 without association."""
    t = vectors.units([vectors.row(word) for word in targets]).astype(np.float64)
    distances = [
        1 - t @ vectors.units([vectors.row(word) for word in names]).T.astype(np.float64).mean(axis=1)
        for names in attributes
    ]
    return float(np.mean(distances))


def ect(vectors: WordVectors, first: Sequence[str], second: Sequence[str], attributes: Sequence[str]) -> float:
    """Spearman's rho of the attributes' cosines with the two groups' means, -1..1; 1 where both rank them alike."""
    a = vectors.units([vectors.row(word) for word in attributes]).astype(np.float64)
    means = [
        _unit(vectors.units([vectors.row(word) for word in group]).astype(np.float64).mean(axis=0))
        for group in (first, second)
    ]
    return spearman(a @ means[0], a @ means[1])


def negative_probability(
    vectors: WordVectors, positive: Sequence[str], negative: Sequence[str], rows: np.ndarray
) -> np.ndarray:
    """P(negative | word) for these rows (N,), from logistic regression with L2 penalty 1 on unit vectors."""
    x = vectors.units([vectors.row(word) for word in [*positive, *negative]]).astype(np.float64)
    y = np.concatenate([np.zeros(len(positive)), np.ones(len(negative))])
    weights, height = logistic_regression(x, y)
    return 1 / (1 + np.exp(-(vectors.units(rows).astype(np.float64) @ weights + height)))


def logistic_regression(x: np.ndarray, y: np.ndarray, penalty: float = 1.0) -> tuple[np.ndarray, float]:
    """Weights (D,) and height that minimise the log-loss plus penalty / 2 |weights|^2, by Newton's method."""
    count, dimension = x.shape
    design = np.column_stack([x, np.ones(count)])
    ridge = np.append(np.full(dimension, penalty), 1e-9)  # the height is not penalised
    w = np.zeros(dimension + 1)
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ w))
        gradient = design.T @ (p - y) + ridge * w
        curvature = (design * (p * (1 - p))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        w -= step
        if np.abs(step).max() < 1e-10:
            break
    return w[:-1], float(w[-1])


def rnsb(probabilities: np.ndarray) -> float:
    """Kullback-Leibler divergence (nats) of the words' normalised P(negative) from equal shares; 0 if all are alike."""
    shares = probabilities / probabilities.sum()
    return float((shares * np.log(np.maximum(shares * len(shares), 1e-300))).sum())


def measured(
    key: str, words: Sequence[str], statistic: Callable[[np.ndarray], float], null: np.ndarray, draws: int = 500
) -> Measured:
    """A measure with what must stand beside it. `statistic(rows)` is the measure on the words at these places."""
    size = len(words)
    if size < 3:
        raise UserError(f"Only {size} of the words are there; an interval needs three.", "Choose other vectors.")
    everything = np.arange(size)
    without = [statistic(np.delete(everything, i)) for i in everything]
    low, middle, high = np.percentile(null, [2.5, 50, 97.5])
    return Measured(
        key,
        bootstrap(statistic, size, draws),
        (float(low), float(middle), float(high)),
        (float(min(without)), float(max(without))),
        size,
    )


def _unit(vector: np.ndarray) -> np.ndarray:
    length = float(np.linalg.norm(vector))
    return np.asarray(vector, np.float64) / length if length > 0 else np.asarray(vector, np.float64)
