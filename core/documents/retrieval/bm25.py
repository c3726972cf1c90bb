"""BM25: how well a text's words answer those of a query. Rare words count more; each repeat counts less."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.text import analysis

K1, B = 1.2, 0.75  # as Lucene and Milvus have them
MOST_BYTES = 65_000  # Milvus keeps 65,535 bytes of a text: words beyond are not searched for


def terms_of(text: str) -> list[str]:
    """The terms of a text, as every engine of the lab is given them: split, lower case, no stop words, stemmed.

    Of a text longer than Milvus keeps, the beginning.
    """
    terms, size = [], 0
    for term in analysis.terms_of(text):
        term = spelt(term)
        size += len(term.encode("utf-8", "surrogatepass")) + 1
        if size > MOST_BYTES:
            break
        terms.append(term)
    return terms


def spelt(term: str) -> str:
    """A term as engines are given it: one that is not of letters and digits alone (3.14, can't) in hexadecimal, so
    that none of them cuts it."""
    return term if term.isalnum() else "x" + term.encode("utf-8", "surrogatepass").hex()


def rarity(found: int, documents: int) -> float:
    """ln(1 + (N - n + 0.5) / (n + 0.5)), n of N documents having the term (Robertson and Zaragoza 2009, 3.3)."""
    return float(np.log(1 + (documents - found + 0.5) / (found + 0.5)))


def most(terms: Sequence[str], frequencies: Mapping[str, int], documents: int) -> float:
    """What no text's score for these terms can exceed: (k1 + 1) times the rarity of each, a term asked twice counting
    twice. A term that no document has counts as the rarest: it is asked for too.

    Example: of 2 documents one has "a", the query is "a z": 2.2 * (ln(1 + 1.5/1.5) + ln(1 + 2.5/0.5)) = 5.467.
    """
    return sum((K1 + 1) * rarity(frequencies.get(term, 0), documents) for term in terms)


@dataclass(frozen=True)
class Weights:
    """What the parts of a score come from: how many documents there are, their mean length in terms, and in how many
    of them each term of a query occurs."""

    documents: int
    mean_length: float
    frequencies: dict[str, int]

    def part(self, term: str, times: int, length: int) -> float:
        """What a term adds to the score of a text of `length` terms in which it occurs `times` times."""
        rare = rarity(self.frequencies.get(term, 0), self.documents)
        return rare * times * (K1 + 1) / (times + K1 * (1 - B + B * length / (self.mean_length or 1.0)))


class Postings:
    """Which terms occur in which rows, and how often; built once, used often.

    `rows` (N) are arrays of term numbers, repeats kept; `terms` the number of terms there are.
    """

    def __init__(self, rows: Sequence[np.ndarray], terms: int) -> None:
        self.lengths = np.array([len(row) for row in rows], dtype=np.int64)
        flat = np.concatenate(rows).astype(np.int64) if len(rows) else np.empty(0, np.int64)
        places = np.repeat(np.arange(len(rows), dtype=np.int64), self.lengths)
        pairs, counts = np.unique(flat * max(len(rows), 1) + places, return_counts=True)
        self.rows = (pairs % max(len(rows), 1)).astype(np.int32)
        self.starts = np.searchsorted(pairs, np.arange(terms + 1, dtype=np.int64) * max(len(rows), 1))
        self.mean_length = float(self.lengths.mean()) if self.lengths.sum() else 1.0
        slowing = K1 * (1 - B + B * self.lengths[self.rows] / self.mean_length)
        self.weights = (counts * (K1 + 1) / (counts + slowing)).astype(np.float32)

    def frequency(self, term: int) -> int:
        """In how many rows a term occurs."""
        return int(self.starts[term + 1] - self.starts[term])

    def parts(self, term: int) -> tuple[np.ndarray, np.ndarray]:
        """The rows with a term, and what it adds to the score of each."""
        place = slice(int(self.starts[term]), int(self.starts[term + 1]))
        return self.rows[place], self.weights[place] * np.float32(rarity(self.frequency(term), len(self.lengths)))

    def scores(self, query: Sequence[int]) -> np.ndarray:
        """BM25 of every row (N,) float32 for a query's term numbers; a term asked twice counts twice.

        Example: two rows "a b" and "b", query "a": rarity ln(1 + 1.5/1.5) = 0.693, length 2 of a mean of 1.5, so
        0.693 * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 1.5)) = 0.610 and 0.
        """
        scores = np.zeros(len(self.lengths), dtype=np.float32)
        for term, times in Counter(query).items():
            rows, parts = self.parts(term)
            scores[rows] += times * parts
        return scores
