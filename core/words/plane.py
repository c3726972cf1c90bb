"""The flat picture of an analogy: the one plane that holds a, b, c and the sum, without loss.

Three points always lie in a plane, and so does b - a + c, which is the fourth corner of their parallelogram. Any other
word is at some distance from the plane, which is given with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.words.dtypes import Float64
from core.words.vectors import WordVectors


@dataclass(frozen=True, eq=False)
class Parallelogram:
    """Corners a, b, c and the sum in their plane (4, 2), and other words near it.

    `offset_cosine` is the cosine between b - a and (answer - c) in all dimensions; `others` (N, 2) are the
    projections of the other words on the plane, `heights` (N,) their distances from it, in the units of the corners.
    """

    corners: np.ndarray
    others: np.ndarray
    heights: np.ndarray
    words: tuple[str, ...]
    offset_cosine: float
    unit: bool


def parallelogram(
    vectors: WordVectors, a: str, b: str, c: str, words: tuple[str, ...], answer: str = "", unit: bool = True
) -> Parallelogram:
    """The plane through a, b and c: a at the origin, b - a along the first axis, c above or on it.

    `words` are drawn in it as well; `answer` (one of them) gives the cosine of the two sides.

    Example: a (0, 0), b (2, 0), c (0, 1) raw: corners (0, 0), (2, 0), (0, 1), sum (2, 1).

    Raises:
        UnknownWord: a word is not in the vocabulary.
    """

    def of(word: str) -> Float64:
        return (vectors.unit(word) if unit else vectors.vector(word)).astype(np.float64)

    va, vb, vc = of(a), of(b), of(c)
    first = _direction(vb - va)
    second = _direction((vc - va) - ((vc - va) @ first) * first)
    basis = np.stack([first, second])
    corners = np.stack([va, vb, vc, vb - va + vc])
    rest = np.stack([of(word) for word in words]) if words else np.empty((0, vectors.dimension))
    feet = (rest - va) @ basis.T
    heights = np.sqrt(np.maximum(((rest - va) ** 2).sum(axis=1) - (feet**2).sum(axis=1), 0))
    cosine = float(_direction(vb - va) @ _direction(of(answer) - vc)) if answer else float("nan")
    return Parallelogram((corners - va) @ basis.T, feet, heights, words, cosine, unit)


def _direction(vector: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(vector)
    return vector / length if length > 1e-12 else np.zeros_like(vector)
