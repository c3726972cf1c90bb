"""Lengths of vectors, angles of cosines, and the greatest of many scores."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from core.words.dtypes import Float32, Floats


def angle(similarity: float) -> float:
    """The angle of a cosine, in degrees: 1 -> 0, 0.5 -> 60, 0 -> 90."""
    return math.degrees(math.acos(max(-1.0, min(1.0, similarity))))


def lengths_of(matrix: Floats, block: int = 32_768) -> Float32:
    """Euclidean length of each row (V,), float32, block by block so that a mapped file is read once."""
    lengths = np.empty(len(matrix), np.float32)
    for start in range(0, len(matrix), block):
        rows = matrix[start : start + block]
        lengths[start : start + block] = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    return lengths


def top(scores: Floats, count: int, block: int = 256) -> npt.NDArray[np.int64]:
    """Positions of the `count` greatest scores, greatest first; equal ones in their order. Scores must not be NaN.

    The maxima of blocks of 256 give a bound that nearly all scores stay under: several times as fast as partitioning.
    """
    count = max(0, min(int(count), len(scores)))
    if count == 0:
        return np.empty(0, np.int64)
    whole = len(scores) // block
    candidates = np.arange(len(scores))
    if whole >= 4 * count:
        maxima = scores[: whole * block].reshape(whole, block).max(axis=1)
        bound = np.partition(maxima, whole - count)[whole - count]  # at least `count` scores reach it
        blocks = np.flatnonzero(maxima >= bound)
        candidates = np.concatenate(
            [(blocks[:, None] * block + np.arange(block)).ravel(), np.arange(whole * block, len(scores))]
        )
    chosen = scores[candidates]
    if len(chosen) > 8 * count:
        bound = np.partition(chosen, len(chosen) - count)[len(chosen) - count]
        candidates = candidates[chosen >= bound]
        chosen = scores[candidates]
    return candidates[np.argsort(-chosen, kind="stable")[:count]]
