"""Sums of words: “king - man + woman” as a vector."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import UnknownWord, UserError
from core.words.dtypes import Float32
from core.words.vectors import WordVectors

LONGEST = 400
"""Characters of a sum that are read; more is a text, not a sum."""

MOST_WORDS = 24
DEEPEST = 8
"""Parentheses within parentheses."""

SIGNS = {"+": 1.0, "-": -1.0, "−": -1.0, "–": -1.0}
"""Signs between words; word processors turn a minus into the longer dashes."""

_TIMES = "*·×"
_NUMBER = re.compile(r"\d{1,4}(?:[.,]\d{1,4})?")
_WEIGHTED = re.compile(rf"({_NUMBER.pattern})([{_TIMES}])(.*)")
_EXAMPLE = "Write, for example, king - man + woman."


@dataclass(frozen=True)
class Term:
    """A word of a sum with its weight: +1, -1, or a number written before it ("2 king", "0.5 * king")."""

    word: str
    weight: float


def parse(text: str, vectors: WordVectors) -> tuple[Term, ...]:
    """The terms of a sum. A single word, also one with a hyphen, a plus or a space in it, is a sum of one term.

    A word that the vocabulary has stays whole ("short-term", "c++"); else signs within it separate words, so that
    "king-man+woman" needs no spaces. Numbers are weights, and parentheses may be used: "2 * (king - man)". Words are
    looked up as `WordVectors.look_up` does; one that is out of vocabulary stays as typed.

    Raises:
        UserError: nothing was typed, too much was, or signs and parentheses do not fit.
    """
    typed = " ".join(text[: LONGEST * 4].split())
    if not typed:
        raise UserError("There is no word yet.", "Type a word, or a sum such as king - man + woman.")
    if len(text) <= LONGEST and (word := _known(typed, vectors)) is not None:
        return (Term(word, 1.0),)
    if len(text) > LONGEST:
        raise UserError(
            f"That is a text of {len(text):,} characters, not a word or a sum of words.",
            "Type one word, or a few joined by + and -.",
        )
    reader = _Reader(_pieces(typed, vectors), vectors)
    terms = reader.sum(0)
    if reader.rest:
        raise UserError("A parenthesis is closed that was not opened.", _EXAMPLE)
    if len(terms) > MOST_WORDS:
        raise UserError(f"The sum has {len(terms)} words.", f"Up to {MOST_WORDS} are added.")
    return tuple(terms)


def _known(word: str, vectors: WordVectors) -> str | None:
    """The word as the vocabulary has it; None if it does not. Only what is really looked up is noted."""
    from core.words.spelling import folded

    return vectors.look_up(word) if folded(vectors, word) is not None else None


def _has(word: str, vectors: WordVectors) -> bool:
    return word in vectors or word.lower() in vectors


def _pieces(typed: str, vectors: WordVectors) -> list[str]:
    """Words, numbers, signs and parentheses, in their order."""
    pieces: list[str] = []
    for part in typed.split(" "):
        pieces += [part] if part in SIGNS or part in _TIMES or _has(part, vectors) else _opened(part, vectors)
    return pieces


def _opened(part: str, vectors: WordVectors) -> list[str]:
    """A part without spaces that is no word: parentheses, weights and signs are taken off or out of it."""
    before: list[str] = []
    while part.startswith("(") and not _has(part, vectors):
        before, part = [*before, "("], part[1:]
    after: list[str] = []
    while part.endswith(")") and not _has(part, vectors):
        after, part = [*after, ")"], part[:-1]
    if not part:
        return before + after
    if weighted := _WEIGHTED.fullmatch(part):
        rest = _opened(weighted[3], vectors) if weighted[3] else []
        return [*before, weighted[1], weighted[2], *rest, *after]
    if part[0] in SIGNS and len(part) > 1 and not _has(part, vectors):
        return [*before, part[0], *_opened(part[1:], vectors), *after]
    return [*before, *_separated(part, vectors), *after]


def _separated(part: str, vectors: WordVectors) -> list[str]:
    """A part cut at the signs within it, into as few words as possible; whole if that gives no words."""
    found = _cut(part, vectors)
    if found is not None:
        return found
    at_all = re.split(rf"([{re.escape(''.join(SIGNS))}()])", part)
    words = [piece for piece in at_all if piece and piece not in SIGNS and piece not in "()"]
    lost = [word for word in words if not _has(word, vectors) and not _WEIGHTED.fullmatch(word)]
    if len(words) > 1 and (len(lost) < 2 or "(" in part) and len(lost) < len(words):
        return [
            piece
            for one in at_all
            if one
            for piece in ([one] if one in "()" or one in SIGNS else _opened(one, vectors))
        ]
    return [part]


def _cut(part: str, vectors: WordVectors) -> list[str] | None:
    """The part as words of the vocabulary with signs between them, the longest first; None if it is not that."""
    if _has(part, vectors):
        return [part]
    if (weighted := _WEIGHTED.fullmatch(part)) and (rest := _cut(weighted[3], vectors)):
        return [weighted[1], weighted[2], *rest]
    for end in range(len(part) - 1, 0, -1):
        if part[end] in SIGNS and (_has(part[:end], vectors) or _WEIGHTED.fullmatch(part[:end])):
            first = _cut(part[:end], vectors)
            rest = _cut(part[end + 1 :], vectors)
            if first and rest:
                return [*first, part[end], *rest]
    return None


class _Reader:
    """Reads pieces as a sum: terms with signs between them, each with a weight perhaps, and sums in parentheses."""

    def __init__(self, pieces: Sequence[str], vectors: WordVectors) -> None:
        self.rest, self._vectors = list(pieces), vectors

    def sum(self, depth: int) -> list[Term]:
        """The terms up to the end, or to the parenthesis that closes."""
        if depth > DEEPEST:
            raise UserError("There are too many parentheses in one another.", _EXAMPLE)
        sign = self._sign() or 1.0
        terms = self._term(sign, depth)
        while self.rest and self.rest[0] != ")":
            following = self._sign()
            if following is None:
                raise UserError(f"A sign is missing before “{self.rest[0][:40]}”.", _EXAMPLE)
            terms += self._term(following, depth)
        return terms

    def _sign(self) -> float | None:
        return SIGNS[self.rest.pop(0)] if self.rest and self.rest[0] in SIGNS else None

    def _term(self, sign: float, depth: int) -> list[Term]:
        """One word of one or several pieces, or a sum in parentheses, with its weight."""
        weight = 1.0
        if len(self.rest) > 1 and _NUMBER.fullmatch(self.rest[0]) and self.rest[1] not in SIGNS and self.rest[1] != ")":
            words = self._words_ahead()
            if self.rest[1] in _TIMES or words not in self._vectors:
                weight = float(self.rest.pop(0).replace(",", "."))
                if self.rest[0] in _TIMES:
                    self.rest.pop(0)
        if self.rest and self.rest[0] == "(":
            self.rest.pop(0)
            inner = self.sum(depth + 1)
            if not self.rest:
                raise UserError("A parenthesis is not closed.", _EXAMPLE)
            self.rest.pop(0)
            return [Term(term.word, sign * weight * term.weight) for term in inner]
        word = self._words_ahead()
        if not word:
            raise UserError("A sign in the sum has no word after it.", _EXAMPLE)
        del self.rest[: word.count(" ") + 1]
        try:
            return [Term(self._vectors.look_up(word), sign * weight)]
        except UnknownWord:
            return [Term(word, sign * weight)]

    def _words_ahead(self) -> str:
        words: list[str] = []
        for piece in self.rest:
            if piece in SIGNS or piece in "()" or (piece in _TIMES and not words):
                break
            words.append(piece)
        return " ".join(words)


def vector_of(terms: tuple[Term, ...], vectors: WordVectors, unit: bool = True) -> Float32:
    """The sum (D,), float32: of unit vectors, or of unnormalized ones.

    Example: king (2, 0) - man (0, 4) with unit vectors is (1, -1), without (2, -4).

    Raises:
        UnknownWord: a word is not in the vocabulary.
        UserError: the words cancel out, as in "king - king".
    """
    total, largest = np.zeros(vectors.dimension, np.float64), 0.0
    for term in terms:
        part = term.weight * (vectors.unit(term.word) if unit else vectors.vector(term.word)).astype(np.float64)
        largest = max(largest, float(np.linalg.norm(part)))
        total += part
    if len(terms) > 1 and float(np.linalg.norm(total)) <= 1e-6 * largest:
        raise UserError("The words of this sum cancel out, so nothing is nearest to it.", "Change one of its words.")
    return total.astype(np.float32)


def looked_up(terms: tuple[Term, ...], vectors: WordVectors) -> tuple[Term, ...]:
    """The same sum in the words of another set: "open-source" stays one word there, or is out of vocabulary.

    Raises:
        UnknownWord: a word is not in the vocabulary.
    """
    return tuple(Term(vectors.look_up(term.word), term.weight) for term in terms)


def written(terms: tuple[Term, ...]) -> str:
    """The sum as text: "king - man + woman"."""
    text = ""
    for term in terms:
        size = abs(term.weight)
        text += (" - " if term.weight < 0 else " + ") + ("" if size == 1 else f"{size:g} ") + term.word
    return text[3:] if text.startswith(" + ") else "-" + text[2:]
