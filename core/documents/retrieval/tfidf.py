"""TF-IDF: a text as the weights of its words, the traditional way of comparing texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.text import analysis


def tf_idf(texts: Sequence[str]) -> Any:
    """A sparse matrix (N, V) of the texts, rows of length 1 (or 0): how often a stem occurs in a text, times
    1 + ln((1 + N) / (1 + n)), n the number of texts that have it.

    Source: Salton and Buckley 1988, in the smoothed form of scikit-learn's TfidfVectorizer.
    Example: of "fire fire" and "fire rain" the second is (fire 1, rain 1 + ln(3/2)) / its length = (0.580, 0.815).
    """
    from scipy.sparse import csr_matrix, diags

    counts = [Counter(analysis.terms_of(text)) for text in texts]
    places = {term: place for place, term in enumerate(sorted({term for count in counts for term in count}))}
    columns = [places[term] for count in counts for term in count]
    starts = np.cumsum([0, *(len(count) for count in counts)])
    times = np.array([times for count in counts for times in count.values()], dtype=np.float32)
    matrix = csr_matrix((times, columns, starts), shape=(len(texts), len(places)))
    found = np.bincount(columns, minlength=len(places))
    weighted = matrix @ diags((1 + np.log((1 + len(texts)) / (1 + found))).astype(np.float32))
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1))).reshape(-1)
    return diags(1 / np.where(lengths > 0, lengths, 1)) @ weighted


def averaged(texts: Sequence[str], words: Sequence[str], matrix: np.ndarray) -> np.ndarray:
    """The mean of the vectors of each text's words (N, D), scaled to length 1; `matrix` (V, D) are those of `words`.

    Stop words are left out, words without a vector passed over; a text with none of the words is a row of zeros.
    """
    places = {word: place for place, word in enumerate(words)}
    means = np.zeros((len(texts), matrix.shape[1]), dtype=np.float32)
    for row, text in enumerate(texts):
        known = [
            places[term.lowered] for term in analysis.analyse(text) if not term.is_stop_word and term.lowered in places
        ]
        if known:
            means[row] = matrix[known].mean(axis=0)
    lengths: np.ndarray = np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    return np.asarray(means / lengths)


def overlap(one: np.ndarray, other: np.ndarray, count: int = 10) -> np.ndarray:
    """How many of the first `count` neighbours two encoders share, for each text (N,); `one`, `other` (N, K) rows."""
    return np.array(
        [len(set(left[:count].tolist()) & set(right[:count].tolist())) for left, right in zip(one, other, strict=True)]
    )
