"""Two sets of vectors on the same questions: differences by hand, and no difference where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import UserError
from core.words.benchmark import agreement, agreement_with
from core.words.comparisons import accuracies_differ, agreements_differ
from core.words.questions import Accuracy, evaluate, google_analogies, read_questions
from core.words.vectors import WordVectors
from core.words.verdicts import judge


def answered(right: list[int]) -> Accuracy:
    return Accuracy((), "add", True, 1, 0.0, np.array(right, np.int8))


def test_mcnemar_by_hand():
    """8 only right in one, 2 only in the other: twice the tail of 10 throws, 2 (1 + 10 + 45) / 1024 = 0.109."""
    test = accuracies_differ(
        answered([1] * 8 + [0] * 2 + [1] * 5 + [-1, 1]), answered([0] * 8 + [1] * 2 + [1] * 5 + [1, -1])
    )
    assert test.p == pytest.approx(112 / 1024) and test.value == pytest.approx(6 / 15)
    assert test.null[0] == -test.null[1] and test.null[1] >= test.value - 1e-9
    same = accuracies_differ(answered([1, 0] * 10), answered([1, 0] * 10))
    assert same.p == 1 and same.value == 0
    with pytest.raises(UserError, match="Only 2 questions"):
        accuracies_differ(answered([1, 0, -1]), answered([1, 0, 1]))


def test_which_questions_are_right_is_told_one_by_one(glove):
    questions = read_questions(google_analogies())[:300]
    found = evaluate(glove, questions, "add", True, 4000)
    assert len(found.right) == 300 and (found.right == 1).sum() == found.total.correct
    assert (found.right >= 0).sum() == found.total.answered < 300


def test_two_sets_of_vectors_on_the_ratings_of_both(glove, minilm):
    wide, narrow = agreement(glove, "WordSim353"), agreement(minilm, "WordSim353")
    test = agreements_differ(narrow, wide)
    assert test.value > 0.15 and judge([test])[0].is_finding, "MiniLM's input embeddings agree better"
    assert agreements_differ(wide, narrow).value == pytest.approx(-test.value)
    turned = WordVectors(glove.words, np.asarray(glove.matrix)[:, ::-1])
    assert agreements_differ(wide, agreement(turned, "WordSim353")).value == pytest.approx(0, abs=1e-9)


def test_ratings_that_have_nothing_to_do_with_the_vectors_are_rarely_a_finding(glove):
    rng = np.random.default_rng(12)
    words = glove.words[2000:4000]
    found = 0
    for _ in range(60):
        pairs = [
            (words[i], words[j], float(score))
            for i, j, score in zip(rng.integers(0, 2000, 40), rng.integers(0, 2000, 40), rng.random(40), strict=True)
        ]
        found += judge([agreement_with(glove, "noise", pairs).test])[0].is_finding
    assert found <= 8


def test_the_first_words_alone_can_be_compared(glove):
    assert agreement(glove, "SimLex999", 5000).pairs < agreement(glove, "SimLex999").pairs == 998
