"""Directions between words: she - he as an axis, the projections of words on it, and which pair of words decides.

The direction of one pair is u(high) - u(low), with u(w) = w / |w|; of several pairs, the mean of these or their first
principal component (Bolukbasi et al. 2016). It has length 1 and points to the high end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.words.dtypes import Float32
from core.words.lists import as_written
from core.words.vectors import WordVectors

Pair = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Axis:
    """A direction (D,), length 1, from the word(s) `low` to the word(s) `high`.

    `pairs` define it; `missing` are pairs with a word out of vocabulary; `explained` is the share of the pairs'
    variance along it (0..1). `method` says how several pairs are put together ("mean" or "pca"); `weights` are those of
    the words of an axis that is one sum.
    """

    direction: Float32
    low: str
    high: str
    pairs: tuple[Pair, ...]
    missing: tuple[Pair, ...] = ()
    explained: float = 1.0
    method: str = "mean"
    weights: tuple[float, ...] = ()


def axis_of(vectors: WordVectors, pairs: Sequence[Pair], method: str = "mean", unit: bool = True) -> Axis:
    """The axis of pairs (high, low), such as [("she", "he"), ("woman", "man")]; `method` "mean" or "pca".

    Pairs with a word out of vocabulary are left out and named. With `unit` False the vectors of the pairs are
    unnormalized, so that longer ones weigh more.

    Example: she (0, 1), he (1, 0): direction (-0.707, 0.707).

    Raises:
        UserError: no pair is complete, or its two words point the same way.
    """
    here = tuple(pair for pair in pairs if pair[0] in vectors and pair[1] in vectors)
    missing = tuple(pair for pair in pairs if pair not in here)
    if not here:
        absent = ", ".join(dict.fromkeys(word for pair in pairs for word in pair if word not in vectors))
        raise UserError(
            f"No pair of words is complete: {absent[:200] or 'none was given'}.",
            "Give at least one pair of words that these vectors have.",
        )
    of = vectors.unit if unit else vectors.vector
    offsets = np.stack([of(high).astype(np.float64) - of(low) for high, low in here])
    # Centred on their middle, the two words of a pair are at + and - half their offset.
    total = float((offsets**2).sum())
    mean = offsets.mean(axis=0)
    direction = mean
    if method == "pca" and len(here) > 1:
        direction = np.linalg.svd(offsets, full_matrices=False)[2][0]
        direction = direction * (1 if direction @ mean >= 0 else -1)  # a principal component has no sign of its own
    length = float(np.linalg.norm(direction))
    if length < 1e-9 or total == 0:
        raise UserError(
            "The directions of these pairs of words cancel out.",
            "Choose pairs whose first words have something in common that their second words lack.",
        )
    direction = direction / length
    explained = float(((offsets @ direction) ** 2).sum() / total)
    shown = here if len(here) <= 3 else here[:3]
    more = " …" if len(here) > 3 else ""
    return Axis(
        direction.astype(np.float32),
        ", ".join(pair[1] for pair in shown) + more,
        ", ".join(pair[0] for pair in shown) + more,
        here,
        missing,
        explained,
        method,
    )


def along(vectors: WordVectors, words: Sequence[str], axis: Axis) -> Float32:
    """Projections of words on an axis: the cosine of each with its direction (N,), -1 the low end, 1 the high end.

    Raises:
        UnknownWord: a word is not in the vocabulary.
    """
    rows = [vectors.row(word) for word in words]
    return vectors.units(rows) @ axis.direction if rows else np.empty(0, np.float32)


def by_pair(vectors: WordVectors, words: Sequence[str], axis: Axis) -> Float32:
    """Each pair's share of a word's projection (N, P). Rows sum to the projection for "mean" axes.

    The mean axis is the sum of the pairs' offsets divided by one length, so a projection is a sum over the pairs.
    """
    offsets = np.stack([vectors.unit(high) - vectors.unit(low) for high, low in axis.pairs])
    length = float(np.linalg.norm(offsets.sum(axis=0)))
    rows = [vectors.row(word) for word in words]
    shares: Float32 = vectors.units(rows) @ offsets.T / np.float32(max(length, 1e-9))
    return shares


def without_each_pair(vectors: WordVectors, words: Sequence[str], axis: Axis, method: str = "mean") -> Float32:
    """Projections on the axis made without its first pair, without its second ... (P, N); (0, N) for one pair."""
    if len(axis.pairs) < 2:
        return np.empty((0, len(words)), np.float32)
    projections = []
    for left_out in range(len(axis.pairs)):
        remaining = [pair for number, pair in enumerate(axis.pairs) if number != left_out]
        projections.append(along(vectors, words, axis_of(vectors, remaining, method)))
    return np.stack(projections)


@dataclass(frozen=True)
class Position:
    """A word on an axis: its projection (-1..1), the lowest and the highest when one pair is left out, and
    the pair with the largest share of it ("" for an axis that is one sum)."""

    word: str
    projection: float
    low: float
    high: float
    decided_by: str


def positions(vectors: WordVectors, words: Sequence[str], axis: Axis, method: str = "mean") -> list[Position]:
    """The projections of words, each with its range when one pair is left out.

    Raises:
        UnknownWord: a word is not in the vocabulary.
    """
    projections = along(vectors, words, axis)
    without = without_each_pair(vectors, words, axis, method)
    low, high = (without.min(axis=0), without.max(axis=0)) if len(without) else (projections, projections)
    largest = [""] * len(words)
    if axis.pairs:
        shares = np.abs(by_pair(vectors, words, axis))
        largest = [" - ".join(axis.pairs[int(row.argmax())]) for row in shares]
    return [
        Position(word, float(projections[i]), float(low[i]), float(high[i]), largest[i]) for i, word in enumerate(words)
    ]


def axis_from_text(vectors: WordVectors, text: str, method: str = "mean", unit: bool = True) -> Axis:
    """The axis that a person writes: pairs "she - he, woman - man", or one sum such as "king - man + woman".

    Of several pairs, those with a word out of vocabulary are left out and named in `Axis.missing`.

    Raises:
        UserError: nothing was written, or it is neither.
    """
    from core.words.algebra import parse, vector_of, written

    if (pairs := read_pairs(vectors, text)) and len(pairs) > 1:
        return axis_of(vectors, pairs, method, unit)
    parts = [part for part in text[:2000].split(",") if part.strip()]
    sums = [parse(part, vectors) for part in parts]
    if not sums:
        raise UserError("The axis has no words yet.", "Write pairs such as: she - he, woman - man.")
    if all([term.weight for term in terms] == [1.0, -1.0] for terms in sums):
        return axis_of(vectors, [(terms[0].word, terms[1].word) for terms in sums], method, unit)
    if len(sums) > 1:
        raise UserError(
            "An axis is made of pairs, or of one sum.",
            "Write pairs such as she - he, woman - man; or one sum such as king - man + woman.",
        )
    vector = vector_of(sums[0], vectors, unit)
    length = float(np.linalg.norm(vector))
    if length < 1e-6:
        raise UserError("The words of this sum cancel out.", "Change one of its words.")
    direction: Float32 = vector / np.float32(length)
    weights = tuple(float(term.weight) for term in sums[0])
    return Axis(direction, "the opposite", written(sums[0]), (), weights=weights)


def read_pairs(vectors: WordVectors, text: str) -> list[Pair]:
    """The pairs of "she - he, woman - man", as the vocabulary writes them; [] if a part is anything else than two words
    with a minus between spaces.

    Example: "She - He, x - y" gives ("she", "he"), ("x", "y"), whether or not there is an x.
    """
    parts = [part.split() for part in text[:4000].replace("\n", ",").split(",") if part.strip()]
    if not parts or any(len(part) != 3 or part[1] not in ("-", "−") for part in parts):
        return []
    pairs = []
    for high, _, low in parts:
        first, second = as_written(vectors, [high, low])
        pairs.append((first, second))
    return pairs
