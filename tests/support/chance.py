"""How often random axes and random word lists are called a finding: it should be 5 %."""

from __future__ import annotations

import numpy as np

from core.words.axis import axis_of
from core.words.lists import WeatTest, weat_tests
from core.words.occupations import Occupation, compare, us_2015
from core.words.position_verdicts import judge_positions
from core.words.vectors import WordVectors
from core.words.weat_suite import all_tests

SEED = 606  # not that of the null distributions


def _drawn(vectors: WordVectors, rng: np.random.Generator, count: int) -> list[str]:
    """Different words among the first 20,000."""
    rows = rng.choice(min(20_000, len(vectors)), count, replace=False)
    return [vectors.words[row] for row in rows]


def findings_on_random_axes(vectors: WordVectors, count: int, pairs: int = 1, method: str = "mean") -> float:
    """The share of random axes on which the occupations are said to follow the real shares."""
    rng = np.random.default_rng(SEED)
    here = [item for item in us_2015() if item.word in vectors]
    found = 0
    for _ in range(count):
        words = _drawn(vectors, rng, 2 * pairs)
        axis = axis_of(vectors, list(zip(words[::2], words[1::2], strict=True)), method)
        found += compare(vectors, here, axis).verdict.is_finding
    return found / count


def findings_on_random_lists(vectors: WordVectors, count: int) -> float:
    """The share of lists of random words in the place of the occupations that are said to follow the shares."""
    rng = np.random.default_rng(SEED + 1)
    here = [item for item in us_2015() if item.word in vectors]
    axis = axis_of(vectors, [("she", "he")])
    found = 0
    for _ in range(count):
        words = _drawn(vectors, rng, len(here))
        listed = [Occupation(word, item.women_percent) for word, item in zip(words, here, strict=True)]
        found += compare(vectors, listed, axis).verdict.is_finding
    return found / count


def findings_on_random_weat_lists(vectors: WordVectors, count: int, size: int = 8) -> float:
    """The share of random target lists X and Y that WEAT 7's attributes are said to part."""
    rng = np.random.default_rng(SEED + 2)
    base = weat_tests()[6]
    found = 0
    for _ in range(count):
        words = tuple(_drawn(vectors, rng, 2 * size))
        test = WeatTest(0, "random", "X", words[:size], "Y", words[size:], "A", base.a, "B", base.b)
        (outcome,) = all_tests(vectors, [test])
        found += outcome.verdict.is_finding
    return found / count


def families_on_random_words(vectors: WordVectors, count: int, words: int = 12) -> float:
    """The share of lists of random words on she - he of which any word is called a finding: Holm's 5 % for a list."""
    rng = np.random.default_rng(SEED + 3)
    axis = axis_of(vectors, [("she", "he")])
    return (
        sum(judge_positions(vectors, _drawn(vectors, rng, words), axis).verdicts.findings > 0 for _ in range(count))
        / count
    )


def families_on_random_axes(vectors: WordVectors, count: int) -> float:
    """The share of random axes on which any of twelve occupations is called a finding."""
    rng = np.random.default_rng(SEED + 4)
    words = [item.word for item in us_2015() if item.word in vectors][:12]
    found = 0
    for _ in range(count):
        high, low = _drawn(vectors, rng, 2)
        found += judge_positions(vectors, words, axis_of(vectors, [(high, low)])).verdicts.findings > 0
    return found / count
