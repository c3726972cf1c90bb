"""Farthest words, words of a list, the odd one out, and the first words only."""

from __future__ import annotations

import numpy as np
import pytest

from core import catalog
from core.errors import UserError
from core.words.ranking import first_of, near, odd_one_out, rank_list
from core.words.vectors import WordVectors


@pytest.fixture(scope="module")
def glove():
    return catalog.load("glove-6b-50d")


@pytest.fixture
def few():
    return WordVectors(["king", "queen", "car", "up"], np.array([[1, 0], [0.8, 0.6], [-2, 0], [0, 3]], np.float32))


def test_the_farthest_word_by_hand_has_its_own_cosine_and_comes_first(few):
    found = near(few, few.vector("king"), 2, "king", farthest=True)
    assert [(item.word, round(item.similarity, 6), item.rank, item.frequency_rank) for item in found] == [
        ("car", -1.0, 1, 3),
        ("up", 0.0, 2, 4),
    ]


def test_nearest_words_are_those_of_the_set_itself(glove):
    ours, theirs = near(glove, glove.vector("linux"), 9, "linux"), glove.nearest("linux", 9)
    assert [(item.word, item.rank, item.frequency_rank) for item in ours] == [
        (item.word, item.rank, item.frequency_rank) for item in theirs
    ]
    assert [item.similarity for item in ours] == pytest.approx([item.similarity for item in theirs])


def test_no_word_of_the_vocabulary_is_farther_than_the_farthest(glove):
    cosines = glove.cosines(glove.vector("linux"))
    assert near(glove, glove.vector("linux"), 1, "linux", True)[0].similarity == pytest.approx(float(cosines.min()))


def test_the_first_words_share_the_matrix_and_have_the_same_neighbours_among_them(glove):
    first = first_of(glove, 5000)
    assert len(first) == 5000 and np.shares_memory(first.matrix, glove.matrix) and first_of(glove, 10**9) is glove
    every = [item.word for item in glove.nearest("house", 100_000) if item.frequency_rank <= 5000][:8]
    assert [item.word for item in near(first, glove.vector("house"), 8, "house")] == every


def test_a_list_is_ranked_and_its_missing_words_are_named(few):
    found, missing = rank_list(few, few.vector("king"), ["car", "zzz", "queen", "car"])
    assert [(item.word, round(item.similarity, 6)) for item in found] == [("queen", 0.8), ("car", -1.0)]
    assert missing == ["zzz"] and rank_list(few, few.vector("king"), ["zzz"]) == ([], ["zzz"])


def test_the_odd_one_out_by_hand():
    vectors = WordVectors(["a", "b", "c"], np.array([[1, 0], [0.8, 0.6], [0, -5]], np.float32))
    found = odd_one_out(vectors, ["a", "b", "c", "zzz"])
    mean = np.array([1.8, 0.6]) / np.hypot(1.8, 0.6)
    assert found.odd == "c" and found.scores[0][1] == pytest.approx(-mean[1], abs=1e-6)
    assert found.missing == ("zzz",) and found.margin == pytest.approx(found.scores[1][1] - found.scores[0][1])
    with pytest.raises(UserError):
        odd_one_out(vectors, ["a", "b", "b", "zzz"])


@pytest.mark.parametrize(
    "words", ["breakfast cereal dinner lunch", "paris london tokyo banana rome", "cat dog horse oak cow"]
)
def test_the_odd_one_out_is_that_of_gensim(glove, words):
    gensim = pytest.importorskip("gensim.models.keyedvectors")
    theirs = gensim.KeyedVectors(50)
    names = words.split()
    theirs.add_vectors(names, np.stack([glove.vector(word) for word in names]))
    assert odd_one_out(glove, names).odd == theirs.doesnt_match(names)
