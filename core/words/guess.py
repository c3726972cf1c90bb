"""Questions for an audience: guess first, then see what the vectors say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.words.algebra import parse, vector_of
from core.words.vectors import WordVectors


@dataclass(frozen=True)
class Question:
    """`asked` is what the audience reads, `sum` the word or sum whose cosine with each option decides."""

    key: str
    asked: str
    sum: str
    options: tuple[str, ...]
    reading: str


QUESTIONS = (
    Question("season", "Which is nearer to “skiing”?", "skiing", ("summer", "winter", "autumn", "spring"),
             "A neutral question first: it shows that the instrument works."),
    Question("opposite", "Which is most like “good”?", "good", ("bad", "kind", "excellent", "table"),
             "Opposites keep the same company, so they are near to each other."),
    Question("linux", "Which is most like “linux”?", "linux", ("windows", "unix", "penguin", "socialism"),
             "Words are alike that are used in the same places."),
    Question("king", "king - man + woman lands nearest to …", "king - man + woman",
             ("queen", "king", "woman", "princess"),
             "Mostly it lands on one of the words that one put in."),
    Question("paris", "paris - france + germany lands nearest to …", "paris - france + germany",
             ("berlin", "paris", "germany", "munich"), "The famous answer needs the input words forbidden."),
    Question("doctor", "man is to doctor as woman is to …", "doctor - man + woman",
             ("doctor", "nurse", "physician", "mother"), "Nurse is an answer only once doctor is forbidden."),
    Question("nurse", "Which word lies nearest to “nurse”?", "nurse", ("she", "he", "they", "doctor"),
             "Here the texts show through that the vectors were made from."),
    Question("programmer", "Which lies nearest to “programmer”?", "programmer", ("he", "she", "woman", "man"),
             "Small differences; look at the numbers before drawing a conclusion."),
)


def answer(vectors: WordVectors, question: Question) -> np.ndarray:
    """The cosine of each option with the question's sum of unit vectors (N,).

    Raises:
        UserError: one of the words is not there.
    """
    missing = [word for word in question.options if word not in vectors]
    if missing:
        raise UserError(f"These vectors do not have {', '.join(missing)}.", "Choose another question or other vectors.")
    cosines = vectors.cosines(vector_of(parse(question.sum, vectors), vectors))
    return np.array([float(cosines[vectors.row(word)]) for word in question.options])


def own_question(vectors: WordVectors, text: str, options: Sequence[str]) -> Question:
    """A question of one's own: a word or a sum, and two to six options.

    Raises:
        UserError: there are too few options, or a word is not there.
    """
    chosen = tuple(dict.fromkeys(option.strip() for option in options if option.strip()))
    if not 2 <= len(chosen) <= 6:
        raise UserError(f"There are {len(chosen)} answers to choose from.", "Give two to six, with commas.")
    terms = parse(text, vectors)
    vector_of(terms, vectors)
    for option in chosen:
        vectors.row(option)
    asked = f"Which is most like “{text.strip()}”?" if len(terms) == 1 else f"{text.strip()} lands nearest to …"
    return Question("own", asked, text.strip(), chosen, "One's own question.")
