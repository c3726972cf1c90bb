"""Nearest words and similarity, by hand, against gensim and against published numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UnknownWord, UserError
from core.words.neighbourhood import bearings, mutual
from core.words.pairs import random_cosines, score
from core.words.scores import angle, lengths_of, top
from core.words.vectors import WordVectors


def test_similarity_is_the_cosine(five):
    assert five.similarity("man", "woman") == pytest.approx(0)
    assert five.similarity("man", "queen") == pytest.approx(np.sqrt(0.5))
    assert five.similarity("queen", "car") == pytest.approx(-1)
    assert five.similarity("king", "man") == pytest.approx(3 / np.sqrt(10))


def test_nearest_leaves_the_word_itself_out_and_a_vector_nothing(five):
    found = five.nearest("queen", 2)
    assert [(item.word, item.rank) for item in found] == [("king", 1), ("man", 2)]
    assert found[0].similarity == pytest.approx(8 / np.sqrt(80))
    assert found[0].angle == pytest.approx(26.565, abs=0.01)
    assert found[0].frequency_rank == 3
    assert five.nearest(five.vector("queen"), 1)[0].word == "queen"
    assert len(five.nearest("queen", 50)) == 4


def test_angle_of_a_cosine():
    assert [round(angle(value), 6) for value in (1, 0.5, 0, -1, 1.0000001)] == [0, 60, 90, 180, 0]


def test_an_unknown_word_is_answered_with_near_spellings(minilm):
    with pytest.raises(UnknownWord) as raised:
        minilm.nearest("computr")
    assert "computer" in raised.value.suggestions
    with pytest.raises(UnknownWord) as raised:
        minilm.row("Nurse")
    assert raised.value.suggestions[0] == "nurse"
    for strange in ("", "x" * 100_000, "🤖", "\x00\x01", "nul\ud800l"):
        with pytest.raises(UnknownWord):
            minilm.row(strange)


def test_a_zero_vector_is_similar_to_nothing():
    vectors = WordVectors(["nothing", "a", "b"], np.array([[0, 0], [1, 0], [1, 1]], np.float32))
    assert vectors.similarity("nothing", "a") == 0
    assert all(np.isfinite(item.similarity) for item in vectors.nearest("nothing"))
    assert vectors.nearest("a")[0].word == "b"


def test_words_and_matrix_must_fit():
    with pytest.raises(UserError):
        WordVectors(["a"], np.zeros((2, 3)))
    vectors = WordVectors(["a"], np.ones((1, 3)))
    assert vectors.matrix.dtype == np.float32
    for query in (np.ones(4), np.array([1, np.nan, 0])):
        with pytest.raises(UserError):
            vectors.nearest(query)


def test_of_a_word_that_stands_there_twice_the_first_counts():
    vectors = WordVectors(["a", "b", "a"], np.eye(3, dtype=np.float32))
    assert vectors.row("a") == 0


@given(st.integers(1, 3000), st.integers(0, 40), st.integers(0, 2**31))
@settings(max_examples=60, deadline=None)
def test_top_agrees_with_sorting_everything(size, count, seed):
    scores = np.random.default_rng(seed).integers(-50, 50, size).astype(np.float32)  # many equal ones
    assert list(top(scores, count)) == list(np.argsort(-scores, kind="stable")[:count])


@given(st.integers(2, 40), st.integers(2, 12), st.integers(0, 2**31))
@settings(max_examples=40, deadline=None)
def test_rotating_the_space_changes_no_cosine(count, dimension, seed):
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(count, dimension))
    turn, _ = np.linalg.qr(rng.normal(size=(dimension, dimension)))
    words = [f"w{i}" for i in range(count)]
    before, after = WordVectors(words, matrix), WordVectors(words, matrix @ turn)
    assert np.allclose(before.cosines(before.vector("w0")), after.cosines(after.vector("w0")), atol=2e-6)


def test_lengths_are_the_same_in_blocks():
    matrix = np.random.default_rng(0).normal(size=(100, 7)).astype(np.float32)
    assert np.allclose(lengths_of(matrix, block=13), np.linalg.norm(matrix, axis=1))


def test_minilm_words(minilm):
    assert minilm.matrix.shape == (21_745, 384)
    assert np.abs(minilm.matrix.mean(axis=0)).max() < 1e-4, "centred"
    assert [item.word for item in minilm.nearest("linux", 4)] == ["unix", "kernel", "gnu", "os"]


def test_the_talks_differences_are_cosines_cut_to_whole_numbers(glove_50):
    numbers = [100 * glove_50.similarity("raise", word) for word in ("risen", "above", "below")]
    assert [round(number, 1) for number in numbers] == [56.7, 52.3, 54.5]
    assert [int(number) for number in numbers] == [56, 52, 54]


def test_the_same_lists_as_gensim(minilm):
    from gensim.models import KeyedVectors

    peer = KeyedVectors(minilm.dimension)
    peer.add_vectors(list(minilm.words), minilm.matrix)
    rng = np.random.default_rng(7)
    for row in rng.integers(0, len(minilm), 60):
        word = minilm.words[row]
        theirs = peer.most_similar(word, topn=10)
        ours = minilm.nearest(word, 10)
        assert [item.word for item in ours] == [name for name, _ in theirs]
        assert np.allclose([item.similarity for item in ours], [value for _, value in theirs], atol=2e-6)


def test_mutual_neighbours(five):
    found = five.nearest("man", 1)  # king, whose own nearest is queen or man
    assert mutual(five, "man", found) == [five.nearest("king", 1)[0].word == "man"]
    assert mutual(five, "man", []) == []


def test_bearings_are_evenly_spaced_and_keep_like_beside_like(minilm):
    words = ["red", "blue", "green", "monday", "tuesday", "friday"]
    directions = bearings(minilm, minilm.vector("day"), words)
    assert np.allclose(np.diff(np.sort(directions)), np.pi / 3)
    order = [words[i] for i in np.argsort(directions)] * 2
    days = "".join("d" if word.endswith("day") else "c" for word in order)
    assert "ddd" in days and "ccc" in days


def test_percentile_among_random_pairs(minilm):
    background = random_cosines(minilm, 20_000)
    assert abs(float(np.median(background))) < 0.05, "random words are unrelated"
    assert score(minilm, "coffee", "tea", background).percentile > 99.5
    assert np.array_equal(background, random_cosines(minilm, 20_000)), "the same every time"
