"""The verdict on a test: a finding, no finding, or not testable. All views of the page take theirs from here.

A verdict is computed from a test's value, its null distribution and the coverage of its word lists:

- `p` is the share of the null distribution that is at least as extreme as the value;
- `p_corrected` is p after Holm's correction over the tests that are shown together (Holm 1979);
- a test is a finding if `p_corrected` is at most 0.05, and if its value lies in the direction that was asked about;
- a test with less than 80 % of the words of any of its lists in the vocabulary is not testable, and says of which list
  (WEFE has the same limit: Badilla, Bravo-Marquez and Pérez 2020).

Effect sizes are put into words by Cohen's conventions (Cohen 1988, Statistical Power Analysis for the Behavioral
Sciences, 2nd edition): d 0.2 small, 0.5 medium, 0.8 large; r 0.1, 0.3, 0.5; h (two shares) 0.2, 0.5, 0.8.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.words.statistics import holm
from core.words.vectors import WordVectors

ALPHA = 0.05
LEAST_COVERAGE = 0.8
"""The share of the words of every list that must be in the vocabulary."""

State = Literal["finding", "no finding", "not testable"]
Side = Literal["two-sided", "greater", "less"]

NULL_PERCENTILES: dict[Side, tuple[float, float]] = {
    "two-sided": (2.5, 97.5),
    "greater": (5.0, 95.0),
    "less": (5.0, 95.0),
}
"""The middle of a null distribution that a value must leave at p = 0.05, by the side that was asked about."""

COHEN: dict[str, tuple[float, float, float]] = {"d": (0.2, 0.5, 0.8), "r": (0.1, 0.3, 0.5), "h": (0.2, 0.5, 0.8)}
"""Where an effect begins to be small, medium and large, by its kind."""

NAN2 = (float("nan"), float("nan"))


@dataclass(frozen=True)
class Coverage:
    """How many words of a list are in the vocabulary: `found` of `asked`; `missing` names the others."""

    name: str
    found: int
    asked: int
    missing: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        return self.found / self.asked if self.asked else 0.0

    @property
    def is_enough(self) -> bool:
        """Whether it reaches `LEAST_COVERAGE`. Example: 20 of 25 does, 19 of 25 does not."""
        return self.asked > 0 and self.found >= LEAST_COVERAGE * self.asked - 1e-9

    def __str__(self) -> str:
        return f"{self.found} of {self.asked} {self.name}"


@dataclass(frozen=True, eq=False)
class Test:
    """What a verdict is computed from.

    `p` is one-sided for a `side` of "greater" or "less"; `p_reversed` is then that of the opposite direction. `null` is
    the part of the null distribution that the value must leave (`NULL_PERCENTILES`). `effect` names the kind of effect
    size (`COHEN`; "" for a value that has no conventions), `effect_value` is its size where that is not the value
    itself. `coverage` are the word lists that the test needs.
    """

    __test__ = False  # not a test of pytest

    value: float
    p: float
    null: tuple[float, float] = NAN2
    side: Side = "two-sided"
    p_reversed: float = 1.0
    effect: str = ""
    effect_value: float = float("nan")
    coverage: Sequence[Coverage] = ()


@dataclass(frozen=True)
class Verdict:
    """The verdict on one test of `among` that are shown together and can be tested.

    `effect` is the size in words ("large"), "" where there are no conventions; `reversed` says that the value is as
    extreme in the direction opposite to the one asked about; `reason` says why a test is not testable.
    """

    state: State
    p: float = float("nan")
    p_corrected: float = float("nan")
    null: tuple[float, float] = NAN2
    effect: str = ""
    reversed: bool = False
    reason: str = ""
    among: int = 1

    @property
    def is_finding(self) -> bool:
        return self.state == "finding"

    @property
    def is_testable(self) -> bool:
        return self.state != "not testable"

    @property
    def label(self) -> str:
        """The verdict in two or three words, with its effect."""
        if not self.is_testable:
            return f"not testable: {self.reason}"
        size = f" ({self.effect})" if self.effect else ""
        if self.is_finding:
            return f"finding{size}"
        return f"no finding: reversed{size}" if self.reversed else f"no finding{size}"

    @property
    def p_words(self) -> str:
        """p and, where several tests are shown together, p after the correction."""
        if not self.is_testable:
            return ""
        corrected = f", corrected {p_text(self.p_corrected)}" if self.among > 1 else ""
        return p_text(self.p) + corrected

    @property
    def words(self) -> str:
        """The verdict as a clause of a sentence."""
        if not self.is_testable:
            return self.label
        return f"{self.label}; {self.p_words}"


@dataclass(frozen=True)
class Verdicts:
    """The verdicts on the tests that are shown together, in their order, and what they say on the whole."""

    each: tuple[Verdict, ...]

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.each)

    def __len__(self) -> int:
        return len(self.each)

    def __getitem__(self, number: int) -> Verdict:
        return self.each[number]

    @property
    def findings(self) -> int:
        return sum(one.is_finding for one in self.each)

    @property
    def testable(self) -> int:
        return sum(one.is_testable for one in self.each)

    @property
    def rule(self) -> str:
        """How a finding is decided, as a clause."""
        over = f" after Holm’s correction over {self.testable}" if self.testable > 1 else ""
        return f"p at most {ALPHA}{over}"


def judge(tests: Sequence[Test]) -> Verdicts:
    """The verdicts on tests that are shown together; Holm's correction runs over those that can be tested.

    Example: p = 0.01 and 0.04 give 0.02 and 0.04, two findings; 0.02 and 0.06 give 0.04 and 0.06, one.
    """
    reasons = [_not_testable(test) for test in tests]
    open_ = [number for number, reason in enumerate(reasons) if not reason]
    corrected = dict(zip(open_, map(float, holm([tests[number].p for number in open_])), strict=True))
    opposite = dict(zip(open_, map(float, holm([tests[number].p_reversed for number in open_])), strict=True))
    verdicts = []
    for number, test in enumerate(tests):
        if reasons[number]:
            verdicts.append(Verdict("not testable", reason=reasons[number], among=len(open_)))
            continue
        size = test.value if math.isnan(test.effect_value) else test.effect_value
        verdicts.append(
            Verdict(
                "finding" if corrected[number] <= ALPHA else "no finding",
                test.p,
                corrected[number],
                test.null,
                effect_words(test.effect, size) if test.effect else "",
                test.side != "two-sided" and opposite[number] <= ALPHA,
                among=len(open_),
            )
        )
    return Verdicts(tuple(verdicts))


def _not_testable(test: Test) -> str:
    """Why a test cannot be decided; "" if it can."""
    few = [str(one) for one in test.coverage if not one.is_enough]
    if few:
        return f"{', '.join(few)} in the vocabulary"
    return "" if math.isfinite(test.value) and math.isfinite(test.p) else "its value is not defined"


def effect_words(kind: str, value: float) -> str:
    """An effect size in Cohen's words. Example: d = 1.08 is "large", r = -0.2 "small", r = 0.05 "negligible"."""
    small, medium, large = COHEN[kind]
    size = abs(value)
    return "large" if size >= large else "medium" if size >= medium else "small" if size >= small else "negligible"


def cohens_h(share: float, chance: float = 0.5) -> float:
    """The distance of two shares (0..1): 2 asin(sqrt(share)) - 2 asin(sqrt(chance)). Example: 0.9 to 0.5 is 0.93.

    Source: Cohen 1988, chapter 6.
    """
    return 2 * math.asin(math.sqrt(share)) - 2 * math.asin(math.sqrt(chance))


def p_from_null(value: float, null: np.ndarray, side: Side = "two-sided", exact: bool = False) -> float:
    """The share of the null distribution (draws,) that is at least as extreme as `value`.

    Drawn nulls count the value itself as one draw, (1 + count) / (1 + draws) (Phipson and Smyth 2010); an `exact` null
    holds every case, the observed among them. Two-sided: twice the smaller tail, at most 1.

    Example: 3 in (1, 2, 3, 4), exact, "greater": 0.5; two-sided: 1.
    """
    values = np.asarray(null, float)
    values = values[np.isfinite(values)]
    if not len(values) or not math.isfinite(value):
        return float("nan")
    slack = 1e-12 * max(1.0, abs(value))  # equal sums differ in their last digits
    above, below = int((values >= value - slack).sum()), int((values <= value + slack).sum())
    extra = 0 if exact else 1
    p_above, p_below = ((count + extra) / (len(values) + extra) for count in (above, below))
    if side == "greater":
        return float(p_above)
    return float(p_below) if side == "less" else float(min(1.0, 2 * min(p_above, p_below)))


def null_interval(null: np.ndarray, side: Side = "two-sided") -> tuple[float, float]:
    """The part of a null distribution (draws,) that a value must leave at p = 0.05, see `NULL_PERCENTILES`."""
    values = np.asarray(null, float)
    values = values[np.isfinite(values)]
    if not len(values):
        return NAN2
    low, high = np.percentile(values, NULL_PERCENTILES[side])
    return float(low), float(high)


def wider(*nulls: tuple[float, float]) -> tuple[float, float]:
    """The interval that holds all of these: what a value must leave to be outside each of them."""
    return min(low for low, _ in nulls), max(high for _, high in nulls)


def coverage(vectors: WordVectors, lists: Mapping[str, Sequence[str]]) -> tuple[Coverage, ...]:
    """How many words of each list are in the vocabulary, as written or else in lower case; a word twice counts once."""
    from core.words.lists import as_written

    found = []
    for name, words in lists.items():
        once = list(dict.fromkeys(words))
        here, absent = vectors.present(as_written(vectors, once))
        found.append(Coverage(name, len(here), len(once), tuple(absent)))
    return tuple(found)


def p_text(value: float) -> str:
    """A p-value as it is written: two digits, or “p < 0.0001”."""
    return f"p = {value:.2g}" if value >= 1e-4 else "p < 0.0001"
