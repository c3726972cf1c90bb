"""The neighbours of a word: which are mutual, and how to place them around it in a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.words.vectors import Neighbour, WordVectors


def mutual(vectors: WordVectors, word: str, neighbours: Sequence[Neighbour]) -> list[bool]:
    """For each neighbour, whether `word` is among its own nearest, as many as there are neighbours here.

    A word that is near to everything (a hub) is rarely a mutual nearest neighbour.
    """
    if not neighbours:
        return []
    own = vectors.find(word)
    rows = np.array([vectors.row(neighbour.word) for neighbour in neighbours])
    cosines = vectors.matrix @ vectors.units(rows).T * vectors.inverse_lengths[:, None]  # (V, N)
    own_cosines = vectors.units(rows) @ vectors.unit(word) if own is None else cosines[own]  # None: from its subwords
    nearer = np.count_nonzero(cosines > own_cosines, axis=0)  # the neighbour itself is one of them
    return [bool(number <= len(neighbours)) for number in nearer]


def bearings(vectors: WordVectors, centre: np.ndarray, words: Sequence[str]) -> np.ndarray:
    """Directions in radians (N,) of words around a centre: evenly spaced, similar ones next to each other.

    The order is that of the angle in the first two principal components of what the words have beyond the centre.
    Only the order means something; the figure chooses the distances.
    """
    if not words:
        return np.empty(0)
    units = vectors.units([vectors.row(word) for word in words]).astype(np.float64)
    length = np.linalg.norm(centre)
    along = (centre / length if length else centre).astype(np.float64)
    beyond = units - np.outer(units @ along, along)
    beyond -= beyond.mean(axis=0)
    left, sizes, _ = np.linalg.svd(beyond, full_matrices=False)
    if len(words) < 3 or sizes[0] == 0:
        order = np.arange(len(words))
    else:
        order = np.argsort(np.arctan2(left[:, 1] * sizes[1], left[:, 0] * sizes[0]))
    directions = np.empty(len(words))
    # A start off the horizontal keeps the first label clear of the centre's word.
    directions[order] = np.pi / len(words) + 2 * np.pi * np.arange(len(words)) / len(words)
    return directions
