"""Correlation, ranks, corrections and bootstrap intervals: how certain a number is."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

SEED = 20231
"""The same draws every time: a number on the screen is the same after a reload."""


@dataclass(frozen=True)
class Interval:
    """A value and the 95 % bootstrap interval around it."""

    value: float
    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        return self.low <= 0 <= self.high


def pearson(x: np.ndarray, y: np.ndarray) -> float:
    """Pearson's r, -1..1; NaN where one side does not vary. Example: (1, 2, 3) with (2, 4, 7) gives 0.993."""
    a, b = np.asarray(x, float) - np.mean(x), np.asarray(y, float) - np.mean(y)
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b / size) if size > 0 else float("nan")


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1; equal values share the mean of theirs. Example: (10, 30, 10) gives (1.5, 3, 1.5)."""
    data = np.asarray(values, float)
    _, where, counts = np.unique(data, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[where]


def holm(p_values: Sequence[float]) -> np.ndarray:
    """p-values corrected for their number by Holm's procedure (N,): calling those up to 0.05 findings is wrong
    about even one of them in at most 5 % of cases.

    Example: (0.01, 0.04, 0.03, 0.005) gives (0.03, 0.06, 0.06, 0.02). Source: Holm 1979.
    """
    p = np.asarray(p_values, float)
    order = np.argsort(p, kind="stable")
    raised = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(raised, 1)
    return corrected


def spearman(x: np.ndarray, y: np.ndarray) -> float:
    """Spearman's rho: Pearson's r of the ranks."""
    return pearson(ranks(x), ranks(y))


def bootstrap(statistic: Callable[[np.ndarray], float], size: int, draws: int = 2000, seed: int = SEED) -> Interval:
    """`statistic(rows)` on all rows, and the middle 95 % of it on rows drawn with replacement."""
    rng = np.random.default_rng(seed)
    values = np.array([statistic(rng.integers(0, size, size)) for _ in range(draws)])
    values = values[np.isfinite(values)]
    low, high = np.percentile(values, [2.5, 97.5]) if len(values) else (float("nan"), float("nan"))
    return Interval(float(statistic(np.arange(size))), float(low), float(high))


def correlation(x: np.ndarray, y: np.ndarray, draws: int = 2000, seed: int = SEED) -> Interval:
    """Pearson's r with its bootstrap interval over the words, all draws at once."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    rows = np.random.default_rng(seed).integers(0, len(x), (draws, len(x)))
    a, b = x[rows], y[rows]
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = (a * b).sum(axis=1) / np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    drawn = drawn[np.isfinite(drawn)]
    low, high = np.percentile(drawn, [2.5, 97.5]) if len(drawn) else (float("nan"), float("nan"))
    return Interval(pearson(x, y), float(low), float(high))


EXACT_UP_TO = 5040
"""Up to this many orders of a list, all of them are counted: 7!."""


def permuted_correlations(x: np.ndarray, y: np.ndarray, draws: int = 2000, seed: int = SEED) -> tuple[np.ndarray, bool]:
    """(Pearson's r with the values of y in other orders (draws,), whether these are all orders).

    This is what r is where x and y have nothing to do with each other. Up to seven pairs all orders are counted, the
    given one among them; for more, `draws` random ones. For Spearman's rho give ranks.
    """
    a, b = np.asarray(x, float) - np.mean(x), np.asarray(y, float) - np.mean(y)
    size = float(np.sqrt((a @ a) * (b @ b)))
    exact = len(b) <= 7 and math.factorial(len(b)) <= EXACT_UP_TO
    if size == 0:
        return np.full(draws, np.nan), exact
    if exact:
        orders = np.array(list(itertools.permutations(range(len(b)))))
    else:
        orders = np.random.default_rng(seed).permuted(np.tile(np.arange(len(b)), (draws, 1)), axis=1)
    return b[orders] @ a / size, exact


def line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """(slope, intercept) of the least-squares line y = slope x + intercept."""
    a = np.asarray(x, float) - np.mean(x)
    slope = float(a @ (np.asarray(y, float) - np.mean(y)) / (a @ a)) if (a @ a) > 0 else 0.0
    return slope, float(np.mean(y) - slope * np.mean(x))


def logistic_regression(x: np.ndarray, y: np.ndarray, penalty: float = 1.0) -> tuple[np.ndarray, float]:
    """Weights (D,) and intercept that minimise the log-loss plus penalty / 2 |weights|^2, by Newton's method.

    `x` (N, D) and `y` (N,), 0 or 1.
    """
    count, dimension = x.shape
    design = np.column_stack([x, np.ones(count)])
    ridge = np.append(np.full(dimension, penalty), 1e-9)  # the intercept is not penalised
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
