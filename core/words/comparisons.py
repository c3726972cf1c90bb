"""Is one set of vectors better than another on the same questions, or is the difference chance?

Both sets answer the same questions, so the test is paired: only what both could be asked counts, and under the null
hypothesis each question's two answers could as well be swapped.
"""

from __future__ import annotations

import numpy as np

from core.errors import UserError
from core.words.benchmark import Agreement
from core.words.questions import Accuracy
from core.words.statistics import SEED, pearson, ranks
from core.words.verdicts import Test, cohens_h, null_interval, p_from_null

DRAWS = 2000
LEAST = 10
"""Questions or pairs that both sets must have."""


def accuracies_differ(one: Accuracy, other: Accuracy) -> Test:
    """The test of the difference of two accuracies (0..1), `one` minus `other`, by McNemar's exact test.

    Of the questions that only one set has right, half should be each one's, if the sets are equally good. Questions
    share words, so that they are not independent of each other, and p is rather too small.

    Example: 8 questions only right in one, 2 only in the other: p = 0.109.

    Source: McNemar 1947. Raises:
        UserError: fewer than ten questions were asked of both.
    """
    from scipy.stats import binom, binomtest

    if len(one.right) != len(other.right):
        raise UserError("These accuracies are of other questions.", "Measure both with the same questions.")
    both = (one.right >= 0) & (other.right >= 0)
    asked = int(both.sum())
    if asked < LEAST:
        raise UserError(f"Only {asked} questions can be asked of both sets.", "Choose other vectors.")
    first, second = one.right[both] == 1, other.right[both] == 1
    only_first, only_second = int((first & ~second).sum()), int((~first & second).sum())
    differ = only_first + only_second
    p = float(binomtest(only_first, differ).pvalue) if differ else 1.0
    low, high = (float((2 * binom.ppf(q, differ, 0.5) - differ) / asked) for q in (0.025, 0.975)) if differ else (0, 0)
    shares = float(first.mean()), float(second.mean())
    return Test(shares[0] - shares[1], p, (low, high), effect="h", effect_value=cohens_h(*shares))


def agreements_differ(one: Agreement, other: Agreement, draws: int = DRAWS, seed: int = SEED) -> Test:
    """The test of the difference of two rank correlations with the same ratings, `one` minus `other`.

    The null distribution swaps the ranks of the two sets' cosines for a random half of the pairs.

    Raises:
        UserError: fewer than ten pairs are in both vocabularies.
    """
    theirs = {row: position for position, row in enumerate(other.rows)}
    shared = [(mine, theirs[row]) for mine, row in enumerate(one.rows) if row in theirs]
    if len(shared) < LEAST:
        raise UserError(f"Only {len(shared)} pairs are in both vocabularies.", "Choose other vectors.")
    mine, other_rows = (np.array(rows) for rows in zip(*shared, strict=True))
    ratings = ranks(one.ratings[mine])
    a, b = ranks(one.cosines[mine]), ranks(other.cosines[other_rows])
    swapped = np.random.default_rng(seed).random((draws, len(a))) < 0.5
    null = _correlations(np.where(swapped, b, a), ratings) - _correlations(np.where(swapped, a, b), ratings)
    value = pearson(a, ratings) - pearson(b, ratings)
    return Test(value, p_from_null(value, null), null_interval(null), effect="r")


def _correlations(rows: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Pearson's r of each row (draws, N) with values (N,)."""
    centred, against = rows - rows.mean(axis=1, keepdims=True), values - values.mean()
    found: np.ndarray = centred @ against / (np.linalg.norm(centred, axis=1) * np.linalg.norm(against))
    return found
