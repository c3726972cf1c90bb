"""A debiased set of vectors: hard debiasing of the whole vocabulary, to be used in all views and exported.

Bolukbasi et al. 2016: every word but the specific ones loses its part along the direction, and the two words of each
pair are set symmetrically. All vectors have length 1 afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

import numpy as np

from core import storage
from core.words.axis import Axis, Pair, axis_of
from core.words.debias import equalise, neutralise, specific_words
from core.words.files import store
from core.words.files.store import Stored
from core.words.vectors import WordVectors

BLOCK = 20_000
"""Words at a time, so that a large set does not need its matrix twice in memory."""


def debiased(
    vectors: WordVectors,
    pairs: Sequence[Pair],
    specific: Collection[str] | None = None,
    on_progress: Callable[[float, str], None] | None = None,
) -> WordVectors:
    """The same words with hard-debiased vectors of length 1.

    The direction is the first principal component of `pairs`. Words of the pairs are equalized; `specific` words (see
    `core.words.debias.lipstick`) stay as they are; all others are neutralized.

    Example: (0.6, 0.8) with the direction (1, 0) becomes (0, 1).

    Raises:
        UserError: no pair is in the vocabulary.
    """
    axis = axis_of(vectors, pairs, "pca")
    g = axis.direction
    theirs = frozenset(specific) if specific is not None else specific_words(axis)
    own = {word for pair in axis.pairs for word in pair}
    matrix = np.empty((len(vectors), vectors.dimension), np.float32)
    for start in range(0, len(vectors), BLOCK):
        stop = min(start + BLOCK, len(vectors))
        units = vectors.units(np.arange(start, stop))
        neutral = [word not in own and word.lower() not in theirs for word in vectors.words[start:stop]]
        units[neutral] = neutralise(units[neutral], g)
        matrix[start:stop] = units
        if on_progress:
            on_progress(stop / len(vectors), f"{stop:,} of {len(vectors):,} words")
    _equalise_pairs(vectors, axis, matrix)
    title = f"{vectors.title}, debiased"
    return WordVectors(vectors.words, matrix, title, vectors.ordered, (*vectors.notes, note_of(axis)))


def _equalise_pairs(vectors: WordVectors, axis: Axis, matrix: np.ndarray) -> None:
    """Set the words of each pair symmetrically, in place. A word in several pairs is set with its first."""
    g = axis.direction.astype(np.float64)
    done: set[str] = set()
    for high, low in axis.pairs:
        if high not in done and low not in done:
            done |= {high, low}
            even = equalise(vectors.unit(high).astype(np.float64), vectors.unit(low).astype(np.float64), g)
            matrix[vectors.row(high)], matrix[vectors.row(low)] = even


def note_of(axis: Axis) -> str:
    """What is noted with a debiased set: with which pairs."""
    pairs = ", ".join(f"{high} - {low}" for high, low in axis.pairs[:4])
    more = f" and {len(axis.pairs) - 4} more pairs" if len(axis.pairs) > 4 else ""
    return f"hard-debiased along {pairs}{more}"


def save_debiased(
    key: str,
    vectors: WordVectors,
    title: str,
    pairs: Sequence[Pair],
    on_progress: Callable[[float, str], None] | None = None,
) -> Stored:
    """Debias the set of that key and save it like an imported one; the same set and pairs are not debiased twice.

    `title` says what the pairs are of (“gender”).

    Raises:
        UserError: no pair is in the vocabulary, or there is no room.
    """
    made_of = storage.content_key("hard debiasing", key, [list(pair) for pair in pairs])
    if saved := store.find(made_of):
        return saved
    found = debiased(vectors, pairs, on_progress=on_progress)
    shown = f"{vectors.title[:40]}, debiased ({title[:24]})"
    return store.save(made_of, shown, list(found.words), np.asarray(found.matrix), found.notes)


def word2vec_text(vectors: WordVectors, digits: int = 5) -> Iterator[bytes]:
    """A set as word2vec text (.vec): the header `V D`, then a word and its numbers in each line.

    White space inside a word is written as underscores, because the format separates by spaces.
    """
    yield f"{len(vectors)} {vectors.dimension}\n".encode()
    for start in range(0, len(vectors), 1000):
        block = np.asarray(vectors.matrix[start : start + 1000])
        lines = []
        for word, row in zip(vectors.words[start : start + 1000], block.tolist(), strict=True):
            lines.append("_".join(word.split()) + " " + " ".join(f"{value:.{digits}g}" for value in row))
        yield ("\n".join(lines) + "\n").encode("utf-8", "replace")
