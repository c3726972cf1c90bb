"""How a search engine analyses a text: the classic analysis of Lucene, step by step.

Standard split (words by Unicode's UAX #29), lower case, possessive 's off, stop words out, stems. As Lucene's
EnglishAnalyzer does it (https://lucene.apache.org, package analysis.en): its 33 stop words and Porter's stemmer (Porter
1980); for Spanish the stemmer is Snowball's (https://snowballstem.org), the stop words are a short list of ours.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import regex
import snowballstemmer

Language = Literal["english", "spanish"]

STOP_WORDS: dict[str, frozenset[str]] = {
    "english": frozenset(
        "a an and are as at be but by for if in into is it no not of on or such that the their then "
        "there these they this to was will with".split()
    ),
    "spanish": frozenset(
        "a al como con de del el ella ellas ellos en entre es esta este esto la las le les lo los más "
        "me mi muy no nos o para pero por porque que se si sin sobre su sus también te tu un una unas "
        "uno unos y ya yo".split()
    ),
}
_STEMMERS = {"english": "porter", "spanish": "spanish"}
_LONGEST_WORD = 100  # a longer "word" is data, not language: it is left unchanged
_BOUNDARY = regex.compile(r"(?w)\b", regex.V1)
_LETTER_OR_DIGIT = regex.compile(r"[\p{L}\p{N}]")
_POSSESSIVE = ("'s", "’s", "'S", "’S")


@dataclass(frozen=True)
class Term:
    """A word with the steps of its analysis. `start`, `end`: characters of the text; `term` is "" if it is left out."""

    word: str
    start: int
    end: int
    lowered: str
    is_stop_word: bool
    term: str


def split(text: str) -> list[tuple[str, int, int]]:
    """Words by the default word boundaries of Unicode; pieces without a letter or digit are dropped.

    Example: "Hello there! C++" gives Hello, there, C.
    """
    found, at = [], 0
    for piece in _BOUNDARY.split(text):
        if _LETTER_OR_DIGIT.search(piece):
            found.append((piece, at, at + len(piece)))
        at += len(piece)
    return found


def analyse(text: str, language: Language = "english") -> list[Term]:
    """Every word of `text` with its term."""
    terms = []
    for word, start, end in split(text):
        lowered = _lowered(word, language)
        stops = lowered in STOP_WORDS[language]
        terms.append(Term(word, start, end, lowered, stops, "" if stops else _stem(lowered, language)))
    return terms


def _lowered(word: str, language: Language) -> str:
    """The word in lower case; an English possessive loses its 's."""
    return (word[:-2] if language == "english" and word.endswith(_POSSESSIVE) else word).lower()


@functools.lru_cache(maxsize=200_000)
def _stem(word: str, language: Language) -> str:
    """The stem of a lower-case word; words repeat, and the stemmer is pure Python."""
    if len(word) > _LONGEST_WORD:
        return word
    return str(snowballstemmer.stemmer(_STEMMERS[language]).stemWord(word))


def terms_of(text: str, language: Language = "english") -> list[str]:
    """The terms that would be looked up or stored, in order."""
    lowered = (_lowered(word, language) for word, _, _ in split(text))
    return [_stem(word, language) for word in lowered if word not in STOP_WORDS[language]]


def dictionary(terms: Sequence[Term]) -> dict[str, int]:
    """A term dictionary for this text alone: its terms in alphabetical order, numbered from 1."""
    return {term: number for number, term in enumerate(sorted({one.term for one in terms if one.term}), 1)}


PAIRS = (
    ("US", "us"),
    ("not good", "good"),
    ("C++", "C"),
    ("universe", "university"),
    ("resume", "résumé"),
    ("to be or not to be", ""),
    ("Apple", "apple"),
    ("talk", "talks"),
    ("well-known", "well known"),
    ("John's", "John"),
    ("3.14", "314"),
    ("naïve café", "naive cafe"),
)
"""Pairs of texts that some ways of tokenizing cannot distinguish."""
