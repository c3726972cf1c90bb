"""How far a map can be trusted: which neighbours it shows that are none, and which it tears apart.

Source: Venna and Kaski 2001 (trustworthiness and continuity); the overlap of neighbourhoods is the plain share of kept
neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Progress = Callable[[float, str], None]
LARGEST = 2000  # documents compared: every pair is ranked twice


@dataclass(frozen=True)
class Trust:
    """`trustworthiness` and `continuity` (0..1; 1 is perfect) and `overlap` (share of true neighbours kept), for
    `count` neighbours, over `rows` (the documents compared). `kept` (len(rows),) is the overlap of each."""

    trustworthiness: float
    continuity: float
    overlap: float
    count: int
    rows: np.ndarray
    kept: np.ndarray


def measure(
    vectors: np.ndarray, points: np.ndarray, count: int = 10, seed: int = 0, on_progress: Progress | None = None
) -> Trust:
    """Compare the neighbourhoods of `vectors` (N, D; length 1, by cosine) and `points` (N, 2 or 3, by distance).

    Of more than 2,000 documents a random sample is taken, and the neighbourhoods are those within the sample.

    Example: points that are the vectors themselves keep everything: all three are 1.
    """
    report = on_progress or (lambda fraction, doing: None)
    rows = np.arange(len(vectors))
    if len(rows) > LARGEST:
        rows = np.sort(np.random.default_rng(seed).choice(rows, LARGEST, replace=False))
    total = len(rows)
    count = max(1, min(count, (total - 1) // 2))
    if total < 4:
        return Trust(1.0, 1.0, 1.0, count, rows, np.ones(total, dtype=np.float32))
    report(0.1, "ranking the neighbours among the vectors")
    true = ranks(-np.asarray(vectors[rows] @ vectors[rows].T))
    report(0.5, "ranking the neighbours on the map")
    placed = np.asarray(points[rows], dtype=np.float64)
    squares = (placed * placed).sum(axis=1)
    shown = ranks(squares[:, None] + squares[None, :] - 2 * placed @ placed.T)
    report(0.9, "comparing")
    near_truly, near_shown = (true > 0) & (true <= count), (shown > 0) & (shown <= count)
    worst = total * count * (2 * total - 3 * count - 1) / 2
    false, torn = near_shown & ~near_truly, near_truly & ~near_shown
    kept = (near_shown & near_truly).sum(axis=1) / count
    return Trust(
        1 - float((true[false] - count).sum()) / worst,
        1 - float((shown[torn] - count).sum()) / worst,
        float(kept.mean()),
        count,
        rows,
        kept.astype(np.float32),
    )


def kept_of_each(indices: np.ndarray, points: np.ndarray, count: int = 10) -> np.ndarray:
    """For every document the share (N,) float32, 0..1, of its `count` true neighbours (`indices` (N, K), nearest first)
    that are among its `count` nearest on the map: where this is low, the map distorts. All documents, no sample.

    Example: with one true neighbour each and points 0, 1, 3 on a line, true neighbours 1, 0, 0 are kept 1, 1 and 0.
    """
    from scipy.spatial import cKDTree

    total = len(points)
    count = min(count, indices.shape[1], total - 1)
    if count < 1:
        return np.ones(total, dtype=np.float32)
    placed = np.asarray(points, dtype=np.float64)
    kept = np.empty(total, dtype=np.float32)
    tree = cKDTree(placed)
    for start in range(0, total, 20_000):
        rows = np.arange(start, min(start + 20_000, total))
        _, shown = tree.query(placed[rows], count + 1)
        shown[shown == rows[:, None]] = -1  # itself is no neighbour; where equal points hide it, the farthest goes
        shown[(shown != -1).all(axis=1), -1] = -1
        matches = (shown[:, :, None] == indices[rows, None, :count]).any(axis=1)
        kept[rows] = matches.sum(axis=1) / count
    return kept


def document_at(kept: np.ndarray, share: float) -> int:
    """The document at that share (0: the worst, 1: the best) of the order by neighbours kept; ties in their order.

    Example: kept 0.5, 0.1, 0.9 and share 0 give document 1, share 1 gives document 2.
    """
    return int(np.argsort(kept, kind="stable")[round(share * (len(kept) - 1))])


def ranks(distances: np.ndarray) -> np.ndarray:
    """For each row the rank of every column by distance (N, N) int32; 0 for the row itself, 1 for its nearest.

    Example: distances 5, 1, 3 from row 0 to columns 0, 1, 2 give 0, 1, 2.
    """
    total = len(distances)
    distances = np.array(distances, dtype=np.float64)
    np.fill_diagonal(distances, -np.inf)
    order = np.argsort(distances, axis=1, kind="stable")
    found = np.empty((total, total), dtype=np.int32)
    np.put_along_axis(found, order, np.arange(total, dtype=np.int32)[None, :].repeat(total, axis=0), axis=1)
    return found
