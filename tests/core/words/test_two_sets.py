"""The same query asked of two sets of vectors."""

from __future__ import annotations

import numpy as np
import pytest

from core import catalog
from core.words.two_sets import agreement, shared_words
from core.words.vectors import WordVectors


def test_two_small_sets_by_hand():
    a = WordVectors(["x", "y", "z", "w", "only"], np.eye(5, dtype=np.float32))
    b = WordVectors(["w", "z", "y", "x", "mine"], np.eye(5, dtype=np.float32))
    shared = shared_words(a, b)
    assert shared.rows_a.tolist() == [0, 1, 2, 3] and shared.rows_b.tolist() == [3, 2, 1, 0]
    scores_a, scores_b = np.array([0.9, 0.8, 0.1, 0.2, 5]), np.array([0.3, 0.1, 0.7, 0.9, 5])
    found = agreement(a, b, shared, scores_a, scores_b, 2, without=("x",))
    assert [(item.word, item.rank) for item in found.first] == [("y", 1), ("w", 2)], (
        "a word of one set only is no answer"
    )
    assert [item.word for item in found.second] == ["y", "w"] and found.common == ("y", "w")
    assert found.shared == 3 and found.expected == pytest.approx(4 / 3)


def test_random_scores_share_as_many_words_as_expected():
    rng = np.random.default_rng(3)
    words = [f"w{number}" for number in range(200)]
    a = b = WordVectors(words, rng.standard_normal((200, 2)).astype(np.float32))
    shared = shared_words(a, b)
    counts = [agreement(a, b, shared, rng.random(200), rng.random(200), 20) for _ in range(300)]
    assert np.mean([len(found.common) for found in counts]) == pytest.approx(counts[0].expected, abs=0.25)


def test_a_set_agrees_with_itself_and_two_real_sets_beyond_chance():
    glove, minilm = catalog.load("glove-6b-50d"), catalog.load("minilm-words")
    shared = shared_words(glove, minilm)
    assert all(glove.words[i] == minilm.words[j] for i, j in list(zip(shared.rows_a, shared.rows_b, strict=True))[:500])
    own = shared_words(glove, glove)
    scores = glove.cosines(glove.vector("linux"))
    assert len(agreement(glove, glove, own, scores, scores, 10, ("linux",)).common) == 10
    other = agreement(glove, minilm, shared, scores, minilm.cosines(minilm.vector("linux")), 10, ("linux",))
    assert len(other.common) >= 3 > 100 * other.expected and "linux" not in [item.word for item in other.first]
