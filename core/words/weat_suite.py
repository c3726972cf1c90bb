"""All ten tests of Caliskan at once, the neutral controls first: what a forest plot shows, with its verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.errors import UserError
from core.words.bias import Uncertainty, WeatResult, uncertainty, weat
from core.words.lists import WeatTest, weat_tests
from core.words.vectors import WordVectors
from core.words.verdicts import Coverage, Test, Verdict, coverage, judge


@dataclass(frozen=True, eq=False)
class Outcome:
    """A test with its result, its uncertainty and the verdict on it.

    `coverage` are its four lists, X, Y, A, B. Result and uncertainty are None where hardly any word is in the
    vocabulary; where they are there, a test can still be not testable, because a list has less than 80 % of its words.
    """

    test: WeatTest
    coverage: tuple[Coverage, ...]
    result: WeatResult | None = None
    uncertainty: Uncertainty | None = None
    verdict: Verdict = Verdict("not testable")

    @property
    def is_control(self) -> bool:
        """Whether it is about no people: flowers and insects, instruments and weapons."""
        return self.test.number in (1, 2)

    def missing_of(self, name: str) -> tuple[str, ...]:
        """The words of a set ("X", "Y", "A", "B") that are out of vocabulary."""
        return self.coverage["XYAB".index(name)].missing

    @property
    def missing(self) -> int:
        """How many words of all four lists are out of vocabulary."""
        return sum(len(one.missing) for one in self.coverage)


def all_tests(vectors: WordVectors, tests: Sequence[WeatTest] | None = None) -> tuple[Outcome, ...]:
    """Caliskan's ten tests on these vectors (or those given), in their order; Holm's correction runs over all."""
    outcomes = [_measured(vectors, test) for test in (weat_tests() if tests is None else tests)]
    verdicts = judge([_test(outcome) for outcome in outcomes])
    return tuple(replace(outcome, verdict=verdict) for outcome, verdict in zip(outcomes, verdicts, strict=True))


def run_test(vectors: WordVectors, test: WeatTest) -> Outcome:
    """One test on these vectors, shown alone: its p needs no correction."""
    return all_tests(vectors, [test])[0]


def _measured(vectors: WordVectors, test: WeatTest) -> Outcome:
    sets = (test.x, test.y, test.a, test.b)
    names = (test.x_name, test.y_name, test.a_name, test.b_name)
    found = tuple(
        replace(coverage(vectors, {name: words})[0], name=name) for name, words in zip(names, sets, strict=True)
    )
    try:
        return Outcome(test, found, weat(vectors, *sets), uncertainty(vectors, *sets))
    except UserError:  # hardly any word of a list; its coverage says of which
        return Outcome(test, found)


def _test(outcome: Outcome) -> Test:
    """One-sided, as in the paper: X rather than Y is associated with A rather than B."""
    result = outcome.result
    if result is None:
        return Test(float("nan"), float("nan"), coverage=outcome.coverage)
    return Test(
        result.effect_size,
        result.p_value,
        result.null,
        "greater",
        result.p_reversed,
        "d",
        coverage=outcome.coverage,
    )
