"""All ten tests of Caliskan at once, the neutral controls first: what a forest plot shows."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import UserError
from core.words.bias import Uncertainty, WeatResult, uncertainty, weat
from core.words.lists import WeatTest, weat_tests
from core.words.vectors import WordVectors


@dataclass(frozen=True, eq=False)
class Outcome:
    """A test with its result and uncertainty; both None and `problem` set where too many words are missing."""

    test: WeatTest
    result: WeatResult | None = None
    uncertainty: Uncertainty | None = None
    problem: str = ""

    @property
    def is_control(self) -> bool:
        """Whether it is about no people: flowers and insects, instruments and weapons."""
        return self.test.number <= 2

    def missing_of(self, name: str) -> tuple[str, ...]:
        """The words of a set ("X", "Y", "A", "B") that are out of vocabulary."""
        return self.result.missing[name] if self.result else ()


def all_tests(vectors: WordVectors) -> tuple[Outcome, ...]:
    """Caliskan's ten tests on these vectors, in their order."""
    return tuple(run_test(vectors, test) for test in weat_tests())


def run_test(vectors: WordVectors, test: WeatTest) -> Outcome:
    """One test on these vectors."""
    sets = (test.x, test.y, test.a, test.b)
    try:
        return Outcome(test, weat(vectors, *sets), uncertainty(vectors, *sets))
    except UserError as problem:
        return Outcome(test, problem=problem.what)
