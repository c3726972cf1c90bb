"""The panel of bias measures: occupations between female and male words, each number with what must stand by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core.errors import UserError
from core.words import measures
from core.words.axis import axis_of
from core.words.lists import as_written, weat_tests
from core.words.measures import Measured, measured
from core.words.statistics import SEED
from core.words.vectors import WordVectors

POOL = 2000
"""Random words of the vocabulary from which the nulls are drawn."""

NULLS = 500


def panel(
    vectors: WordVectors,
    occupations: Sequence[str],
    female: Sequence[str] | None = None,
    male: Sequence[str] | None = None,
) -> list[Measured]:
    """All seven measures on these occupations; female and male words are those of WEAT 7 unless given.

    Nulls: random words in the place of the occupations (for direct bias and indirect bias, random directions).

    Raises:
        UserError: too few of the words are there.
    """
    test, first = weat_tests()[6], weat_tests()[0]
    words, _ = vectors.present(list(dict.fromkeys(occupations)))
    women, _ = vectors.present(as_written(vectors, female or test.b))
    men, _ = vectors.present(as_written(vectors, male or test.a))
    pleasant, _ = vectors.present(as_written(vectors, first.a))
    unpleasant, _ = vectors.present(as_written(vectors, first.b))
    if min(len(words), len(women) * 2, len(men) * 2, len(pleasant), len(unpleasant)) < 4:
        raise UserError(
            "Too few occupations, or words for women and men, are among these words.", "Choose other vectors."
        )
    rng = np.random.default_rng(SEED)
    pool = [vectors.words[row] for row in rng.choice(len(vectors), min(POOL, len(vectors)), replace=False)]
    pairs = [pair for pair in zip(women, men, strict=False)]
    axis = axis_of(vectors, pairs[:1] if ("she", "he") not in pairs else [("she", "he")])
    found = [_direct(vectors, words, axis.direction), _indirect(vectors, words, axis.direction, rng)]
    per_word: dict[str, Callable[[Sequence[str]], np.ndarray]] = {
        "ripa": lambda names: np.abs(measures.ripa(vectors, names, [axis.pairs[0]])),
        "rnd": lambda names: measures.rnd(vectors, names, women, men),
        "mac": lambda names: (
            1
            - vectors.units([vectors.row(name) for name in names]).astype(np.float64)
            @ vectors.units([vectors.row(word) for word in [*women, *men]]).astype(np.float64).mean(axis=0)
        ),
    }
    for key, values_of in per_word.items():
        found.append(_of_values(key, words, values_of(words), values_of(pool), rng))
    found.append(_ect(vectors, words, pool, women, men, rng))
    found.append(_rnsb(vectors, [*women, *men], pool, pleasant, unpleasant, rng))
    return found


def _direct(vectors: WordVectors, words: list[str], direction: np.ndarray) -> Measured:
    values = np.abs(vectors.units([vectors.row(word) for word in words]).astype(np.float64) @ direction)
    return measured(
        "direct", words, lambda rows: float(values[rows].mean()), measures.random_direct_bias(vectors, words, NULLS)
    )


def _indirect(vectors: WordVectors, words: list[str], direction: np.ndarray, rng: np.random.Generator) -> Measured:
    """Mean over pairs of occupations that are alike; unlike ones divide by a cosine near 0, which means nothing."""
    units = vectors.units([vectors.row(word) for word in words]).astype(np.float64)
    alike = np.triu(units @ units.T, 1) > 0.2
    first, second = np.nonzero(alike)
    if len(first) < 3:
        first, second = np.triu_indices(len(words), 1)

    def shares(g: np.ndarray) -> np.ndarray:
        places = units @ g
        rest = units - np.outer(places, g)
        rest /= np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-12)
        cosines = np.einsum("ij,ij->i", units[first], units[second])
        return (cosines - np.einsum("ij,ij->i", rest[first], rest[second])) / np.where(cosines == 0, 1, cosines)

    random = rng.normal(size=(120, vectors.dimension))
    null = np.array([shares(g / np.linalg.norm(g)).mean() for g in random])
    values = shares(direction.astype(np.float64))
    names = [f"{words[i]}, {words[j]}" for i, j in zip(first, second, strict=True)]
    return measured("indirect", names, lambda rows: float(values[rows].mean()), null)


def _of_values(
    key: str, words: list[str], values: np.ndarray, random: np.ndarray, rng: np.random.Generator
) -> Measured:
    """A measure that is a sum ("rnd") or a mean of values by word; `random` are those of the pool."""
    total = (lambda v, axis: v.sum(axis=axis)) if key == "rnd" else (lambda v, axis: v.mean(axis=axis))
    null = total(random[rng.integers(0, len(random), (NULLS, len(words)))], 1)
    return measured(key, words, lambda rows: float(total(values[rows], 0)), null)


def _ect(
    vectors: WordVectors, words: list[str], pool: list[str], women: list[str], men: list[str], rng: np.random.Generator
) -> Measured:
    means = [
        vectors.units([vectors.row(word) for word in group]).astype(np.float64).mean(axis=0) for group in (women, men)
    ]

    def places(names: list[str]) -> np.ndarray:
        return vectors.units([vectors.row(name) for name in names]).astype(np.float64) @ np.stack(means, axis=1)

    own, random = places(words), places(pool)

    def rho(values: np.ndarray) -> float:
        return measures.spearman(values[:, 0], values[:, 1])

    null = np.array([rho(random[rng.integers(0, len(random), len(words))]) for _ in range(NULLS // 2)])
    return measured("ect", words, lambda rows: rho(own[rows]), null)


def _rnsb(
    vectors: WordVectors,
    people: list[str],
    pool: list[str],
    pleasant: list[str],
    unpleasant: list[str],
    rng: np.random.Generator,
) -> Measured:
    rows = np.array([vectors.row(word) for word in [*people, *pool]])
    negative = measures.negative_probability(vectors, pleasant, unpleasant, rows)
    own, random = negative[: len(people)], negative[len(people) :]
    null = np.array([measures.rnsb(random[rng.integers(0, len(random), len(own))]) for _ in range(NULLS)])
    return measured("rnsb", people, lambda picked: measures.rnsb(own[picked]), null)
