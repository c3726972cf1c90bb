"""Nearest words against gensim, in one run: python -m tests.benchmarks.words_nearest [words]

400,000 words of 300 and of 50 dimensions, float32, drawn at random with lengths like those of published vectors. Both
sides answer the same words in turn (ours, gensim's, ours ...), so that other work on the machine meets both alike;
the median and the best time of each are printed, and whether the lists are the same.
"""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np

from core.words.vectors import WordVectors


def compare(count: int, dimension: int, queries: int = 40) -> None:
    from gensim.models import KeyedVectors

    rng = np.random.default_rng(1)
    matrix = rng.normal(size=(count, dimension)).astype(np.float32) * rng.uniform(0.5, 2, (count, 1)).astype(np.float32)
    words = [f"word{i}" for i in range(count)]
    ours = WordVectors(words, matrix)
    theirs = KeyedVectors(dimension, count=0)
    theirs.add_vectors(words, matrix)
    theirs.fill_norms()
    ours.nearest(words[0])
    theirs.most_similar(words[0])
    mine: list[float] = []
    peer: list[float] = []
    same = 0
    for row in rng.integers(0, count, queries):
        started = time.perf_counter()
        found = ours.nearest(words[row], 10)
        between = time.perf_counter()
        expected = theirs.most_similar(words[row], topn=10)
        ended = time.perf_counter()
        mine.append(between - started)
        peer.append(ended - between)
        same += [item.word for item in found] == [word for word, _ in expected]
    print(
        f"{count:,} x {dimension}: ours {1000 * statistics.median(mine):.1f} ms (best {1000 * min(mine):.1f}), "
        f"gensim {1000 * statistics.median(peer):.1f} ms (best {1000 * min(peer):.1f}); medians; ratio "
        f"{statistics.median(mine) / statistics.median(peer):.2f}; the same ten words for {same} of {queries}"
    )


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 400_000
    for width in (50, 300):
        compare(size, width)
