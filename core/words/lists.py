"""Word lists that ship with the lab; their sources are in core/data/SOURCES.md."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.storage import DATA
from core.words.spelling import folded
from core.words.vectors import WordVectors


@dataclass(frozen=True)
class WeatTest:
    """One of Caliskan's ten: two target sets X and Y, two attribute sets A and B, and what they are called."""

    number: int
    title: str
    x_name: str
    x: tuple[str, ...]
    y_name: str
    y: tuple[str, ...]
    a_name: str
    a: tuple[str, ...]
    b_name: str
    b: tuple[str, ...]


@functools.cache
def weat_tests() -> tuple[WeatTest, ...]:
    """The ten tests of Caliskan, Bryson and Narayanan 2017, table 1, with the words that table used."""
    tests: list[dict[str, Any]] = json.loads((DATA / "weat.json").read_text(encoding="utf-8"))
    for test in tests:
        test.update({name: tuple(test[name]) for name in ("x", "y", "a", "b")})
    return tuple(WeatTest(**test) for test in tests)


LANGUAGES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}
"""The languages of the tests. Those other than English are the lab's own translations of tests 1, 2 and 6."""


@functools.cache
def weat_tests_in(language: str) -> tuple[WeatTest, ...]:
    """The association tests in a language of `LANGUAGES`: all ten in English, 1, 2 and 6 in the others."""
    if language == "en":
        return weat_tests()
    translated = json.loads((DATA / "weat_languages.json").read_text(encoding="utf-8"))
    tests = next(item["tests"] for item in translated if item["language"] == language)
    first = tests[0]
    return tuple(
        WeatTest(
            **test | {side: tuple(first[side] if test[side] == "1" else test[side]) for side in ("x", "y", "a", "b")}
        )
        for test in tests
    )  # instruments and weapons are compared with the same pleasant and unpleasant words as flowers and insects


@dataclass(frozen=True)
class AxisPairs:
    """A named list of pairs (high, low) that define an axis, what its ends are called, and its source."""

    key: str
    title: str
    high: str
    low: str
    source: str
    pairs: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The pairs as a person writes them: woman - man, girl - boy."""
        return ", ".join(f"{high} - {low}" for high, low in self.pairs)


@functools.cache
def axis_pairs() -> dict[str, AxisPairs]:
    """The published and compiled lists of pairs by key: gender, wealth, age, religions, names, a control."""
    rows = json.loads((DATA / "axes.json").read_text(encoding="utf-8"))
    return {row["key"]: AxisPairs(**row | {"pairs": tuple((high, low) for high, low in row["pairs"])}) for row in rows}


@functools.cache
def definitional_pairs() -> tuple[tuple[str, str], ...]:
    """Ten pairs (female, male) that define the gender direction in Bolukbasi et al. 2016, in lower case."""
    return tuple(
        (high, low) for high, low in json.loads((DATA / "definitional_pairs.json").read_text(encoding="utf-8"))
    )


@functools.cache
def gender_specific_words() -> frozenset[str]:
    """Words that mean a woman or a man by definition (sons, pregnant, queen), and given names; in lower case."""
    lines = (DATA / "gender_specific.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith(("#", ":")) for word in line.split())


def as_written(vectors: WordVectors, words: Sequence[str]) -> list[str]:
    """Each word as the vocabulary has it: as given, else in lower case, else in another case or with other signs (see
    `core.words.spelling.folded`), else as given (and so missing).

    Lists of names are in capitals, and many vocabularies know lower case only; others know Paris, and not paris.
    """
    return [folded(vectors, word, thorough=False) or word for word in words]
