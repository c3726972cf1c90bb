"""What a vector is made of: its numbers, and the share that each dimension has in the cosine of two words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.words.dtypes import Float32, Float64
from core.words.vectors import WordVectors

ORDERS = ("dimension", "contribution")


@dataclass(frozen=True, eq=False)
class Product:
    """The cosine of a and b, dimension by dimension: `products` (D,) are a_i b_i, their sum is `dot`; divided by the
    lengths `length_a` and `length_b` they are `contributions` (D,), whose sum is the `cosine`."""

    a: str
    b: str
    products: Float64
    contributions: Float64
    dot: float
    length_a: float
    length_b: float
    cosine: float

    def order(self, by: str) -> np.ndarray:
        """The dimensions (D,) as they stand in the vectors, or the largest contribution first."""
        if by == "contribution":
            return np.argsort(-self.contributions, kind="stable")
        return np.arange(len(self.contributions))

    def running(self, by: str) -> Float64:
        """The sum of the contributions up to each dimension (D,), in that order; the last one is the cosine."""
        return np.asarray(np.cumsum(self.contributions[self.order(by)]), dtype=np.float64)


def numbers_of(vectors: WordVectors, words: tuple[str, ...]) -> Float32:
    """The vectors of the words as they are in the file (N, D), unnormalized.

    Raises:
        UnknownWord: one is not in the vocabulary.
    """
    rows = [vectors.row(word) for word in words]
    return np.array(vectors.matrix[rows], dtype=np.float32).reshape(len(rows), vectors.dimension)


def product_of(vectors: WordVectors, a: str, b: str) -> Product:
    """The product of two words that makes their cosine. A vector of zeros has cosine 0 with every word.

    Example: a = (3, 4), b = (4, 3): products 12 and 12, dot 24, lengths 5 and 5, cosine 0.96.

    Raises:
        UnknownWord: one of them is not in the vocabulary.
    """
    first, second = numbers_of(vectors, (a, b)).astype(np.float64)
    products = first * second
    lengths = float(np.linalg.norm(first)), float(np.linalg.norm(second))
    contributions = products / ((lengths[0] * lengths[1]) or 1.0)
    return Product(a, b, products, contributions, float(products.sum()), *lengths, float(contributions.sum()))
