"""Which words a map shows, what its clusters are called, and what its words can be coloured by."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from core.errors import UserError
from core.words.algebra import parse, vector_of
from core.words.dtypes import Float32
from core.words.scores import top
from core.words.vectors import WordVectors

MOST_WORDS = 5000


def first_words(vectors: WordVectors, count: int, letters_only: bool = True) -> list[int]:
    """Rows of the first `count` words (at most 5,000): the most frequent ones in most sets; without numbers and signs
    with `letters_only`. A hyphen or an apostrophe within a word counts as a letter."""
    count = max(0, min(count, MOST_WORDS))
    rows: list[int] = []
    for row, word in enumerate(vectors.words):
        if len(rows) == count:
            break
        if not letters_only or re.fullmatch(r"[^\W\d_]+(?:[-'’.][^\W\d_]+)*", word):
            rows.append(row)
    return rows


def rows_near(vectors: WordVectors, typed: str, count: int) -> list[int]:
    """Rows of the `count` words nearest to a word or a sum, the words of it among them, nearest first.

    Raises:
        UserError, UnknownWord: as `core.words.algebra.parse` and `vector_of`.
    """
    query = vector_of(parse(typed, vectors), vectors)
    return [int(row) for row in top(vectors.cosines(query), max(1, min(count, MOST_WORDS)))]


def rows_of_list(vectors: WordVectors, typed: str) -> tuple[list[int], list[str]]:
    """(rows of the words of a list, the words out of vocabulary). Separated by commas, semicolons or lines; without
    any of these, by spaces. A word that comes twice counts once.

    Example: "king, queen, king, zzz" gives the rows of king and queen, and ["zzz"].
    """
    parts = re.split(r"[,;\n]+", typed) if re.search(r"[,;\n]", typed) else typed.split()
    words = list(dict.fromkeys(word.strip() for word in parts if word.strip()))
    present = [word if word in vectors else word.lower() for word in words]
    rows = list(dict.fromkeys(vectors.index[word] for word in present if word in vectors))
    missing = [word for word, known in zip(words, present, strict=True) if known not in vectors]
    return rows, missing


def central_words(units: Float32, labels: np.ndarray, words: Sequence[str], each: int = 3) -> list[str]:
    """The name of each cluster (labels (N,) from 0): the `each` words with the greatest cosine to its mean.

    Example: units (1, 0), (0.6, 0.8), (0, 1) in one cluster: "the second" comes first.
    """
    names = []
    for group in range(int(labels.max()) + 1 if len(labels) else 0):
        rows = np.flatnonzero(labels == group)
        nearness = units[rows] @ units[rows].mean(axis=0)
        best = rows[np.argsort(-nearness, kind="stable")[:each]]
        names.append(", ".join(words[row] for row in best))
    return names


def projections(vectors: WordVectors, rows: Sequence[int], high: str, low: str) -> np.ndarray:
    """The cosine of each word (N,) with the direction from `low` to `high`, both at length 1.

    Raises:
        UnknownWord: one of the two is not in the vocabulary. UserError: they are the same.
    """
    direction = vectors.unit(high) - vectors.unit(low)
    length = float(np.linalg.norm(direction))
    if length < 1e-9:
        raise UserError("An axis needs two different words.", "Change one of the two.")
    return np.asarray(vectors.units(rows) @ (direction / length), dtype=np.float64)
