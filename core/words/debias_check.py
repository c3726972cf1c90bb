"""The check after debiasing: can the words that were biased still be separated, and by what?

Gonen and Goldberg 2019 ("Lipstick on a Pig") ask two classifiers which words were associated with which end before:
k-means with two clusters, and a support vector machine with an RBF kernel. Both are run here before and after
debiasing, each beside its null distribution, in which the labels of the words are permuted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.words.dtypes import Floats
from core.words.statistics import SEED
from core.words.verdicts import NAN2, Test, Verdict, cohens_h, judge, null_interval, p_from_null

FOLDS = 5
SVM_DRAWS = 99
KMEANS_DRAWS = 2000


@dataclass(frozen=True)
class Separation:
    """How well a classifier separates two kinds of words, 0..1, before and after debiasing; 0.5 is chance.

    `p` and `null` (5th and 95th percentile) are of the value after, with the labels permuted; `verdict` is on it.
    """

    name: str
    before: float
    after: float
    p: float
    null: tuple[float, float] = NAN2
    verdict: Verdict = Verdict("not testable")

    def test(self) -> Test:
        return Test(self.after, self.p, self.null, "greater", effect="h", effect_value=cohens_h(self.after))


def by_kmeans(before: Floats, after: Floats, kinds: np.ndarray, seed: int = SEED) -> Separation:
    """The share of words (N, D) that k-means with two clusters puts with their own kind (N,)."""
    clusters = kmeans(after, seed=seed)
    null = [agreement(clusters, labels) for labels in permuted(kinds, KMEANS_DRAWS, seed)]
    return _separation("k-means", purity(before, kinds, seed=seed), agreement(clusters, kinds), np.array(null))


def by_svm(before: Floats, after: Floats, kinds: np.ndarray, seed: int = SEED, draws: int = SVM_DRAWS) -> Separation:
    """The accuracy of an SVM with an RBF kernel on words that it was not trained on (5-fold cross-validation).

    scikit-learn's defaults: C = 1, gamma = 1 / (D var).
    """
    kernel = rbf(after)
    null = [svm_accuracy(kernel, labels, seed) for labels in permuted(kinds, draws, seed)]
    return _separation(
        "RBF-SVM", svm_accuracy(rbf(before), kinds, seed), svm_accuracy(kernel, kinds, seed), np.array(null)
    )


def _separation(name: str, before: float, after: float, null: np.ndarray) -> Separation:
    found = Separation(name, before, after, p_from_null(after, null, "greater"), null_interval(null, "greater"))
    return replace(found, verdict=judge([found.test()])[0])


def permuted(kinds: np.ndarray, draws: int, seed: int = SEED) -> np.ndarray:
    """The labels in other orders (draws, N)."""
    rng = np.random.default_rng(seed)
    return rng.permuted(np.tile(kinds, (draws, 1)), axis=1)


def agreement(clusters: np.ndarray, kinds: np.ndarray) -> float:
    """The share of points whose cluster (N,) is that of their kind (N,), the clusters named as fits best: 0.5..1."""
    agree = float((clusters == kinds).mean())
    return max(agree, 1 - agree)


def purity(points: Floats, kinds: np.ndarray, restarts: int = 8, seed: int = SEED) -> float:
    """The share of points that k-means with two clusters puts with their own kind, 0.5..1."""
    return agreement(kmeans(points, restarts, seed), kinds)


def kmeans(points: Floats, restarts: int = 8, seed: int = SEED) -> np.ndarray:
    """Which of two clusters each point is in (N,), as k-means has them: the tightest of 8 starts."""
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
    return found


def rbf(points: Floats) -> np.ndarray:
    """The RBF kernel of points (N, D) -> (N, N): exp(-gamma |x - y|^2) with gamma = 1 / (D var), as scikit-learn's
    "scale"."""
    data = np.asarray(points, np.float64)
    squares = (data**2).sum(axis=1)
    distances = np.maximum(squares[:, None] + squares - 2 * data @ data.T, 0)
    variance = float(data.var())
    kernel: np.ndarray = np.exp(-distances / (data.shape[1] * variance if variance > 0 else 1.0))
    return kernel


def svm_accuracy(kernel: np.ndarray, kinds: np.ndarray, seed: int = SEED, folds: int = FOLDS) -> float:
    """The share of words whose kind an SVM gives that was trained on the other folds; `kernel` (N, N), `kinds` (N,).

    The folds are stratified and seeded.
    """
    from sklearn.svm import SVC

    right = 0
    for held in _folds(kinds, folds, seed):
        rest = np.setdiff1d(np.arange(len(kinds)), held)
        machine = SVC(kernel="precomputed", shrinking=False).fit(kernel[np.ix_(rest, rest)], kinds[rest])
        right += int((machine.predict(kernel[np.ix_(held, rest)]) == kinds[held]).sum())
    return right / len(kinds)


def _folds(kinds: np.ndarray, folds: int, seed: int) -> list[np.ndarray]:
    """Rows of each fold, with as many of each kind as can be."""
    rng = np.random.default_rng(seed)
    parts: list[list[int]] = [[] for _ in range(folds)]
    for kind in (False, True):
        rows = rng.permutation(np.flatnonzero(kinds == kind))
        for fold in range(folds):
            parts[fold] += rows[fold::folds].tolist()
    return [np.array(part) for part in parts]
