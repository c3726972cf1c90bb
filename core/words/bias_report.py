"""The report of all measures of bias on occupations: each value with its interval, its null distribution, and its range
when one target is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.words import measures
from core.words.axis import axis_of
from core.words.bias_measure import BiasInputs, Measure
from core.words.lists import as_written, weat_tests
from core.words.statistics import SEED, Interval, bootstrap
from core.words.vectors import WordVectors

POOL = 2000
"""Random words of the vocabulary from which the null distributions are drawn."""

BOOTSTRAP_DRAWS = 500


@dataclass(frozen=True)
class Measured:
    """A measure's value with its 95 % bootstrap interval, the middle 95 % of its null and the range without one target.

    `null` is (2.5th percentile, median, 97.5th); `targets` how many words, or pairs of words, were measured.
    """

    measure: Measure
    interval: Interval
    null: tuple[float, float, float]
    without: tuple[float, float]
    targets: int

    @property
    def value(self) -> float:
        return self.interval.value

    @property
    def beyond_null(self) -> bool:
        """Whether the value is outside the middle 95 % of its null."""
        return not self.null[0] <= self.value <= self.null[2]


def word_sets() -> dict[str, tuple[str, ...]]:
    """The sets of words that the measures use in addition to the occupations: those of WEAT 7 and WEAT 1."""
    people, flowers = weat_tests()[6], weat_tests()[0]
    return {"female": people.b, "male": people.a, "pleasant": flowers.a, "unpleasant": flowers.b}


def bias_report(
    vectors: WordVectors,
    occupations: Sequence[str],
    female: Sequence[str] | None = None,
    male: Sequence[str] | None = None,
) -> list[Measured]:
    """Every measure of `core.words.measures.MEASURES` on these occupations, in that order.

    Female and male words are those of WEAT 7 unless given; words that the vectors lack are left out.

    Raises:
        UserError: too few of the words are in the vocabulary.
    """
    rng = np.random.default_rng(SEED)
    inputs = inputs_of(vectors, occupations, female, male, rng)
    return [measured(measure, inputs, rng) for measure in measures.MEASURES]


def inputs_of(
    vectors: WordVectors,
    occupations: Sequence[str],
    female: Sequence[str] | None,
    male: Sequence[str] | None,
    rng: np.random.Generator,
) -> BiasInputs:
    """The words that are in the vocabulary, the direction of she - he (or of the first pair), and the pool.

    Raises:
        UserError: too few of the words are in the vocabulary.
    """
    sets = word_sets() | {name: words for name, words in (("female", female), ("male", male)) if words}
    here = {name: vectors.present(as_written(vectors, words))[0] for name, words in sets.items()}
    words, _ = vectors.present(list(dict.fromkeys(occupations)))
    if min(len(words), len(here["pleasant"]), len(here["unpleasant"])) < 4 or not all(
        len(here[name]) >= 2 for name in ("female", "male")
    ):
        raise UserError(
            "Too few occupations, or words for women and men, are in the vocabulary.", "Choose other vectors."
        )
    pool = [vectors.words[row] for row in rng.choice(len(vectors), min(POOL, len(vectors)), replace=False)]
    pairs = list(zip(here["female"], here["male"], strict=False))
    pair = ("she", "he") if ("she", "he") in pairs else pairs[0]
    return BiasInputs(vectors, words, **here, pair=pair, direction=axis_of(vectors, [pair]).direction, pool=pool)


def measured(measure: Measure, inputs: BiasInputs, rng: np.random.Generator) -> Measured:
    """One measure with its interval, null distribution and range without one target.

    Raises:
        UserError: there are fewer than three targets.
    """
    targets = measure.targets(inputs)
    size = len(targets)
    if size < 3:
        raise UserError(f"{measure.title} has only {size} of its words; three are needed.", "Choose other vectors.")
    values = measure.per_target(inputs, targets)
    null = measure.null.values(measure, inputs, targets, rng)
    everything = np.arange(size)
    without = [measure.summary(values[np.delete(everything, i)]) for i in everything]
    low, middle, high = np.percentile(null, [2.5, 50, 97.5])
    return Measured(
        measure,
        bootstrap(lambda rows: measure.summary(values[rows]), size, BOOTSTRAP_DRAWS),
        (float(low), float(middle), float(high)),
        (float(min(without)), float(max(without))),
        size,
    )
