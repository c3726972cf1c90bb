"""Analogies by hand, against gensim, and against what is published about them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UnknownWord, UnreadableFile, UserError
from core.words.analogy import METHODS, accuracy, all_scores, solve, solve_by_every_method
from core.words.plane import parallelogram
from core.words.questions import google_analogies, read_questions
from core.words.vectors import WordVectors


@pytest.fixture
def square() -> WordVectors:
    """The example of `solve`: man (0, 1), king (1, 1), woman (0, 2), queen (1, 2), and car (5, -5)."""
    return WordVectors(
        ["man", "king", "woman", "queen", "car"], np.array([[0, 1], [1, 1], [0, 2], [1, 2], [5, -5]], np.float32)
    )


def test_add_raw_by_hand(square):
    best = solve(square, "man", "king", "woman", "add-raw")[0]
    assert (best.word, best.is_input) == ("queen", False)
    assert best.score == pytest.approx(1)


def test_add_by_hand(square):
    # u(king) - u(man) + u(woman) = (.7071, .7071): king itself, until one forbids it.
    kept = solve(square, "man", "king", "woman")
    assert (kept[0].word, kept[0].is_input) == ("king", True)
    assert kept[0].score == pytest.approx(1)
    left = solve(square, "man", "king", "woman", exclude_inputs=True)
    assert [item.word for item in left] == ["queen", "car"]
    assert left[0].score == pytest.approx(3 / np.sqrt(10))


def test_mul_by_hand(square):
    scores = all_scores(square, "man", "king", "woman", "mul")
    queen_king, queen_man = 3 / np.sqrt(10), 2 / np.sqrt(5)
    expected = (queen_king + 1) / 2 * (queen_man + 1) / 2 / ((queen_man + 1) / 2 + 0.001)
    assert scores[3] == pytest.approx(expected, rel=1e-5)


def test_pair_direction_by_hand(square):
    scores = all_scores(square, "man", "king", "woman", "pair-direction")
    unit = np.array([1, 2]) / np.sqrt(5)
    step = np.array([1, 1]) / np.sqrt(2) - [0, 1]
    side = unit - [0, 1]
    assert scores[3] == pytest.approx(side @ step / np.linalg.norm(side) / np.linalg.norm(step), rel=1e-4)
    assert scores[2] == 0, "c has no direction from itself"


def test_only_c_is_the_nearest_word_of_c(square):
    assert [item.word for item in solve(square, "man", "king", "woman", "only-c", True)] == ["queen", "car"]


def test_unknown_words_and_methods(square):
    with pytest.raises(UnknownWord):
        solve(square, "man", "king", "womann")
    with pytest.raises(UserError):
        solve(square, "man", "king", "woman", "cosmul")


def test_the_talks_examples(glove_50):
    for method in ("add", "add-raw"):
        assert solve(glove_50, "berlin", "germany", "paris", method)[0].word == "france"
        assert solve(glove_50, "man", "boy", "woman", method)[0].word == "girl"
        assert solve(glove_50, "doctor", "man", "nurse", method)[0].word == "woman"


def test_a_woman_is_a_doctor_until_one_forbids_it(glove_50):
    kept = solve(glove_50, "man", "doctor", "woman", "add-raw")
    assert (kept[0].word, kept[0].is_input) == ("doctor", True)
    assert kept[0].score == pytest.approx(0.896, abs=0.001)
    assert kept[1].word == "nurse" and kept[1].score == pytest.approx(0.842, abs=0.001)
    assert solve(glove_50, "man", "doctor", "woman", "add", exclude_inputs=True)[0].word == "nurse"


def test_the_example_that_goes_wrong_depends_on_the_order(glove_50):
    assert solve(glove_50, "spain", "madrid", "portugal", "add-raw")[0].word == "madrid"
    assert solve(glove_50, "madrid", "spain", "portugal", "add-raw")[0].word == "portugal"


def test_the_same_lists_as_gensim(minilm):
    from gensim.models import KeyedVectors

    peer = KeyedVectors(minilm.dimension)
    peer.add_vectors(list(minilm.words), minilm.matrix)
    rng = np.random.default_rng(3)
    for rows in rng.integers(0, 5000, (30, 3)):
        a, b, c = (minilm.words[row] for row in rows)
        theirs = peer.most_similar(positive=[b, c], negative=[a], topn=8)
        ours = solve(minilm, a, b, c, "add", exclude_inputs=True, count=8)
        assert [item.word for item in ours] == [word for word, _ in theirs]
        times = peer.most_similar_cosmul(positive=[b, c], negative=[a], topn=5)
        assert solve(minilm, a, b, c, "mul", True, 1)[0].word in [word for word, _ in times][:2]


@given(st.integers(5, 30), st.integers(3, 8), st.sampled_from(sorted(METHODS)), st.integers(0, 2**31))
@settings(max_examples=50, deadline=None)
def test_rotating_the_space_changes_no_analogy(count, dimension, method, seed):
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(count, dimension))
    turn, _ = np.linalg.qr(rng.normal(size=(dimension, dimension)))
    words = [f"w{i}" for i in range(count)]
    before = all_scores(WordVectors(words, matrix), "w0", "w1", "w2", method)
    after = all_scores(WordVectors(words, matrix @ turn), "w0", "w1", "w2", method)
    assert np.allclose(before, after, atol=2e-3 if method in ("mul", "pair-direction") else 1e-5, rtol=1e-3)


@pytest.mark.parametrize("method", sorted(METHODS))
@pytest.mark.parametrize("exclude", [True, False])
def test_many_at_once_agree_with_one_by_one(minilm, tmp_path, method, exclude):
    rng = np.random.default_rng(11)
    lines = [": first"] + [" ".join(minilm.words[i] for i in rng.choice(4000, 4, False)) for _ in range(25)]
    lines += [": second", "man king woman queen", "man king woman QUEEN", "man king woman notaword"]
    path = tmp_path / "questions.txt"
    path.write_text("\n".join(lines))
    counted = accuracy(minilm, path, method, exclude)
    assert [(section.name, section.asked) for section in counted] == [("first", 25), ("second", 3)]
    right = {"first": 0, "second": 0}
    for question in read_questions(path):
        if question.expected.lower() in minilm:
            best = solve(minilm, question.a, question.b, question.c, method, exclude, 1)[0]
            right[question.section] += best.word == question.expected.lower()
    assert {section.name: section.correct for section in counted} == right
    assert counted.sections[1].answered == 2
    assert sum(counted.total.landed) == counted.total.answered == 27


def test_three_quarters_of_googles_analogies_come_out_right(minilm):
    counted = accuracy(minilm, google_analogies(), "add", True)
    assert counted.total.asked == 19_544 and counted.total.answered == 12_154
    assert counted.total.share == pytest.approx(0.756, abs=0.002)
    assert len(counted) == 14
    kept = accuracy(minilm, google_analogies(), "add", False)
    assert kept.total.share < 0.02, "and hardly any, if the input words may be answers"
    assert kept.total.landed == counted.total.landed
    assert kept.total.landed[0] == kept.total.correct


def test_fewer_first_words_ask_fewer_questions(minilm):
    assert accuracy(minilm, google_analogies(), "add", True, first=2000).total.answered < 12_154


@pytest.mark.parametrize("content, number", [(": a\none two three\n", 2), ("a b c d\n\na b c d e\n", 3)])
def test_a_malformed_question_is_named_by_its_line(tmp_path, content, number):
    path = tmp_path / "questions.txt"
    path.write_text(content)
    with pytest.raises(UnreadableFile, match=f"Line {number} "):
        read_questions(path)
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(UnreadableFile):
        read_questions(path)
    with pytest.raises(UnreadableFile):
        read_questions(tmp_path / "nothing.txt")


def test_the_plane_by_hand():
    vectors = WordVectors(["a", "b", "c", "d"], np.array([[1, 1, 0], [3, 1, 0], [1, 2, 0], [3, 2, 0.5]], np.float32))
    shape = parallelogram(vectors, "a", "b", "c", ("d",), "d", unit=False)
    assert np.allclose(shape.corners, [[0, 0], [2, 0], [0, 1], [2, 1]])
    assert np.allclose(shape.others, [[2, 1]]) and np.allclose(shape.heights, [0.5])
    assert shape.offset_cosine == pytest.approx(2 / np.hypot(2, 0.5))


def test_the_plane_keeps_the_true_distances_of_its_corners(minilm):
    shape = parallelogram(minilm, "man", "king", "woman", ("queen",), "queen")
    units = [minilm.unit(word) for word in ("man", "king", "woman")]
    for i in range(3):
        for j in range(i):
            assert np.linalg.norm(shape.corners[i] - shape.corners[j]) == pytest.approx(
                np.linalg.norm(units[i] - units[j]), rel=1e-5
            )
    distance = np.hypot(np.linalg.norm(shape.others[0] - shape.corners[3]), shape.heights[0])
    total = units[1] - units[0] + units[2]
    assert distance == pytest.approx(np.linalg.norm(minilm.unit("queen") - total), rel=1e-4)


def test_a_plane_of_words_in_a_line_does_not_break():
    vectors = WordVectors(["a", "b", "c"], np.array([[1, 0], [2, 0], [3, 0]], np.float32))
    shape = parallelogram(vectors, "a", "b", "c", ("a",), "a")
    assert np.isfinite(shape.corners).all() and np.isfinite(shape.heights).all()


@pytest.mark.parametrize("method", METHODS)
def test_leaving_the_inputs_out_is_the_full_list_without_them(minilm, method):
    """What the page relies on: forbidding the inputs changes no score and no order."""
    kept = solve(minilm, "man", "doctor", "woman", method, False, 13)
    left = solve(minilm, "man", "doctor", "woman", method, True, 10)
    assert [(item.word, item.score) for item in kept if not item.is_input][:10] == [
        (item.word, item.score) for item in left
    ]


@pytest.mark.parametrize(
    "words", [("man", "doctor", "woman"), ("spain", "madrid", "portugal"), ("man", "man", "woman")]
)
def test_every_method_at_once_gives_what_each_gives(minilm, words):
    together = solve_by_every_method(minilm, *words, 13)
    assert list(together) == list(METHODS)
    for method, found in together.items():
        alone = solve(minilm, *words, method, False, 13)
        assert [item.score for item in found] == pytest.approx([item.score for item in alone], abs=1e-5)
        exact = all_scores(minilm, *words, method)
        assert [item.score for item in found] == pytest.approx(
            [exact[minilm.row(item.word)] for item in found], abs=1e-5
        )
        assert [item.is_input for item in found] == [item.word in words for item in found]
