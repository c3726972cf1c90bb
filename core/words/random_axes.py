"""Random axes of the same kind as a given one: what a direction between random words does, as a null distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.words.dtypes import Float32
from core.words.statistics import SEED
from core.words.vectors import WordVectors

if TYPE_CHECKING:
    from core.words.axis import Axis

POOL = 20_000
"""Random words are drawn from this many first words of the vocabulary: those of a person's axis are frequent, too."""

DRAWS = 2000


def random_axes(vectors: WordVectors, axis: Axis, draws: int = DRAWS, seed: int = SEED) -> Float32:
    """Directions (draws, D) of length 1, each made of random words in the way that `axis` was made of its own.

    An axis of P pairs gives random pairs, P for each draw, put together by the same method (mean or first principal
    component); an axis that is one sum gives sums with the same weights.

    Example: for she - he, the directions between 2,000 random pairs of words.
    """
    pool = np.flatnonzero(vectors.inverse_lengths[:POOL] > 0)
    rng = np.random.default_rng(seed)
    if axis.weights:
        weights = np.asarray(axis.weights, np.float32)
        return _lengthened(np.einsum("k,nkd->nd", weights, _drawn(vectors, pool, rng, (draws, len(weights)))))
    count = max(1, len(axis.pairs))
    directions = np.empty((draws, vectors.dimension), np.float32)
    step = max(1, 4_000_000 // (count * vectors.dimension))  # 16 MB at a time
    for start in range(0, draws, step):
        size = min(step, draws - start)
        drawn = _drawn(vectors, pool, rng, (size, 2 * count))
        offsets = drawn[:, :count] - drawn[:, count:]
        if axis.method == "pca" and count > 1:
            directions[start : start + size] = _first_components(offsets)
        else:
            directions[start : start + size] = offsets.mean(axis=1)
    return _lengthened(directions)


def _drawn(vectors: WordVectors, pool: np.ndarray, rng: np.random.Generator, shape: tuple[int, int]) -> Float32:
    """Unit vectors of random words (*shape, D)."""
    rows = pool[rng.integers(0, len(pool), shape)]
    units: Float32 = vectors.units(rows.ravel()).reshape(*shape, vectors.dimension)
    return units


def _first_components(offsets: Float32) -> Float32:
    """The first principal component of each draw's offsets (N, P, D) -> (N, D), oriented along their mean.

    From the Gram matrices (N, P, P), which are small: if G u = s u, the component is u . offsets up to its length.
    """
    gram = np.einsum("npd,nqd->npq", offsets, offsets).astype(np.float64)
    weights = np.linalg.eigh(gram)[1][:, :, -1].astype(np.float32)
    components: Float32 = np.einsum("np,npd->nd", weights, offsets)
    signs = np.sign(np.einsum("nd,nd->n", components, offsets.mean(axis=1)))
    components *= np.where(signs == 0, 1, signs)[:, None]
    return components


def _lengthened(directions: np.ndarray) -> Float32:
    lengths = np.linalg.norm(directions, axis=1, keepdims=True)
    unit: Float32 = (directions / np.maximum(lengths, 1e-12)).astype(np.float32)
    return unit
