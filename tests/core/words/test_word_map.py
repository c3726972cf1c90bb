"""Which words a map of words shows, and what its clusters are called."""

from __future__ import annotations

import numpy as np
import pytest

from core import catalog
from core.errors import UnknownWord, UserError
from core.words.vectors import WordVectors
from core.words.word_map import central_words, first_words, projections, rows_near, rows_of_list


@pytest.fixture(scope="module")
def glove():
    return catalog.load("glove-6b-50d")


def test_the_first_words_leave_out_signs_and_numbers_when_asked(glove):
    every, letters = first_words(glove, 50, letters_only=False), first_words(glove, 50)
    assert every == list(range(50)) and "," in [glove.words[row] for row in every]
    words = [glove.words[row] for row in letters]
    assert len(words) == 50 and all(word.replace("-", "").replace("'", "").replace(".", "").isalpha() for word in words)


def test_words_near_a_sum_have_its_own_words_among_them(glove):
    rows = rows_near(glove, "king - man + woman", 20)
    assert len(rows) == 20 and {"king", "queen"} <= {glove.words[row] for row in rows}
    with pytest.raises(UserError):
        rows_near(glove, " ", 20)


@pytest.mark.parametrize("typed", ["king, queen;king\nzzzqq", "King, queen, zzzqq", "king  queen zzzqq"])
def test_a_list_is_split_and_a_word_twice_counts_once(glove, typed):
    rows, missing = rows_of_list(glove, typed)
    assert [glove.words[row] for row in rows] == ["king", "queen"] and missing == ["zzzqq"]


def test_clusters_are_named_by_the_words_nearest_to_their_mean():
    units = np.array([[1, 0], [0.6, 0.8], [0, 1], [-1, 0]], np.float32)
    names = central_words(units, np.array([0, 0, 0, 1]), ["a", "b", "c", "d"], 2)
    assert names[0].startswith("b, ") and names[1] == "d"


def test_projections_on_an_axis_by_hand():
    vectors = WordVectors(["he", "she", "up"], np.array([[1, 0], [0, 2], [0, 5]], np.float32))
    assert projections(vectors, [0, 1, 2], "she", "he") == pytest.approx([-(0.5**0.5), 0.5**0.5, 0.5**0.5])
    with pytest.raises(UnknownWord):
        projections(vectors, [0], "she", "xe")
    with pytest.raises(UserError):
        projections(vectors, [0], "she", "she")
