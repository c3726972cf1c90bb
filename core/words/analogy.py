"""a is to b as c is to which word? Five methods; the query words stay in the list unless excluded.

With u(w) = w / |w|, the answer is the word d that makes the score greatest:

    add              cos(d, u(b) - u(a) + u(c))            3CosAdd: Mikolov, Yih and Zweig 2013, on unit vectors
    add-raw          cos(d, b - a + c)                      unnormalized vectors, as in the talk
    mul              s(d,b) s(d,c) / (s(d,a) + 0.001)       3CosMul: Levy and Goldberg 2014; s = (cos + 1) / 2
    pair-direction   cos(u(d) - u(c), u(b) - u(a))          PairDirection: Levy and Goldberg 2014
    only-c           cos(d, c)                              no relation: Linzen's (2016) baseline
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import UserError
from core.words.analogy_methods import EPSILON, METHODS
from core.words.dtypes import Float32
from core.words.questions import Accuracy, evaluate, read_questions
from core.words.scores import top
from core.words.vectors import WordVectors


@dataclass(frozen=True)
class Candidate:
    """A possible answer. `score` is what the method makes greatest: a cosine, for "mul" a ratio of such.

    `frequency_rank` is the word's position in the vocabulary, from 1.
    """

    word: str
    score: float
    is_input: bool
    frequency_rank: int = 0


def solve(
    vectors: WordVectors, a: str, b: str, c: str, method: str = "add", exclude_inputs: bool = False, count: int = 10
) -> list[Candidate]:
    """The `count` best answers to “a is to b as c is to ?”, best first.

    The query words are in the list, marked, unless `exclude_inputs`: most published results exclude them without saying
    so, and often one of them is the nearest word (Nissim, van Noord and van der Goot 2020).

    Example: man (0, 1), king (1, 1), woman (0, 2), queen (1, 2), add-raw: king - man + woman = (1, 2), so queen, 1.0.

    Raises:
        UnknownWord: one of the words is not in the vocabulary.
        UserError: there is no such method.
    """
    rows = _rows(vectors, (a, b, c))
    scores = all_scores(vectors, a, b, c, method)
    if exclude_inputs:
        scores[rows] = -np.inf
    best = [int(row) for row in top(scores, count) if scores[row] > -np.inf]
    return [Candidate(vectors.words[row], float(scores[row]), row in rows, row + 1) for row in best]


def _rows(vectors: WordVectors, words: tuple[str, ...]) -> list[int]:
    """The rows of the query words; one that has its vector from its subwords has none."""
    return [row for word in words if (row := vectors.find(word)) is not None]


def all_scores(vectors: WordVectors, a: str, b: str, c: str, method: str = "add") -> Float32:
    """The method's score for every word of the vocabulary (V,), float32.

    Raises:
        UnknownWord, UserError: as `solve`.
    """
    if method not in METHODS:
        raise UserError(f"There is no method “{method[:40]}”.", f"Choose one of {', '.join(METHODS)}.")
    if method == "add-raw":
        return vectors.cosines(vectors.vector(b) - vectors.vector(a) + vectors.vector(c))
    ua, ub, uc = vectors.unit(a), vectors.unit(b), vectors.unit(c)
    if method == "add":
        return vectors.cosines(ub - ua + uc)
    if method == "only-c":
        return vectors.cosines(uc)
    if method == "mul":
        to_a, to_b, to_c = (vectors.matrix @ np.stack([ua, ub, uc], axis=1) * vectors.inverse_lengths[:, None]).T
        ratios: Float32 = ((to_b + 1) / 2) * ((to_c + 1) / 2) / ((to_a + 1) / 2 + np.float32(EPSILON))
        return ratios
    return _along(vectors, ub - ua, uc)


def solve_by_every_method(vectors: WordVectors, a: str, b: str, c: str, count: int = 10) -> dict[str, list[Candidate]]:
    """`solve` by each method, query words included, from one pass over the vocabulary: all scores come from the cosines
    with a, b and c. Equal to `solve` up to rounding (1e-5).

    Raises:
        UnknownWord: as `solve`.
    """
    rows = _rows(vectors, (a, b, c))
    ua, ub, uc = (vectors.unit(word) for word in (a, b, c))
    la, lb, lc = (float(np.linalg.norm(vectors.vector(word))) for word in (a, b, c))
    to_a, to_b, to_c = (vectors.matrix @ np.stack([ua, ub, uc], axis=1) * vectors.inverse_lengths[:, None]).T

    def towards(x: float, y: float, z: float) -> Float32:
        """Cosine of every word with x ua + y ub + z uc."""
        length = float(np.linalg.norm(x * ua + y * ub + z * uc))
        total: Float32 = np.float32(x) * to_a + np.float32(y) * to_b + np.float32(z) * to_c
        return total / np.float32(length or 1)

    offset = towards(-1, 1, 0)
    at_c = float((ub - ua) @ uc) / (float(np.linalg.norm(ub - ua)) or 1)
    distance = np.where(vectors.inverse_lengths == 0, np.float32(1), 2 - 2 * to_c)
    scores = {
        "add": towards(-1, 1, 1),
        "add-raw": towards(-la, lb, lc),
        "only-c": to_c,
        "mul": (to_b + 1) / 2 * ((to_c + 1) / 2) / ((to_a + 1) / 2 + np.float32(EPSILON)),
        "pair-direction": np.where(
            distance < 1e-5, 0, (offset - np.float32(at_c)) / np.sqrt(np.maximum(distance, 1e-6))
        ),
    }
    return {
        method: [
            Candidate(vectors.words[row], float(scores[method][row]), row in rows, row + 1)
            for row in map(int, top(scores[method], count))
        ]
        for method in METHODS
    }


def _along(vectors: WordVectors, offset: Float32, uc: Float32) -> Float32:
    """cos(u(d) - u(c), offset) for every d; 0 where d = c, which has no direction from itself."""
    length = float(np.linalg.norm(offset))
    direction = offset / np.float32(length) if length else offset
    to_offset, to_c = (vectors.matrix @ np.stack([direction, uc], axis=1) * vectors.inverse_lengths[:, None]).T
    zero = vectors.inverse_lengths == 0
    distance = np.where(zero, 1.0, 2 - 2 * to_c)  # |u(d) - u(c)| squared
    score = (to_offset - direction @ uc) / np.sqrt(np.maximum(distance, 1e-6))
    return np.where(distance < 1e-5, 0, score).astype(np.float32)


def accuracy(
    vectors: WordVectors,
    path: str | Path,
    method: str = "add",
    exclude_inputs: bool = True,
    first: int | None = 300_000,
    on_progress: Callable[[float, str], None] | None = None,
) -> Accuracy:
    """The accuracy on the analogies of a file, by section. The file is in the format of questions-words.txt.

    `first` restricts answers and questions to so many first words, as published evaluations do (GluonNLP: 300,000).

    Raises:
        UnreadableFile: the file is missing or a line has not four words.
    """
    return evaluate(vectors, read_questions(Path(path)), method, exclude_inputs, first, on_progress)
