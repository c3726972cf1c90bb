"""The report of all measures of bias on occupations: each value with its interval, its null distribution, and its range
when one target is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.errors import UserError
from core.words import measures
from core.words.axis import axis_of
from core.words.bias_measure import BiasInputs, Measure
from core.words.lists import as_written, weat_tests
from core.words.statistics import SEED, Interval, bootstrap
from core.words.vectors import WordVectors
from core.words.verdicts import Coverage, Test, Verdict, coverage, judge, null_interval, p_from_null, wider

POOL = 2000
"""Random words of the vocabulary from which the null distributions are drawn."""

FREQUENT = 20_000
"""They are among this many first words: occupations and words for people are frequent, too."""

BOOTSTRAP_DRAWS = 500


@dataclass(frozen=True)
class Measured:
    """A measure's value with its 95 % bootstrap interval, its null, the range without one target, and the verdict.

    `null` is (low, median, high): what the value must leave, and the median for random words. `targets` counts the
    words, or pairs of words, that were measured. The verdict is corrected over the measures of one report.
    """

    measure: Measure
    interval: Interval
    null: tuple[float, float, float]
    without: tuple[float, float]
    targets: int
    test: Test
    verdict: Verdict

    @property
    def value(self) -> float:
        return self.interval.value


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
    """Every measure of `core.words.measures.MEASURES` on these occupations, in that order, each with its verdict.

    Female and male words are those of WEAT 7 unless given; words that the vectors lack are left out.

    Raises:
        UserError: too few of the words are in the vocabulary.
    """
    rng = np.random.default_rng(SEED)
    inputs = inputs_of(vectors, occupations, female, male, rng)
    asked = lists_of(occupations, female, male)
    found = [measured(measure, inputs, rng, asked_of(vectors, measure, asked)) for measure in measures.MEASURES]
    verdicts = judge([item.test for item in found])
    return [replace(item, verdict=verdict) for item, verdict in zip(found, verdicts, strict=True)]


def lists_of(
    occupations: Sequence[str], female: Sequence[str] | None = None, male: Sequence[str] | None = None
) -> dict[str, Sequence[str]]:
    """All lists of a report by their names: "occupations", "female words" ..."""
    sets = word_sets() | {name: tuple(words) for name, words in (("female", female), ("male", male)) if words}
    return {"occupations": occupations} | {f"{name} words": words for name, words in sets.items()}


def asked_of(vectors: WordVectors, measure: Measure, lists: Mapping[str, Sequence[str]]) -> tuple[Coverage, ...]:
    """The coverage of the lists that a measure needs."""
    return coverage(vectors, {name: lists[name] for name in measure.lists if name in lists})


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
    words, _ = vectors.present(as_written(vectors, list(dict.fromkeys(occupations))))
    if min(len(words), len(here["pleasant"]), len(here["unpleasant"])) < 4 or not all(
        len(here[name]) >= 2 for name in ("female", "male")
    ):
        raise UserError(
            "Too few occupations, or words for women and men, are in the vocabulary.",
            "Choose other vectors or other lists.",
        )
    frequent = min(FREQUENT, len(vectors))
    pool = [vectors.words[row] for row in rng.choice(frequent, min(POOL, frequent), replace=False)]
    pairs = list(zip(here["female"], here["male"], strict=False))
    pair = ("she", "he") if ("she", "he") in pairs else pairs[0]
    return BiasInputs(vectors, words, **here, pair=pair, direction=axis_of(vectors, [pair]).direction, pool=pool)


def measured(
    measure: Measure, inputs: BiasInputs, rng: np.random.Generator, asked: Sequence[Coverage] = ()
) -> Measured:
    """One measure with its interval, null distributions, range without one target, and the verdict on it alone.

    p is the larger of those against the two null distributions of the measure.

    Raises:
        UserError: there are fewer than three targets.
    """
    targets = measure.targets(inputs)
    size = len(targets)
    if size < 3:
        raise UserError(f"{measure.title} has only {size} of its words; three are needed.", "Choose other vectors.")
    values = measure.per_target(inputs, targets)
    nulls = [null.values(measure, inputs, targets, rng) for null in (measure.null, measure.groups) if null is not None]
    everything = np.arange(size)
    without = [measure.summary(values[np.delete(everything, i)]) for i in everything]
    interval = bootstrap(lambda rows: measure.summary(values[rows]), size, BOOTSTRAP_DRAWS)
    low, high = wider(*(null_interval(null, measure.side) for null in nulls))
    p = max(p_from_null(interval.value, null, measure.side) for null in nulls)
    test = Test(interval.value, p, (low, high), measure.side, coverage=asked)
    return Measured(
        measure,
        interval,
        (low, float(np.median(nulls[0])), high),
        (float(min(without)), float(max(without))),
        size,
        test,
        judge([test])[0],
    )
