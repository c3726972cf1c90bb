"""What a measure of bias is, what it compares, and the null distributions that its values are read against.

A measure looks at targets (words, for some measures pairs of words), gives each of them a value, and sums these up in
one number. The measures themselves are in `core.words.measures`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Literal, Protocol

import numpy as np

from core.words.axis import Pair
from core.words.dtypes import Floats
from core.words.statistics import logistic_regression
from core.words.vectors import WordVectors
from core.words.verdicts import Side

Targets = Sequence[Any]
"""Words, or pairs of words: what a measure gives a value to, one by one."""


def unit(vector: Floats) -> Floats:
    """The vector (D,) at length 1; zeros stay zeros."""
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length if length > 0 else vector, np.float64)


@dataclass(frozen=True, eq=False)
class BiasInputs:
    """The words that measures compare. All of them are in the vocabulary; a measure reads those that it needs.

    `direction` (D,) has length 1 and leads from the low to the high word of `pair` (high, low); `pool` are random words
    of the vocabulary, which take the targets' part in the null distributions.
    """

    vectors: WordVectors
    occupations: Sequence[str] = ()
    female: Sequence[str] = ()
    male: Sequence[str] = ()
    pleasant: Sequence[str] = ()
    unpleasant: Sequence[str] = ()
    pair: Pair = ("", "")
    direction: Floats | None = None
    pool: Sequence[str] = ()

    def units(self, words: Sequence[str]) -> Floats:
        """The words' vectors at length 1 (N, D), float64."""
        return self.vectors.units([self.vectors.row(word) for word in words]).astype(np.float64)

    def along(self, units: Floats) -> Floats:
        """Unit vectors' cosines with the direction (N,)."""
        assert self.direction is not None, "this measure needs a direction"
        return np.asarray(units @ self.direction, np.float64)

    @cached_property
    def classifier(self) -> tuple[Floats, float]:
        """Weights (D,) and intercept that tell unpleasant words (1) from pleasant ones (0): L2 penalty 1."""
        labels = np.repeat([0.0, 1.0], [len(self.pleasant), len(self.unpleasant)])
        return logistic_regression(self.units([*self.pleasant, *self.unpleasant]), labels)


class Null(Protocol):
    """A null distribution: the measure's values where there is no bias."""

    @property
    def draws(self) -> int: ...

    @property
    def description(self) -> str: ...

    def values(self, measure: Measure, inputs: BiasInputs, targets: Targets, rng: np.random.Generator) -> Floats:
        """`draws` values of the measure."""


@dataclass(frozen=True)
class RandomWords:
    """As many random words of the pool as there are targets."""

    draws: int = 500
    description: ClassVar[str] = "random words"

    def values(self, measure: Measure, inputs: BiasInputs, targets: Targets, rng: np.random.Generator) -> Floats:
        pool = measure.per_target(inputs, inputs.pool)
        rows = (rng.integers(0, len(pool), len(targets)) for _ in range(self.draws))
        return np.array([measure.summary(pool[row]) for row in rows])


@dataclass(frozen=True)
class RandomLists:
    """The whole measure on lists of random words of the pool in the place of the occupations: for measures whose
    targets are made from the occupations, such as pairs of them."""

    draws: int = 500
    description: ClassVar[str] = "random words"

    def values(self, measure: Measure, inputs: BiasInputs, targets: Targets, rng: np.random.Generator) -> Floats:
        pool, size = np.array(inputs.pool, object), len(inputs.occupations)
        lists = (pool[rng.choice(len(pool), min(size, len(pool)), replace=False)] for _ in range(self.draws))
        return np.array([measure.value(replace(inputs, occupations=tuple(words))) for words in lists])


@dataclass(frozen=True)
class RandomGroups:
    """The same targets with random words of the pool instead of the two groups and of the pair that gives the
    direction, as many of each."""

    draws: int = 500
    description: ClassVar[str] = "random groups and pairs"

    def values(self, measure: Measure, inputs: BiasInputs, targets: Targets, rng: np.random.Generator) -> Floats:
        pool, women = np.array(inputs.pool, object), len(inputs.female)
        found = []
        for _ in range(self.draws):
            high, low, *others = pool[rng.integers(0, len(pool), 2 + women + len(inputs.male))]
            one, other = inputs.units([high, low])
            drawn = replace(
                inputs,
                pair=(high, low),
                direction=unit(one - other),
                female=tuple(others[:women]),
                male=tuple(others[women:]),
            )
            found.append(measure.value(drawn, targets))
        return np.array(found)


def _occupations(inputs: BiasInputs) -> Targets:
    return inputs.occupations


@dataclass(frozen=True)
class Measure:
    """A measure of bias: its mathematics and what has to be said about it.

    `per_target(inputs, targets)` gives each target its value, or several (N,) or (N, K); `summary` makes them one
    number. Intervals, leave-one-out and null distributions all apply these two. `formula` is LaTeX, `unbiased` the
    value without bias (None: the null distribution says), `direction` where bias moves the value, `targets(inputs)`
    what is measured. `null` is the distribution for other words, `groups` that for other groups and another direction
    (None for a measure that uses neither): a finding is outside both. `lists` names the lists of words it needs.
    """

    key: str
    title: str
    per_target: Callable[[BiasInputs, Targets], Floats]
    summary: Callable[[Floats], float]
    formula: str
    convention: str
    source: str
    unbiased: float | None
    direction: Literal["higher", "lower", "either way"]
    null: Null
    groups: Null | None = None
    lists: tuple[str, ...] = ("occupations",)
    targets: Callable[[BiasInputs], Targets] = _occupations

    @property
    def side(self) -> Side:
        """The side of the null distribution on which bias lies."""
        sides: dict[str, Side] = {"higher": "greater", "lower": "less", "either way": "two-sided"}
        return sides[self.direction]

    def value(self, inputs: BiasInputs, targets: Targets | None = None) -> float:
        """The measure on these targets, or on those that it looks at."""
        return self.summary(self.per_target(inputs, self.targets(inputs) if targets is None else targets))
