"""Questions for an audience: guess first, then see the cosines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.words.algebra import SIGNS, parse, vector_of
from core.words.spelling import folded
from core.words.vectors import WordVectors

SMALL = 0.05
"""A lead in cosine under which an answer could as well be another."""


@dataclass(frozen=True)
class Question:
    """`asked` is what the audience reads, `sum` the word or sum whose cosine with each option decides.

    `about` holds whatever the vectors are; `reading` describes the result.
    """

    key: str
    asked: str
    sum: str
    options: tuple[str, ...]
    about: str = ""


QUESTIONS = (
    Question(
        "season",
        "Which is nearer to “skiing”?",
        "skiing",
        ("summer", "winter", "autumn", "spring"),
        "A neutral question first, to see whether the method works.",
    ),
    Question(
        "opposite",
        "Which is most like “good”?",
        "good",
        ("bad", "kind", "excellent", "table"),
        "Opposites are used in similar contexts, and vectors are made from contexts alone.",
    ),
    Question(
        "linux",
        "Which is most like “linux”?",
        "linux",
        ("windows", "unix", "penguin", "socialism"),
        "Words are similar if they are used in similar contexts.",
    ),
    Question(
        "king", "king - man + woman is nearest to …", "king - man + woman", ("queen", "king", "woman", "princess")
    ),
    Question(
        "paris",
        "paris - france + germany is nearest to …",
        "paris - france + germany",
        ("berlin", "paris", "germany", "munich"),
    ),
    Question(
        "doctor",
        "man is to doctor as woman is to …",
        "doctor - man + woman",
        ("doctor", "nurse", "physician", "mother"),
    ),
    Question(
        "nurse",
        "Which word is nearest to “nurse”?",
        "nurse",
        ("she", "he", "they", "doctor"),
        "Which words are near comes from the texts that the vectors were made from.",
    ),
    Question(
        "programmer",
        "Which is nearest to “programmer”?",
        "programmer",
        ("he", "she", "woman", "man"),
        "Look at the numbers before drawing a conclusion.",
    ),
)


def answer(vectors: WordVectors, question: Question) -> np.ndarray:
    """The cosine of each option with the question's sum of unit vectors (N,).

    Raises:
        UserError: one of the words is not in the vocabulary.
    """
    missing = [word for word in question.options if folded(vectors, word) is None and vectors.piecewise(word) is None]
    if missing:
        raise UserError(f"These vectors do not have {', '.join(missing)}.", "Choose another question or other vectors.")
    cosines = vectors.cosines(vector_of(parse(question.sum, vectors), vectors))
    rows = [vectors.find(word) for word in map(vectors.look_up, question.options)]
    own = vector_of(parse(question.sum, vectors), vectors).astype(np.float64)
    own /= np.linalg.norm(own) or 1
    return np.array(
        [
            float(cosines[row]) if row is not None else float(vectors.unit(word) @ own)  # from its subwords
            for row, word in zip(rows, question.options, strict=True)
        ]
    )


def reading(question: Question, values: Sequence[float] | np.ndarray) -> str:
    """One sentence about the cosines (N,) of the options, then what `about` says.

    Of a sum: whether a word of the sum is nearest. Of a word: how far the first is ahead of the second.
    """
    order = np.argsort(-np.asarray(values, float), kind="stable")
    ranked = [question.options[position] for position in order]
    pieces = question.sum.split()
    if any(piece in SIGNS for piece in pieces):
        others = [option for option in ranked if option not in pieces]
        if ranked[0] in others:
            said = f"The nearest is {ranked[0]}, although the words of the sum were allowed."
        elif others:
            said = f"That is a word of the sum itself; of the other answers, {others[0]} is nearest."
        else:
            said = "That is a word of the sum itself, as all the answers are."
    else:
        lead = float(values[order[0]] - values[order[1]])
        said = f"It is ahead of {ranked[1]} by {lead:.2f}" + (", a small difference." if lead < SMALL else ".")
    return f"{said} {question.about}".strip()


def own_question(vectors: WordVectors, text: str, options: Sequence[str]) -> Question:
    """A person's own question: a word or a sum, and two to six options.

    Raises:
        UserError: there are too few options, or a word is not in the vocabulary.
    """
    chosen = tuple(dict.fromkeys(option.strip() for option in options if option.strip()))
    if not 2 <= len(chosen) <= 6:
        raise UserError(f"There are {len(chosen)} answers to choose from.", "Give two to six, separated by commas.")
    terms = parse(text, vectors)
    vector_of(terms, vectors)
    chosen = tuple(dict.fromkeys(vectors.look_up(option) for option in chosen))
    if len(chosen) < 2:
        raise UserError("The answers to choose from are one word.", "Give two to six, separated by commas.")
    asked = f"Which is most like “{text.strip()}”?" if len(terms) == 1 else f"{text.strip()} is nearest to …"
    return Question("own", asked, text.strip(), chosen)
