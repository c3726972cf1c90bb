"""WEAT, axes, occupations: by hand, against published values, and what must not change them."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.figures.words import associations, pair_among_random
from core.words.axis import along, axis_of, by_pair, without_each_pair
from core.words.bias import effect_size, uncertainty, weat, wefat
from core.words.bias_measure import BiasInputs
from core.words.lists import definitional_pairs, weat_tests
from core.words.measures import MEASURES
from core.words.occupations import Occupation, compare, compared, read_shares, us_2015
from core.words.pairs import random_cosines, score
from core.words.statistics import bootstrap, correlation, holm, logistic_regression, pearson, ranks, spearman
from core.words.vectors import WordVectors

EFFECT_SIZES = [1.5043, 1.5340, 1.4052, 1.4986, 1.2839, 1.8139, 1.0550, 1.2375, 1.3828, 1.2129]
EXACT = {6: 7.77e-5, 7: 0.0157, 8: 0.00474, 9: 0.00433, 10: 0.00513}
BY_KEY = {measure.key: measure for measure in MEASURES}
STATISTICS = {1: 2.238165, 2: 2.290555, 6: 1.266980, 7: 0.198923, 10: 0.380867}


@pytest.mark.parametrize("test", weat_tests(), ids=lambda test: f"weat-{test.number}")
def test_effect_sizes_of_caliskans_ten_tests(glove_840, test):
    weat(glove_840, test.x, test.y, test.a, test.b)
    started = time.perf_counter()
    result = weat(glove_840, test.x, test.y, test.a, test.b)
    seconds = time.perf_counter() - started
    assert not any(result.missing.values()), "every word is there, as written"
    assert result.effect_size == pytest.approx(EFFECT_SIZES[test.number - 1], abs=0.0005)
    if test.number in EXACT:
        assert result.exact
        assert result.p_value == pytest.approx(EXACT[test.number], rel=0.01)
        assert seconds < 2, "50 ms on a quiet machine, see tests/benchmarks/words_speed.py"
    else:
        assert not result.exact and result.p_value < 1e-3
    if test.number in STATISTICS:
        assert result.statistic == pytest.approx(STATISTICS[test.number], abs=1e-5)


def test_the_lists_have_the_words_that_others_lost():
    tests = {test.number: test for test in weat_tests()}
    assert "short-term" in tests[9].a and "Billy" in tests[10].x and "failure" in tests[10].b
    assert [len(tests[number].x) for number in range(1, 11)] == [25, 25, 32, 16, 16, 8, 8, 8, 6, 8]
    for test in tests.values():
        assert len(test.x) == len(test.y) and len(set(test.x)) == len(test.x) and not set(test.x) & set(test.y)


def vectors_with(s_x, s_y):
    """Words whose association with a = (1, 0) rather than b = (-1, 0) is twice the given cosine."""
    values = [*s_x, *s_y]
    matrix = [[1, 0], [-1, 0]] + [[value / 2, np.sqrt(1 - value * value / 4)] for value in values]
    words = ["a", "b"] + [f"x{i}" for i in range(len(s_x))] + [f"y{i}" for i in range(len(s_y))]
    return WordVectors(words, np.array(matrix)), words[2 : 2 + len(s_x)], words[2 + len(s_x) :]


def test_weat_by_hand():
    vectors, x, y = vectors_with([1, 2], [-1, 0])
    result = weat(vectors, x, y, ["a"], ["b"])
    assert result.effect_size == pytest.approx(2 / np.sqrt(5 / 3), rel=1e-5)
    assert result.statistic == pytest.approx(4, rel=1e-5)
    assert result.p_value == pytest.approx(1 / 6)
    assert result.partitions == 6 and result.exact
    assert result.associations["x1"] == pytest.approx(2, rel=1e-5)


def test_the_largest_effect_size():
    vectors, x, y = vectors_with([1] * 8, [-1] * 8)
    result = weat(vectors, x, y, ["a"], ["b"])
    assert result.effect_size == pytest.approx(result.largest_possible, rel=1e-4)
    assert result.largest_possible == pytest.approx(1.936, abs=0.001)


def test_words_that_are_missing_are_named_by_set(glove_840):
    test = weat_tests()[6]
    result = weat(glove_840, [*test.x, "notaword"], test.y, [*test.a, "nor_this"], test.b)
    assert result.missing["X"] == ("notaword",) and result.missing["A"] == ("nor_this",)
    assert result.effect_size == pytest.approx(1.0550, abs=0.0005)
    with pytest.raises(UserError, match="zzz"):
        weat(glove_840, ["zzz"], test.y, test.a, test.b)


def test_names_in_capitals_are_found_in_lower_case(minilm):
    test = weat_tests()[5]
    result = weat(minilm, test.x, test.y, test.a, test.b)
    assert "john" in result.associations and result.effect_size > 0.5


def random_vectors(seed, count=40, dimension=6):
    rng = np.random.default_rng(seed)
    words = [f"w{i}" for i in range(count)]
    return words, rng.normal(size=(count, dimension)), rng


@given(st.integers(0, 2**31), st.integers(2, 8))
@settings(max_examples=40, deadline=None)
def test_what_must_not_change_weat_and_what_must(seed, size):
    words, matrix, rng = random_vectors(seed)
    sets = [words[i * 8 : i * 8 + size] for i in range(4)]
    result = weat(WordVectors(words, matrix), *sets)
    turn, _ = np.linalg.qr(rng.normal(size=(6, 6)))
    turned = weat(WordVectors(words, matrix @ turn), *sets)
    assert turned.effect_size == pytest.approx(result.effect_size, abs=1e-4), "rotating the space"
    x, y, a, b = sets
    vectors = WordVectors(words, matrix)
    assert weat(vectors, y, x, a, b).effect_size == pytest.approx(-result.effect_size, abs=1e-9), "swapping X and Y"
    assert weat(vectors, x, y, b, a).effect_size == pytest.approx(-result.effect_size, abs=1e-9), "swapping A and B"
    assert abs(result.effect_size) <= result.largest_possible + 1e-9
    assert 0 < result.p_value <= 1


def test_a_sampled_p_agrees_with_the_exact_one(glove_840, monkeypatch):
    test = weat_tests()[6]
    monkeypatch.setattr("core.words.bias.EXACT_UP_TO", 100)
    result = weat(glove_840, test.x, test.y, test.a, test.b, draws=40_000)
    assert not result.exact and result.p_value == pytest.approx(0.0157, abs=0.003)
    assert result.p_value == weat(glove_840, test.x, test.y, test.a, test.b, draws=40_000).p_value, "seeded"
    assert result.p_normal == pytest.approx(0.0174, abs=0.0002)


def test_small_sets_have_wide_intervals(glove_840):
    careers, mathematics = weat_tests()[5], weat_tests()[6]
    sure = uncertainty(glove_840, careers.x, careers.y, careers.a, careers.b)
    unsure = uncertainty(glove_840, mathematics.x, mathematics.y, mathematics.a, mathematics.b)
    assert not sure.interval.holds_zero and sure.interval.low > 1.6
    assert unsure.interval.holds_zero, "d = 1.06 with p = 0.016, and yet eight words do not settle it"
    assert 0.5 < unsure.null_95 < 1.5
    (_, least), (_, most) = unsure.without
    assert least <= unsure.interval.value <= most


def test_caliskans_occupations_against_their_shares(glove_840):
    test = weat_tests()[6]
    here = [item for item in us_2015(False) if item.word in glove_840 and item.word != "executive"]
    assert len(here) == 50
    shares = np.array([item.women_percent for item in here])
    words = tuple(item.word for item in here)
    result = compared(words, wefat(glove_840, words, test.b, test.a), shares)
    assert result.r.value == pytest.approx(0.903, abs=0.001)
    assert result.r.low < 0.903 < result.r.high
    axis = compare(glove_840, here, axis_of(glove_840, [("she", "he")]))
    assert axis.r.value == pytest.approx(0.86, abs=0.01)
    assert len(axis.outliers(3)) == 3
    assert axis.null[0] < -0.2 and 0.2 < axis.null[1] < axis.r.low, "no random direction does as well"
    assert axis.without_each().shape == (50,) and axis.without_each().min() > 0.8


def test_the_gender_axis_by_principal_component(glove_840):
    pairs = [
        ("woman", "man"),
        ("girl", "boy"),
        ("she", "he"),
        ("daughter", "son"),
        ("female", "male"),
        ("her", "his"),
        ("sister", "brother"),
    ]
    assert len(definitional_pairs()) == 10
    axis = axis_of(glove_840, pairs, "pca")
    assert axis.explained == pytest.approx(0.701, abs=0.01)
    words = [item.word for item in us_2015(False) if item.word in glove_840 and item.word != "executive"]
    inputs = BiasInputs(glove_840, words, direction=axis.direction)
    assert BY_KEY["direct"].value(inputs) == pytest.approx(0.0892, abs=0.001)
    places = dict(zip(words, along(glove_840, words, axis), strict=True))
    assert places["nurse"] == pytest.approx(0.312, abs=0.002)
    assert places["architect"] == pytest.approx(-0.179, abs=0.002)


@given(st.integers(0, 2**31), st.integers(1, 6), st.sampled_from(["mean", "pca"]))
@settings(max_examples=40, deadline=None)
def test_an_axis_is_oriented(seed, count, method):
    words, matrix, rng = random_vectors(seed)
    vectors = WordVectors(words, matrix)
    pairs = [(words[2 * i], words[2 * i + 1]) for i in range(count)]
    axis = axis_of(vectors, pairs, method)
    offsets = [vectors.unit(high) - vectors.unit(low) for high, low in pairs]
    assert axis.direction @ np.mean(offsets, axis=0) >= -1e-6, "towards the first word of the pairs"
    assert np.linalg.norm(axis.direction) == pytest.approx(1, abs=1e-5)
    turned = axis_of(vectors, [(low, high) for high, low in pairs], method)
    assert np.allclose(turned.direction, -axis.direction, atol=1e-5)
    assert 0 < axis.explained <= 1 + 1e-9


def test_an_axis_by_hand(five):
    axis = axis_of(five, [("woman", "man"), ("notaword", "man")])
    assert np.allclose(axis.direction, [-np.sqrt(0.5), np.sqrt(0.5)])
    assert axis.missing == (("notaword", "man"),) and (axis.low, axis.high) == ("man", "woman")
    assert along(five, ["queen", "woman", "king"], axis) == pytest.approx([0, np.sqrt(0.5), -2 / np.sqrt(20)], abs=1e-6)
    for pairs in ([("man", "man")], [("notaword", "man")], [], [("woman", "man"), ("man", "woman")]):
        with pytest.raises(UserError):
            axis_of(five, pairs)


def test_the_pairs_shares_sum_to_the_place_and_each_can_be_left_out(minilm):
    pairs = [("she", "he"), ("woman", "man"), ("her", "his"), ("girl", "boy")]
    axis = axis_of(minilm, pairs)
    words = ["nurse", "engineer", "table"]
    assert np.allclose(by_pair(minilm, words, axis).sum(axis=1), along(minilm, words, axis), atol=1e-5)
    left_out = without_each_pair(minilm, words, axis)
    assert left_out.shape == (4, 3)
    assert np.allclose(left_out[0], along(minilm, words, axis_of(minilm, pairs[1:])), atol=1e-6)
    assert without_each_pair(minilm, words, axis_of(minilm, pairs[:1])).shape == (0, 3)


def test_logistic_regression_agrees_with_sklearn():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(50, 20)), np.repeat([0, 1], 25)
    x[y == 1] += 0.4
    theirs = LogisticRegression(C=1.0, tol=1e-10, max_iter=1000).fit(x, y)
    weights, height = logistic_regression(x, y.astype(float))
    assert np.allclose(weights, theirs.coef_[0], atol=1e-4) and height == pytest.approx(theirs.intercept_[0], abs=1e-4)


def test_statistics_agree_with_scipy():
    from scipy import stats

    rng = np.random.default_rng(2)
    x, y = rng.integers(0, 9, 40).astype(float), rng.normal(size=40)
    assert pearson(x, y) == pytest.approx(stats.pearsonr(x, y)[0])
    assert spearman(x, y) == pytest.approx(stats.spearmanr(x, y)[0])
    assert np.allclose(ranks(x), stats.rankdata(x))
    assert ranks(np.array([10, 30, 10])).tolist() == [1.5, 3, 1.5]
    r = correlation(x, x + y)
    assert r.low < r.value < r.high
    mean = bootstrap(lambda rows: float(y[rows].mean()), 40)
    assert mean.low == pytest.approx(y.mean() - 1.96 * y.std() / np.sqrt(40), abs=0.06)


def test_holms_correction_by_hand():
    """Four p-values, smallest first: times 4, 3, 2 and 1, and never smaller than the one before."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]).tolist() == [1.0, 1.0] and holm([0.02]).tolist() == [0.02] and len(holm([])) == 0


def test_an_effect_size_of_equal_words_is_zero():
    assert effect_size(np.ones(3), np.ones(3)) == 0


def test_ones_own_shares():
    found = read_shares("word,women\nnurse,90\nengineer;12\n".replace(";", ",") + "teacher,71 %\n\npilot,9.4\n")
    assert found == (
        Occupation("nurse", 90.0),
        Occupation("engineer", 12.0),
        Occupation("teacher", 71.0),
        Occupation("pilot", 9.4),
    )
    assert read_shares("nurse\t90\na\t1\nb\t2,5\nc\t3")[2].women_percent == 2.5
    for text, says in (
        ("nurse,90\nengineer,twelve\n", "Line 2"),
        ("a,1\nb,2\nc,300\nd,4", "Line 3"),
        ("", "0 rows"),
        ("\x00\x01\x02", "0 rows|Line"),
        ("word " * 20_000, "rows|Line"),
    ):
        with pytest.raises(UserError, match=says):
            read_shares(text)


def test_occupations_need_four_words(five):
    with pytest.raises(UserError, match="Only 0"):
        compare(five, us_2015(), axis_of(five, [("woman", "man")]))


@pytest.mark.parametrize("number", [4, 5, 6, 8, 10])
def test_labels_of_an_association_test_keep_clear_of_each_other(glove, number):
    """On one height no label, about 7 pixels a letter in a picture 760 wide, reaches the next word's dot."""
    test = weat_tests()[number - 1]
    result = weat(glove, test.x, test.y, test.a, test.b)
    groups = [test.x_name] * result.size_x + [test.y_name] * result.size_y
    figure = associations(
        list(result.associations),
        list(result.associations.values()),
        groups,
        (test.x_name, test.y_name),
        (test.a_name, test.b_name),
        "title",
    )
    low, high = figure.layout.xaxis.range
    placed = [
        (float(y), float(x), text)
        for trace in figure.data
        if trace.text is not None
        for x, y, text in zip(trace.x, trace.y, trace.text, strict=True)
    ]
    assert len(placed) == result.size_x + result.size_y
    ordered = sorted(placed)
    for (y, x, text), (next_y, next_x, _) in zip(ordered, ordered[1:], strict=False):
        if abs(y - next_y) < 1e-6:
            assert x + (14 + 7 * len(text)) * (high - low) / 760 <= next_x, text


def test_no_label_of_a_pair_meets_the_line_of_another(glove):
    background = random_cosines(glove, 5_000)
    scores = [score(glove, "raise", word, background) for word in ("risen", "above", "below", "shine", "linux")]
    said = [note for note in pair_among_random(scores, background, "title").layout.annotations][: len(scores)]
    by_place = sorted(said, key=lambda note: note.x)
    assert [note.y for note in by_place] == sorted((note.y for note in said), reverse=True), "lines fall to the right"
    assert len({note.y for note in said}) == len(said)
