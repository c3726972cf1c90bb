"""A relation of the closed world, and how its wordings are filled in. The relations themselves: facts_asked.py.

A wording is a format string: {a} is the subject, {b} the answer, {A} and {B} the same with a capital letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Relation:
    """One relation: pairs (subject, answer), and its wordings, divided by "|" in the source below.

    `analogy` says that "a1 is to b1 as a2 is to b2" makes sense for it. `weight` is its share among all relations.
    """

    name: str
    pairs: tuple[tuple[str, str], ...]
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    statements: tuple[str, ...]
    analogy: bool = False
    weight: float = 1.0


def worded(wording: str, a: str, b: str = "") -> str:
    """The wording with subject and answer filled in, a/an put right, and a capital at the start."""

    def capital(text: str) -> str:
        return text[:1].upper() + text[1:]

    text = wording.format(a=a, b=b, A=capital(a), B=capital(b))
    text = re.sub(r"\b([Aa]) (?=(?!uni|use|eu|one)[aeiouAEIOU]\w)", r"\1n ", text)
    return capital(text)
