"""A set of vectors cut down to one group of its words: a language, a part of speech."""

from __future__ import annotations

from typing import Any

from core.words.keys import split_key
from core.words.vectors import WordVectors


def group_of(vectors: WordVectors, mark: str) -> WordVectors:
    """The words with one mark, a language or a part of speech, written without it; `vectors` as they are for "".

    Rows that follow each other, as the languages of Numberbatch do, are not copied.
    """
    if not mark or vectors.keys is None or mark not in vectors.keys.groups:
        return vectors
    rows = vectors.keys.groups[mark]
    span = slice(rows[0], rows[-1] + 1)
    picked: Any = span if rows[-1] - rows[0] + 1 == len(rows) else rows
    words = [split_key(vectors.words[row], vectors.keys.kind)[0] for row in rows]
    return WordVectors(
        words,
        vectors.matrix[picked],
        vectors.title,
        vectors.ordered,
        (*vectors.notes, f"{len(words):,} of {len(vectors):,} words: {vectors.keys.kind} {mark}"),
        vectors.lengths[picked],
    )
