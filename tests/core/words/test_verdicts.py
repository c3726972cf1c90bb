"""Verdicts: by hand, on the cases that were once judged wrongly, and how often chance is called a finding."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.words.axis import axis_of
from core.words.bias import weat
from core.words.lists import LANGUAGES, WeatTest, definitional_pairs, weat_tests, weat_tests_in
from core.words.occupations import compare, us_2015
from core.words.pairs import judge_pairs, random_cosines, score
from core.words.position_verdicts import judge_positions, judge_two_axes
from core.words.random_axes import random_axes
from core.words.statistics import pearson, permuted_correlations
from core.words.vectors import WordVectors
from core.words.verdicts import (
    Coverage,
    Test,
    cohens_h,
    coverage,
    effect_words,
    judge,
    null_interval,
    p_from_null,
    p_text,
    wider,
)
from core.words.weat_suite import all_tests, run_test
from tests.support.chance import findings_on_random_axes, findings_on_random_lists, findings_on_random_weat_lists


def test_p_from_a_null_by_hand():
    null = np.array([1.0, 2, 3, 4])
    assert p_from_null(3, null, "greater", exact=True) == 0.5 and p_from_null(3, null, "less", exact=True) == 0.75
    assert p_from_null(3, null, exact=True) == 1 and p_from_null(4, null, exact=True) == 0.5
    assert p_from_null(9, null, "greater") == pytest.approx(1 / 5), "a drawn null counts the value itself"
    assert np.isnan(p_from_null(float("nan"), null)) and np.isnan(p_from_null(1, np.array([np.nan])))


def test_holm_runs_over_the_tests_that_can_be_tested():
    few = [Coverage("flowers", 9, 25)]
    one, two, three = judge([Test(1, 0.02), Test(1, 0.04), Test(1, 0.001, coverage=few)])
    assert (one.p_corrected, two.p_corrected, one.among) == (0.04, 0.04, 2) and one.is_finding and two.is_finding
    assert three.state == "not testable" and three.label == "not testable: 9 of 25 flowers in the vocabulary"
    first, second = judge([Test(1, 0.02), Test(1, 0.06)])
    assert first.is_finding and not second.is_finding and second.words == "no finding; p = 0.06, corrected p = 0.06"
    (alone,) = judge([Test(1.08, 0.00001, effect="d")])
    assert alone.words == "finding (large); p < 0.0001"
    assert judge([]).findings == 0 and judge([Test(float("nan"), 0.01)])[0].state == "not testable"


def test_a_reversed_effect_is_no_finding_and_is_called_reversed():
    (verdict,) = judge([Test(-1.2, 0.99, side="greater", p_reversed=0.01, effect="d")])
    assert verdict.reversed and verdict.label == "no finding: reversed (large)"
    (not_so,) = judge([Test(-0.2, 0.7, side="greater", p_reversed=0.3, effect="d")])
    assert not not_so.reversed and not_so.label == "no finding (small)"


@pytest.mark.parametrize(
    "kind, value, word",
    [
        ("d", 1.08, "large"),
        ("d", 0.79, "medium"),
        ("d", -0.2, "small"),
        ("r", 0.05, "negligible"),
        ("r", -0.5, "large"),
    ],
)
def test_effect_sizes_in_cohens_words(kind, value, word):
    assert effect_words(kind, value) == word


def test_small_numbers_by_hand():
    assert cohens_h(0.9) == pytest.approx(0.9273, abs=1e-4) and cohens_h(0.5) == 0
    assert p_text(0.00001) == "p < 0.0001" and p_text(0.0234) == "p = 0.023"
    assert wider((-1, 2), (-3, 1)) == (-3, 2)
    assert null_interval(np.arange(101.0)) == (2.5, 97.5) and null_interval(np.arange(101.0), "greater") == (5, 95)


@given(st.integers(0, 60), st.integers(1, 60))
@settings(deadline=None)
def test_coverage_is_enough_from_80_percent_on(found, asked):
    assert Coverage("words", found, asked).is_enough == (5 * found >= 4 * asked)


def test_coverage_counts_a_word_once_and_in_any_case(five):
    (one,) = coverage(five, {"people": ["man", "MAN", "man", "zzz", "Woman"]})
    assert (one.found, one.asked, one.missing) == (3, 4, ("zzz",)) and str(one) == "3 of 4 people"


def test_permuted_correlations_are_exact_up_to_seven():
    x, y = np.array([1.0, 2, 3, 4]), np.array([1.0, 3, 2, 4])
    null, exact = permuted_correlations(x, y)
    assert exact and len(null) == 24 and null.max() == pytest.approx(1) and np.isclose(null, pearson(x, y)).any()
    assert p_from_null(1.0, permuted_correlations(x, x)[0], "greater", exact=True) == pytest.approx(1 / 24)
    many, exact = permuted_correlations(np.arange(30.0), np.arange(30.0) ** 2)
    assert not exact and len(many) == 2000 and abs(many.mean()) < 0.02


# ---------------------------------------------------------------- WEAT


def test_the_ten_tests_keep_the_papers_verdicts_on_glove_840b(glove_840):
    """All ten are significant in the paper, and large."""
    outcomes = all_tests(glove_840)
    assert [item.verdict.state for item in outcomes] == ["finding"] * 10
    assert all(item.verdict.among == 10 and item.verdict.effect == "large" for item in outcomes)
    corrected = [item.verdict.p_corrected for item in outcomes]
    assert max(corrected) == pytest.approx(4 * 0.00433, rel=0.01), "the fourth largest p, of test 9, times four"
    for item in outcomes:
        assert item.result.effect_size > item.result.null[1], "outside the band that is drawn"


def test_flowers_and_insects_are_a_finding_whatever_random_words_reach(glove):
    """d = 1.17 was once “hardly told apart”, because its interval was held against the |d| of random words."""
    first = all_tests(glove)[0]
    assert first.result.effect_size == pytest.approx(1.168, abs=0.001) and first.verdict.is_finding
    assert first.verdict.effect == "large" and first.verdict.p < 1e-4


def test_lists_with_too_few_words_are_not_testable_and_no_control(glove):
    """As on vectors that hold 3 of 25 instruments: such a test says nothing, and is no control."""
    control = weat_tests()[1]
    lost = set(control.x) - {"cello", "guitar", "trumpet"}
    few = [word for word in glove.words if word not in lost]
    rows = [glove.row(word) for word in few]
    outcome = run_test(WordVectors(few, glove.matrix[rows]), control)
    assert outcome.verdict.state == "not testable" and "3 of 25 instruments" in outcome.verdict.reason
    assert outcome.result is not None, "what is there is still measured, for the picture of one test"


def test_an_effect_against_the_order_of_the_lists_is_reversed(glove):
    test = weat_tests()[0]
    turned = WeatTest(0, "turned", test.y_name, test.y, test.x_name, test.x, "pleasant", test.a, "unpleasant", test.b)
    outcome = run_test(glove, turned)
    assert outcome.result.effect_size < -1 and not outcome.verdict.is_finding and outcome.verdict.reversed


def test_the_null_band_of_weat_ends_where_p_is_5_percent(glove_840):
    for number in (5, 6, 9):
        test = weat_tests()[number]
        result = weat(glove_840, test.x, test.y, test.a, test.b)
        assert (result.effect_size > result.null[1]) == (result.p_value < 0.05)
        assert result.null[0] == pytest.approx(-result.null[1], abs=0.05) and result.p_reversed > 0.95


def test_lists_in_other_languages_are_whole_and_used_where_the_vocabulary_has_them(five):
    for language in LANGUAGES:
        tests = weat_tests_in(language)
        assert [test.number for test in tests] == (list(range(1, 11)) if language == "en" else [1, 2, 6])
        for test in tests:
            assert len(test.x) == len(test.y) == len(set(test.x)) and not set(test.x) & set(test.y), test.title
            assert len(set(test.a)) == len(test.a) and not set(test.a) & set(test.b)
    german = weat_tests_in("de")[0]
    words = [word.lower() for side in (german.x, german.y, german.a, german.b) for word in side]
    rng = np.random.default_rng(2)
    made = run_test(WordVectors(words, rng.normal(size=(len(words), 8))), german)
    assert made.verdict.is_testable and made.missing == 0, "nouns in capitals are found in lower case"
    assert not run_test(five, german).verdict.is_testable


# ---------------------------------------------------------------- axes


def test_a_control_axis_is_no_finding(glove, minilm):
    """Summer - winter: r = 0.35 with MiniLM is within what random axes give, though the interval is above 0."""
    result = compare(glove, us_2015(), axis_of(glove, [("summer", "winter")]))
    assert result.verdict.state == "no finding"
    here = [item for item in us_2015() if item.word in minilm]
    r = compare(minilm, here, axis_of(minilm, [("summer", "winter")]))
    assert r.r.value == pytest.approx(0.35, abs=0.01) and r.r.low > 0 and r.verdict.state == "no finding"
    she = compare(minilm, here, axis_of(minilm, [("she", "he")]))
    assert she.r.value == pytest.approx(0.75, abs=0.01) and she.verdict.is_finding and she.verdict.effect == "large"


def test_occupations_with_too_few_words_are_not_testable(minilm):
    verdict = compare(minilm, us_2015(), axis_of(minilm, [("she", "he")])).verdict
    assert verdict.label == "not testable: 55 of 70 occupations in the vocabulary"


def test_a_finding_is_outside_both_null_distributions(glove):
    result = compare(glove, us_2015(), axis_of(glove, definitional_pairs()))
    assert result.verdict.is_finding and result.r.value > max(result.null_axes[1], result.null_orders[1])
    assert result.null == wider(result.null_axes, result.null_orders)


@pytest.mark.parametrize("method, count", [("mean", 1), ("mean", 4), ("pca", 4)])
def test_random_axes_are_made_in_the_same_way(glove, method, count):
    axis = axis_of(glove, definitional_pairs()[:count], method)
    drawn = random_axes(glove, axis, 300)
    assert drawn.shape == (300, 50) and np.allclose(np.linalg.norm(drawn, axis=1), 1, atol=1e-4)
    assert np.array_equal(drawn, random_axes(glove, axis, 300)), "seeded"
    assert np.abs((drawn @ drawn.T) - np.eye(300)).max() < 0.999, "all different"


def test_a_random_principal_component_is_that_of_its_offsets():
    from core.words.random_axes import _first_components

    offsets = np.random.default_rng(3).normal(size=(5, 4, 7)).astype(np.float32)
    for found, own in zip(_first_components(offsets), offsets, strict=True):
        first = np.linalg.svd(own, full_matrices=False)[2][0]
        assert abs(found @ first) / np.linalg.norm(found) == pytest.approx(1, abs=1e-4)
        assert found @ own.mean(axis=0) >= 0, "oriented along the mean"


def test_words_on_an_axis_are_judged_against_random_words_and_axes(glove):
    axis = axis_of(glove, [("queen", "king"), ("woman", "man"), ("she", "he"), ("girl", "boy")])
    found = judge_positions(glove, ["actress", "table", "green"], axis)
    assert [one.is_finding for one in found.verdicts] == [True, False, False] and found.verdicts[0].among == 3
    assert found.band[0] < 0 < found.band[1] and found.nulls.shape == (3, 2)
    assert (found.nulls[:, 0] <= found.band[0]).all() and (found.nulls[:, 1] >= found.band[1]).all()


def test_two_axes_of_one_thing_are_a_finding_and_of_two_things_none(glove):
    words = [item.word for item in us_2015() if item.word in glove]
    gender = axis_of(glove, [("she", "he"), ("woman", "man")])
    r, verdict = judge_two_axes(glove, words, gender, axis_of(glove, [("her", "his"), ("girl", "boy")]))
    assert r > 0.6 and verdict.is_finding
    _, apart = judge_two_axes(glove, words, gender, axis_of(glove, [("summer", "winter")]))
    assert not apart.is_finding


# ---------------------------------------------------------------- how often chance is a finding (in full: benchmarks)


def test_random_axes_are_rarely_called_a_finding(glove):
    assert findings_on_random_axes(glove, 200) <= 0.085, "5 %, with 200 draws"


def test_random_word_lists_are_rarely_called_a_finding(glove):
    assert findings_on_random_lists(glove, 200) <= 0.085
    assert findings_on_random_weat_lists(glove, 200) <= 0.085


def test_pairs_are_judged_against_random_pairs(glove):
    background = random_cosines(glove)
    scores = [score(glove, "king", word, background) for word in ("queen", "table", "nonetheless")]
    verdicts = judge_pairs(scores, background)
    assert [one.is_finding for one in verdicts] == [True, False, False]
    assert verdicts[0].p == pytest.approx(1 - scores[0].percentile / 100, abs=2e-5)
    rng = np.random.default_rng(77)
    words = [(glove.words[i], glove.words[j]) for i, j in rng.integers(0, len(glove), (300, 2))]
    alone = [judge_pairs([score(glove, a, b, background)], background)[0].is_finding for a, b in words]
    assert np.mean(alone) <= 0.08, "random pairs are rarely a finding"
