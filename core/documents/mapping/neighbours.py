"""Exact nearest neighbours by cosine, found once and kept: for the map, for its trust, and for "more like this"."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

Progress = Callable[[float, str], None]
ROWS, COLUMNS = 512, 4096  # of a tile of cosines: 8 MB, which stay in the cache between product and search
SMALL = 4000  # up to here sorting is as quick as compiling the search


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
    order = largest(cosines, count)
    return order, cosines[order]


def largest(cosines: np.ndarray, count: int) -> np.ndarray:
    """The places of the `count` largest of `cosines` (N,), largest first; ties in their order."""
    if count >= len(cosines):
        return np.argsort(-cosines, kind="stable")
    least = np.partition(cosines, -count)[-count] if count else np.inf
    some = np.flatnonzero(cosines >= least)
    return some[np.argsort(-cosines[some], kind="stable")][:count]


def find(vectors: np.ndarray, count: int = 50, on_progress: Progress | None = None) -> Neighbours:
    """The `count` nearest neighbours of every row of `vectors` (N, D; rows of length 1), exactly, tile by tile.

    Ties go to the row that comes first, so the answer is the same on every run. An exception from `on_progress(fraction
    0..1, what is being done)` stops the search.
    """
    from threadpoolctl import threadpool_limits

    total = len(vectors)
    count = max(0, min(count, total - 1))
    found = Neighbours(np.full((total, count), -1, dtype=np.int32), np.full((total, count), -np.inf, dtype=np.float32))
    vectors = np.asarray(vectors, dtype=np.float32)
    columns = np.ascontiguousarray(vectors.T)
    compete = _compiled() if total > SMALL else None

    def search(start: int) -> int:
        stop = min(start + ROWS, total)
        if compete is None:
            _sort(vectors[start:stop] @ columns, start, found)
            return stop
        for left in range(0, total, COLUMNS):
            compete(
                vectors[start:stop] @ columns[:, left : left + COLUMNS],
                start,
                left,
                found.indices[start:stop],
                found.similarities[start:stop],
            )
        return stop

    # Each core has rows of its own and does its products alone: sharing every product, the cores wait for the slowest
    # of them at each, and where other programs run that is most of the time.
    with threadpool_limits(1, "blas"):
        threads = ThreadPoolExecutor(min(16, os.cpu_count() or 1))
        try:
            for stop in threads.map(search, range(0, total if count else 0, ROWS)):
                if on_progress:
                    on_progress(stop / total, f"neighbours of {stop:,} of {total:,}")
        finally:
            threads.shutdown(cancel_futures=True)
    return found


def _sort(cosines: np.ndarray, start: int, found: Neighbours) -> None:
    """The neighbours of some rows from all their cosines."""
    rows = np.arange(start, start + len(cosines))
    cosines[np.arange(len(cosines)), rows] = -np.inf
    order = np.argsort(-cosines, axis=1, kind="stable")[:, : found.indices.shape[1]]
    found.indices[rows], found.similarities[rows] = order, np.take_along_axis(cosines, order, axis=1)


@functools.cache
def _compiled() -> Any:
    import numba

    from core.runtime import compiled_code

    compiled_code.guard()
    # Without the global lock, so that plain threads share the rows: numba's own threads end the process when two jobs
    # enter them at once.
    return numba.njit(nogil=True, cache=True)(_compete)


def _compete(
    cosines: np.ndarray, first_row: int, first_column: int, indices: np.ndarray, similarities: np.ndarray
) -> None:
    """Insertion into the sorted lists of each row; what is not above the last of a list costs one comparison."""
    count = indices.shape[1]
    for row in range(cosines.shape[0]):
        least = similarities[row, count - 1]
        for column in range(cosines.shape[1]):
            value = cosines[row, column]
            if value > least and first_column + column != first_row + row:
                place = count - 1
                while place > 0 and similarities[row, place - 1] < value:
                    similarities[row, place] = similarities[row, place - 1]
                    indices[row, place] = indices[row, place - 1]
                    place -= 1
                similarities[row, place] = value
                indices[row, place] = first_column + column
                least = similarities[row, count - 1]
