"""What every search store must agree with: cosines in numpy, BM25 by bm25s, both fused by hand."""

from __future__ import annotations

import re

import numpy as np

from core.documents import corpus
from core.documents.retrieval.bm25 import K1, B, terms_of


class Oracle:
    """All of it in memory, nothing shared with the stores but the stemmed words."""

    def __init__(self, texts: list[str], vectors: np.ndarray) -> None:
        import bm25s

        self.vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        self.index = bm25s.BM25(method="lucene", k1=K1, b=B)
        self.words = [terms_of(text) for text in texts]
        self.index.index(self.words, show_progress=False)

    def bm25(self, text: str) -> np.ndarray:
        """As Lucene has it since its version 8: without the constant k1 + 1, which changes no order."""
        return self.index.get_scores(terms_of(text)) if terms_of(text) else np.zeros(len(self.vectors))

    def keyword(self, text: str, depth: int) -> list[int]:
        scores = self.bm25(text)
        order = np.argsort(-scores, kind="stable")[:depth]
        return [int(row) for row in order if scores[row] > 0]

    def vector(self, vector: np.ndarray, depth: int) -> list[int]:
        return np.argsort(-(self.vectors @ vector), kind="stable")[:depth].tolist()

    def most(self, text: str) -> float:
        """The limit of BM25 when every word of the query is repeated for ever."""
        having = [sum(word in words for words in self.words) for word in terms_of(text)]
        return (K1 + 1) * sum(np.log1p((len(self.words) - one + 0.5) / (one + 0.5)) for one in having)

    def joined(self, text: str, vector: np.ndarray) -> np.ndarray:
        """Of every document the length of (share of BM25, cosine), divided by that of (1, 1)."""
        words = (K1 + 1) * self.bm25(text) / max(self.most(text), 1e-9)
        return np.hypot(words, np.clip(self.vectors @ vector / np.linalg.norm(vector), 0, 1)) / np.sqrt(2)

    def hybrid(self, text: str, vector: np.ndarray, depth: int) -> list[int]:
        """Exact over all documents: 500 of each ranking suffice for the first ten of some hundred."""
        return np.argsort(-self.joined(text, vector), kind="stable")[:depth].tolist()

    def reciprocal(self, text: str, vector: np.ndarray, depth: int) -> list[int]:
        sums: dict[int, float] = {}
        for ranked in (self.keyword(text, 500), self.vector(vector, 500)):
            for place, row in enumerate(ranked):
                sums[row] = sums.get(row, 0) + 1 / (60 + place + 1)
        return sorted(sums, key=lambda row: -sums[row])[:depth]


def news(count: int = 700, dimension: int = 48) -> tuple[list[str], np.ndarray, list[str], np.ndarray]:
    """(texts, vectors, queries, their vectors): passages of the Lee news, projected at random from their words."""
    sentences = [one for text in corpus.load("lee").texts for one in re.split(r"(?<=[.!?]) +", text) if len(one) > 60]
    texts = [" ".join(sentences[2 * row : 2 * row + 2]) for row in range(count)]
    queries = [" ".join(sentences[2 * row + 1].split()[2:9]) for row in range(3, count, count // 25)]
    words: dict[str, np.ndarray] = {}
    draw = np.random.default_rng(11)

    def projected(text: str) -> np.ndarray:
        return np.sum([words.setdefault(term, draw.standard_normal(dimension)) for term in terms_of(text)], axis=0)

    vectors = np.array([projected(text) for text in texts], dtype=np.float32)
    return texts, vectors, queries, np.array([projected(text) for text in queries], dtype=np.float32)
