"""A text in words as Lucene's StandardTokenizer finds them: Unicode's word boundaries, and what Lucene adds to them.

UAX #29 leaves Thai, Lao, Khmer and Burmese to a dictionary and says nothing of emoji. Lucene makes a stretch of such a
script one token, a Han or Hiragana character one each, and an emoji one with all that belongs to it; punctuation and
blanks are in none. The classes of characters are those of the `regex` package.

Sources: Unicode Standard Annex #29, table 3 (https://www.unicode.org/reports/tr29/); Unicode Technical Standard #51 for
emoji; Lucene's StandardTokenizer (https://lucene.apache.org, package analysis.standard).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator

import regex

LONGEST = 255
"""Characters of a token; Lucene cuts a longer one into pieces of this length."""

_E = r"[\p{WB=Format}\p{WB=Extend}\p{WB=ZWJ}]*+"  # what belongs to the character before it
_HEBREW = r"\p{WB=Hebrew_Letter}"
_LETTER = rf"[\p{{WB=ALetter}}{_HEBREW}]"
_DIGIT = r"[\p{WB=Numeric}\uFF10-\uFF19]"
_BETWEEN_LETTERS = r"[\p{WB=MidLetter}\p{WB=MidNumLet}\p{WB=Single_Quote}]"
_BETWEEN_DIGITS = r"[\p{WB=MidNum}\p{WB=MidNumLet}\p{WB=Single_Quote}]"
_JOINERS = rf"(?:\p{{WB=ExtendNumLet}}{_E})"
_RUN = rf"(?:[\p{{WB=ALetter}}{_HEBREW}\p{{WB=Numeric}}\uFF10-\uFF19]{_E})++"
_KATAKANA = rf"(?:\p{{WB=Katakana}}{_E})++"
_BEHIND = r"[\p{WB=Format}\p{WB=Extend}\p{WB=ZWJ}]*)"
_WORD = (
    rf"{_JOINERS}*+(?:{_RUN}|{_KATAKANA})(?:{_JOINERS}++(?:{_RUN}|{_KATAKANA})?"
    rf"|(?<={_LETTER}{_BEHIND}{_BETWEEN_LETTERS}{_E}(?={_LETTER}){_RUN}"
    rf"|(?<={_DIGIT}{_BEHIND}{_BETWEEN_DIGITS}{_E}(?={_DIGIT}){_RUN}"
    rf"|(?<={_HEBREW}{_BEHIND}\p{{WB=Single_Quote}}{_E}"
    rf'|(?<={_HEBREW}{_BEHIND}"{_E}(?={_HEBREW}){_RUN})*+'
)
# Digits, * and #, and five signs are emoji only where a mark behind them says so.
_PICTURE = r"[[\p{Extended_Pictographic}\p{Emoji}]--[\p{WB=Regional_Indicator}0-9#*©®™〰〽]]"
_EMOJI = (
    rf"\p{{WB=Regional_Indicator}}{{2}}{_E}|[0-9#*]\uFE0F?\u20E3{_E}|[©®™〰〽]\uFE0F{_E}"
    rf"|{_PICTURE}{_E}(?:(?<=\u200D){_PICTURE}{_E})*+"
)
_SOUTH_EAST_ASIAN = rf"(?:\p{{Line_Break=Complex_Context}}{_E})++"
_TOKEN = regex.compile(
    rf"{_EMOJI}|{_WORD}|{_SOUTH_EAST_ASIAN}|\p{{Script=Han}}{_E}|\p{{Script=Hiragana}}{_E}", regex.V1
)
_INK = re.compile(r"\S+")
# The same rules where a text is ASCII, as most are: Python's own engine is several times faster.
_ASCII = re.compile(
    r"_*[A-Za-z0-9](?:[A-Za-z0-9_]|(?<=[0-9])[,;.'](?=[0-9])|(?<=[A-Za-z])[:.'](?=[A-Za-z]))*", re.ASCII
)


def split(text: str) -> list[tuple[str, int, int]]:
    """The tokens of a text with their places: (token, start, end) in characters.

    Example: "Hello there! C++" gives Hello, there, C; "ภาษาไทย" is one; "I love 😀" has three.
    """
    return list(_tokens(text))


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    if text.isascii():
        yield from _spans(text, 0, (match.span() for match in _ASCII.finditer(text)))
        return
    for stretch in _INK.finditer(text):  # no token goes over a blank
        part, at = stretch.group(), stretch.start()
        yield from _spans(
            text, at, (match.span() for match in _ASCII.finditer(part)) if part.isascii() else _spans_of(part)
        )


@functools.lru_cache(maxsize=50_000)
def _spans_of(part: str) -> tuple[tuple[int, int], ...]:
    """Words repeat, and the rules for all scripts are slow."""
    return tuple(match.span() for match in _TOKEN.finditer(part))


def _spans(text: str, at: int, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[str, int, int]]:
    """Tokens with their places, long ones in pieces."""
    for first, last in spans:
        start, end = at + first, at + last
        while end - start > LONGEST:
            yield text[start : start + LONGEST], start, start + LONGEST
            start += LONGEST
        yield text[start:end], start, end
