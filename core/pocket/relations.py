"""A relation of the closed world, and how its wordings are filled in. The relations themselves: facts_asked.py.

A wording is a format string: {a} is the subject, {b} the answer, {A} and {B} the same with a capital letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Relation:
    """One relation: pairs (subject, answer), and its wordings, divided by "|" in the source.

    `framed` are questions put together from frames (core.pocket.frames). `analogy` says that "a1 is to b1 as
    a2 is to b2" makes sense for it. `weight` is its share among all relations.
    """

    name: str
    pairs: tuple[tuple[str, str], ...]
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    statements: tuple[str, ...]
    analogy: bool = False
    weight: float = 1.0
    framed: tuple[str, ...] = ()

    def question(self, random: Random) -> str:
        """A wording that asks: one of its own or a framed one, half and half."""
        return random.choice(self.framed if self.framed and random.random() < 0.5 else self.questions)


def worded(wording: str, a: str, b: str = "") -> str:
    """The wording with subject and answer filled in, a/an put right, and a capital at the start."""

    def capital(text: str) -> str:
        return text[:1].upper() + text[1:]

    text = wording.format(a=a, b=b, A=capital(a), B=capital(b))
    text = re.sub(r"\b([Aa]) (?=(?!uni|use|eu|one)[aeiouAEIOU]\w)", r"\1n ", text)
    return capital(text)


def split(text: str) -> tuple[str, ...]:
    """Wordings divided by "|", without the space around them."""
    return tuple(part.strip() for part in text.replace("\n", " ").split("|") if part.strip())


def columns(rows: list[tuple[str, ...]], a: int, b: int) -> tuple[tuple[str, str], ...]:
    """Two columns of a table as pairs (subject, answer), each pair once."""
    return tuple(dict.fromkeys((row[a], row[b]) for row in rows))


def relation(
    name: str,
    pairs: tuple[tuple[str, str], ...],
    questions: str,
    answers: str,
    statements: str,
    analogy: bool = False,
    weight: float = 0.0,
) -> Relation:
    """A relation from its table and its wordings."""
    # By default a relation counts by the root of its size: large tables get more, small ones are not starved.
    return Relation(
        name, pairs, split(questions), split(answers), split(statements), analogy, weight or 1.2 * len(pairs) ** 0.5
    )
