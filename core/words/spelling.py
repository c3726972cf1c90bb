"""Suggestions for a word that is not in the vocabulary: other case first, then similar spellings."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.words.vectors import WordVectors

SEARCHED = 100_000
"""Similar spellings are searched among this many first (most frequent) words, to answer while a person types."""


def suggestions(vectors: WordVectors, word: str, count: int = 3) -> tuple[str, ...]:
    """Up to `count` words of the vocabulary: other case, with "_" or "-" for a space, then by similar spelling.

    Example: "Verisgn" -> verisign; "NURSE" -> nurse; "ice cream" -> ice-cream.
    """
    typed = word.strip()
    if not typed or len(typed) > 60:
        return ()
    forms = [typed.lower(), typed.capitalize(), typed.upper(), typed.title(), typed.swapcase()]
    forms += [form.replace(" ", joint) for form in (typed, typed.lower()) for joint in ("_", "-", "")]
    found = [form for form in dict.fromkeys(forms) if form in vectors and form != word]
    if len(found) < count:
        found += [near for near in _near(vectors, typed.lower(), count) if near not in found]
    return tuple(found[:count])


def _near(vectors: WordVectors, typed: str, count: int) -> list[str]:
    start, size = typed[:1], len(typed)
    # A typo rarely changes the first letter and the length by much; this leaves few enough for exact comparison.
    candidates = [
        word
        for word in vectors.words[:SEARCHED]
        if abs(len(word) - size) <= 2 and (word[:1].lower() == start or word[1:3].lower() == typed[1:3])
    ]
    lowered: dict[str, str] = {}
    for word in candidates:
        lowered.setdefault(word.lower(), word)
    letters = set(typed)
    close = [word for word in lowered if len(letters & set(word)) * 3 >= len(letters) * 2]
    return [lowered[word] for word in difflib.get_close_matches(typed, close, n=count, cutoff=0.72)]
