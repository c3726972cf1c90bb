"""Sentences with senses, and how well vectors keep the senses apart."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.words.sense_examples import EXAMPLES
from core.words.senses import MOST_SENTENCES, read_sentences, separation


def test_a_label_before_a_sentence_is_its_sense_and_other_lines_are_named():
    found, lost = read_sentences("river: The bank is wet.\n\nNo such word.\nA Bank, banks and a bank.", "bank")
    assert [(item.sense, item.sentence[item.start : item.end]) for item in found] == [
        ("river", "bank"),
        ("", "Bank"),
        ("", "bank"),
    ]
    assert lost == [(3, "“bank” is not in it")]


@pytest.mark.parametrize(
    "line", ["He said to us: the bank is shut.", "The bank: it is shut.", "At 10:30 the bank opens."]
)
def test_a_colon_within_a_sentence_is_no_label(line):
    ((found,), lost) = read_sentences(line, "bank")
    assert (found.sense, found.sentence, lost) == ("", line, [])


def test_a_word_with_signs_of_a_pattern_is_found_as_it_is():
    ((found,), _) = read_sentences("I write C++ (and C) daily.", "C++")
    assert found.sentence[found.start : found.end] == "C++"


def test_too_many_sentences_are_counted_not_dropped_silently():
    found, lost = read_sentences("a bank\n" * (MOST_SENTENCES + 3), "bank")
    assert len(found) == MOST_SENTENCES and len(lost) == 3


def test_senses_that_are_apart_by_hand():
    found = separation(np.array([[1, 0], [2, 0], [0, 1], [0, 3]]), ["a", "a", "b", "b"])
    assert (found.same, found.other, found.right, found.counted) == (1, 0, 4, 4)
    assert found.p_value == pytest.approx(1 / 3) and found.by_chance == pytest.approx(4 / 3)
    assert found.is_same.tolist() == [True, False, False, False, False, True]
    assert found.is_other.tolist() == [False, True, True, True, True, False]


def test_an_occurrence_without_a_label_counts_only_among_the_pairs():
    found = separation(np.eye(4), ["a", "", "a", ""])
    assert found.is_same.tolist() == [False, True, False, False, False, False] and not found.is_other.any()
    found = separation(np.eye(3), ["a", "", "a"])
    assert len(found.pairs) == 3 and found.same == 0 and math.isnan(found.other) and math.isnan(found.p_value)
    assert found.counted == 0


def test_random_vectors_are_called_apart_in_about_one_of_twenty_draws():
    rng = np.random.default_rng(7)
    senses = ["a"] * 5 + ["b"] * 5
    called = sum(separation(rng.standard_normal((10, 20)), senses).p_value <= 0.05 for _ in range(200))
    assert called <= 0.09 * 200


def test_three_senses_are_drawn_and_a_perfect_separation_is_rare_among_the_draws():
    rng = np.random.default_rng(1)
    vectors = np.repeat(np.eye(3), 4, axis=0) + 0.05 * rng.standard_normal((12, 3))
    found = separation(vectors, [sense for sense in "abc" for _ in range(4)])
    assert found.right == 12 and found.p_value <= 0.002


@pytest.mark.parametrize("word", EXAMPLES)
def test_every_line_of_an_example_has_its_word_and_its_sense(word):
    found, lost = read_sentences(EXAMPLES[word], word)
    assert not lost and len(found) == len(EXAMPLES[word].splitlines()) and all(item.sense for item in found)
