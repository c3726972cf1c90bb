"""Exact nearest neighbours by cosine, found once and kept: for the map, for its trust, and for "more like this"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Neighbours:
    """`indices` (N, K) int32 and `similarities` (N, K) float32 (cosine, -1..1), nearest first; a text itself is not
    among its neighbours."""

    indices: np.ndarray
    similarities: np.ndarray


def nearest(vectors: np.ndarray, query: np.ndarray, count: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """The `count` rows of `vectors` (N, D) nearest to `query` (D,), and their cosines, nearest first.

    Example: vectors (1, 0), (0, 1), (0.6, 0.8) and query (1, 0) give rows 0, 2, 1 with cosines 1, 0.6, 0.
    """
    cosines = np.asarray(vectors @ query, dtype=np.float32)
    order = np.argsort(-cosines, kind="stable")[:count]
    return order, cosines[order]


def find(vectors: np.ndarray, count: int = 50, on_progress: Progress | None = None) -> Neighbours:
    """The `count` nearest neighbours of every row of `vectors` (N, D; rows of length 1), exactly, block by block.

    Ties go to the row that comes first, so the answer is the same on every run. Memory: N x 4 bytes x 512 at a time.
    """
    total = len(vectors)
    count = max(0, min(count, total - 1))
    indices = np.empty((total, count), dtype=np.int32)
    similarities = np.empty((total, count), dtype=np.float32)
    columns = np.ascontiguousarray(np.asarray(vectors, dtype=np.float32).T)
    block = max(16, min(512, 60_000_000 // max(total, 1)))
    for start in range(0, total, block):
        rows = np.arange(start, min(start + block, total))
        cosines = vectors[rows] @ columns
        cosines[np.arange(len(rows)), rows] = -np.inf
        indices[rows], similarities[rows] = _largest(cosines, count)
        if on_progress:
            on_progress(float(rows[-1] + 1) / total, f"neighbours of {rows[-1] + 1:,} of {total:,}")
    return Neighbours(indices, similarities)


def _largest(cosines: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns and values of the `count` largest of each row, largest first."""
    if count == 0:
        return np.empty((len(cosines), 0), np.int32), np.empty((len(cosines), 0), np.float32)
    if count < cosines.shape[1] - 1:
        some = np.sort(np.argpartition(cosines, -count, axis=1)[:, -count:], axis=1)
    else:
        some = np.tile(np.arange(cosines.shape[1]), (len(cosines), 1))
    values = np.take_along_axis(cosines, some, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")[:, :count]
    return np.take_along_axis(some, order, axis=1), np.take_along_axis(values, order, axis=1)
