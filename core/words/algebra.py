"""Sums of words: “king - man + woman” as a vector."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.words.dtypes import Float32
from core.words.vectors import WordVectors

LONGEST = 400
"""Characters of a sum that are read; more is a text, not a sum."""

MOST_WORDS = 24

SIGNS = {"+": 1.0, "-": -1.0, "−": -1.0, "–": -1.0}
"""Signs between words; word processors turn a minus into the longer dashes."""


@dataclass(frozen=True)
class Term:
    """A word of a sum with its weight: +1, -1, or a number written before it ("2 king", "0.5 * king")."""

    word: str
    weight: float


def parse(text: str, vectors: WordVectors) -> tuple[Term, ...]:
    """The terms of a sum. A single word, also one with a hyphen or a space in it, is a sum of one term.

    A sign between words needs a space on both sides, so that "short-term" stays one word.

    Raises:
        UserError: nothing was typed, too much was, or the sum ends in a sign.
    """
    typed = " ".join(text[: LONGEST * 4].split())
    if not typed:
        raise UserError("There is no word yet.", "Type a word, or a sum such as king - man + woman.")
    if typed in vectors:
        return (Term(typed, 1.0),)
    if len(text) > LONGEST:
        raise UserError(
            f"That is a text of {len(text):,} characters, not a word or a sum of words.",
            "Type one word, or a few joined by + and -.",
        )
    pieces = typed.split(" ")
    sign = SIGNS.get(pieces[0])
    terms: list[Term] = []
    words: list[str] = []
    for piece in pieces[1 if sign else 0 :]:
        if piece in SIGNS:
            terms.append(_term(" ".join(words), sign or 1.0, vectors))
            sign, words = SIGNS[piece], []
        else:
            words.append(piece)
    terms.append(_term(" ".join(words), sign or 1.0, vectors))
    if len(terms) > MOST_WORDS:
        raise UserError(f"The sum has {len(terms)} words.", f"Up to {MOST_WORDS} are added.")
    return tuple(terms)


def _term(part: str, sign: float, vectors: WordVectors) -> Term:
    if not part:
        raise UserError("A sign in the sum has no word after it.", "Write, for example, king - man + woman.")
    weighted = re.fullmatch(r"(\d{1,4}(?:\.\d{1,4})?)(?: ?[*·] ?| )(\S.*)", part)
    if weighted and part not in vectors:
        return Term(weighted[2], sign * float(weighted[1]))
    return Term(part, sign)


def vector_of(terms: tuple[Term, ...], vectors: WordVectors, unit: bool = True) -> Float32:
    """The sum (D,), float32: of unit vectors, or of unnormalized ones.

    Example: king (2, 0) - man (0, 4) with unit vectors is (1, -1), without (2, -4).

    Raises:
        UnknownWord: a word is not in the vocabulary.
    """
    total = np.zeros(vectors.dimension, np.float64)
    for term in terms:
        total += term.weight * (vectors.unit(term.word) if unit else vectors.vector(term.word)).astype(np.float64)
    return total.astype(np.float32)


def written(terms: tuple[Term, ...]) -> str:
    """The sum as text: "king - man + woman"."""
    text = ""
    for term in terms:
        size = abs(term.weight)
        text += (" - " if term.weight < 0 else " + ") + ("" if size == 1 else f"{size:g} ") + term.word
    return text[3:] if text.startswith(" + ") else "-" + text[2:]
