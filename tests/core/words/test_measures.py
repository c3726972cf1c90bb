"""Each measure of bias through its entry in MEASURES: by hand, where bias moves it, against published numbers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from core.errors import UserError
from core.words.axis import axis_of
from core.words.bias_measure import BiasInputs, Measure, RandomGroups, RandomLists, RandomWords, unit
from core.words.bias_report import bias_report, inputs_of, measured
from core.words.lists import weat_tests
from core.words.measures import MEASURES, mean, similar_pairs
from core.words.occupations import us_2015
from core.words.statistics import SEED
from core.words.vectors import WordVectors

BY_KEY = {measure.key: measure for measure in MEASURES}
FLAT = WordVectors(
    ["x", "y", "-x", "m", "w", "v"],
    np.array([[2, 0, 0], [0, 2, 0], [-1, 0, 0], [1, 1, 0], [3, 4, 0], [4, 3, 0]], float),
)
X, Z = np.array([1.0, 0, 0]), np.array([0, 0, 1.0])
VALENCE = {"pleasant": ["x"], "unpleasant": ["-x"]}


def value(key: str, targets: list, **inputs) -> float:
    return BY_KEY[key].value(BiasInputs(FLAT, **inputs), targets)


def by_hand(*probabilities: float) -> float:
    """The divergence from equal shares of two probabilities, written out."""
    p, q = (one / sum(probabilities) for one in probabilities)
    return p * math.log(2 * p) + q * math.log(2 * q)


@pytest.mark.parametrize(
    "key, targets, inputs, expected",
    [
        ("direct", ["x", "y"], {"direction": X}, (1 + 0) / 2),
        ("direct", ["w", "-x"], {"direction": X}, (0.6 + 1) / 2),
        # Without the first coordinate both are (0, 1): cosine 1.
        ("indirect", [("w", "v")], {"direction": X}, (0.96 - 1) / 0.96),
        # x is nothing but the direction: without it no cosine is left, so all of 0.6 comes from it.
        ("indirect", [("x", "w")], {"direction": X}, 1),
        ("indirect", [("x", "w"), ("x", "y")], {"direction": X}, (1 + 0) / 2),  # a cosine of 0 has no share
        ("ripa", ["w"], {"pair": ("x", "y")}, abs(3 - 4) / math.sqrt(2)),
        ("ripa", ["w", "x"], {"pair": ("x", "y")}, (1 + 2) / 2 / math.sqrt(2)),  # unnormalized: x has length 2
        # |w - x|^2 = 0.16 + 0.64, |w - y|^2 = 0.36 + 0.04; of x itself: 0 - sqrt(2)
        ("rnd", ["w"], {"female": ["x"], "male": ["y"]}, math.sqrt(0.8) - math.sqrt(0.4)),
        ("rnd", ["w", "x"], {"female": ["x"], "male": ["y"]}, math.sqrt(0.8) - math.sqrt(0.4) - math.sqrt(2)),
        ("mac", ["w"], {"female": ["x"], "male": ["y"]}, 1 - (0.6 + 0.8) / 2),
        ("mac", ["w", "x"], {"female": ["x"], "male": ["y", "v"]}, 1 - (0.6 + 0.8 + 0.96 + 1 + 0 + 0.8) / 6),
        ("ect", ["w", "v", "x"], {"female": ["x"], "male": ["y"]}, -1),  # towards x: w, v, x; towards y: x, v, w
        ("ect", ["w", "v", "x"], {"female": ["x"], "male": ["v"]}, 1 - 6 * (1 + 1 + 4) / (3 * 8)),  # towards v: x, w, v
    ],
)
def test_by_hand(key, targets, inputs, expected):
    assert value(key, targets, **inputs) == pytest.approx(expected, abs=1e-6)


def test_rnsb_by_hand():
    """One pleasant word at x = 1, one unpleasant at x = -1: the weight is -m, where m = 2 / (1 + e^m) minimises
    2 log(1 + e^-m) + m^2 / 2, and the intercept is 0."""
    m = 0.6
    for _ in range(200):
        m = 0.5 * m + 1 / (1 + math.exp(m))
    pleasant, unpleasant, neither = 1 / (1 + math.exp(m)), 1 / (1 + math.exp(-m)), 0.5
    assert value("rnsb", ["x", "-x"], **VALENCE) == pytest.approx(by_hand(pleasant, unpleasant), abs=1e-6)
    assert value("rnsb", ["-x", "y"], **VALENCE) == pytest.approx(by_hand(unpleasant, neither), abs=1e-6)
    assert by_hand(pleasant, neither) != pytest.approx(by_hand(unpleasant, neither), abs=1e-3), "which end is which"


UNBIASED_AND_BIASED = {
    "direct": ((["y"], {"direction": X}), (["w"], {"direction": X})),
    "indirect": (([("w", "v")], {"direction": Z}), ([("w", "v")], {"direction": X})),
    "ripa": ((["m"], {"pair": ("x", "y")}), (["x"], {"pair": ("x", "y")})),
    "rnd": ((["m"], {"female": ["x"], "male": ["y"]}), (["w"], {"female": ["x"], "male": ["y"]})),
    "mac": ((["y"], {"female": ["x"], "male": ["x"]}), (["w"], {"female": ["x"], "male": ["x"]})),
    "ect": ((["x", "w", "y"], {"female": ["x"], "male": ["x"]}), (["x", "w", "y"], {"female": ["x"], "male": ["y"]})),
    "rnsb": ((["y", "y"], VALENCE), (["x", "-x"], VALENCE)),
}
"""By measure: targets and words without bias, and with it."""


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.key)
def test_the_unbiased_value_and_where_bias_moves_it(measure):
    without, biased = (value(measure.key, targets, **inputs) for targets, inputs in UNBIASED_AND_BIASED[measure.key])
    assert without == pytest.approx(measure.unbiased if measure.unbiased is not None else 0, abs=1e-6)
    moved = {"higher": biased > without, "lower": biased < without, "either way": biased != without}
    assert moved[measure.direction] and abs(biased - without) > 0.02


def test_direct_bias_and_its_null_distribution(glove_840):
    words = [item.word for item in us_2015(False) if item.word in glove_840 and item.word != "executive"]
    inputs = BiasInputs(glove_840, words, direction=axis_of(glove_840, [("she", "he")], unit=False).direction)
    direct = BY_KEY["direct"]
    assert direct.value(inputs) == pytest.approx(0.0917, abs=0.0005)
    random = np.random.default_rng(SEED).normal(size=(2000, glove_840.dimension))
    null = np.array([direct.value(replace(inputs, direction=unit(one))) for one in random])
    assert null.mean() == pytest.approx(0.046, abs=0.001)
    assert np.percentile(null, 95) == pytest.approx(0.0739, abs=0.004)


def test_null_distributions_of_random_groups_and_lists(glove):
    """Groups, pair and direction are drawn, as many as there were; lists take the place of the occupations."""
    occupations = [item.word for item in us_2015()]
    inputs = inputs_of(glove, occupations, None, None, np.random.default_rng(SEED))
    drawn = RandomGroups(60).values(BY_KEY["rnd"], inputs, occupations, np.random.default_rng(1))
    assert len(set(drawn.round(9))) == 60 and abs(np.median(drawn)) < abs(drawn).max()
    direct = RandomGroups(60).values(BY_KEY["direct"], inputs, occupations, np.random.default_rng(1))
    assert len(set(direct.round(9))) == 60, "the direction is drawn, too"
    lists = RandomLists(20).values(BY_KEY["indirect"], inputs, [], np.random.default_rng(1))
    assert len(set(lists.round(9))) == 20


def test_a_null_distribution_of_random_words_by_hand():
    """From a pool of w (0.6 along x) and x (1): the mean of two is 0.6, 0.8 or 1, in the shares 1, 2, 1."""
    inputs = BiasInputs(FLAT, direction=X, pool=["w", "x"])
    null = RandomWords(4000).values(BY_KEY["direct"], inputs, ["y", "y"], np.random.default_rng(3))
    found, counts = np.unique(null.round(6), return_counts=True)
    assert found == pytest.approx([0.6, 0.8, 1]) and counts / 4000 == pytest.approx([0.25, 0.5, 0.25], abs=0.03)


def test_the_report_has_every_measure_with_interval_null_and_leave_one_out(glove):
    occupations = [item.word for item in us_2015()]
    report = bias_report(glove, occupations)
    assert [item.measure for item in report] == list(MEASURES)
    inputs = inputs_of(glove, occupations, None, None, np.random.default_rng(SEED))
    for item in report:
        assert item.value == pytest.approx(item.measure.value(inputs), rel=1e-9), "what is tested above is reported"
        assert item.interval.low <= item.value <= item.interval.high
        assert item.without[0] <= item.value <= item.without[1]
        assert item.null[0] <= item.null[1] <= item.null[2]
        assert item.verdict.among == 7 and item.test.side == item.measure.side
        beyond = item.value < item.null[0] or item.value > item.null[2]
        assert beyond or not item.verdict.is_finding, "a finding is outside the band that is drawn"
    findings = {item.measure.key for item in report if item.verdict.is_finding}
    assert findings == {"mac"}, "GloVe 6B 50d: occupations are nearer to words for people than random words are"
    values = {item.measure.key: item.value for item in report}
    shown = {"direct": 0.11822, "indirect": -0.02410, "ripa": 0.57778, "rnd": 2.32291, "mac": 0.67972, "ect": 0.83791}
    assert values == pytest.approx(shown | {"rnsb": 0.00327}, abs=5e-6)
    assert {item.measure.key: item.targets for item in report} == dict.fromkeys(values, 70) | {
        "indirect": 1976,
        "rnsb": 16,
    }


POOL = ("x", "y", "w", "v")


def test_leave_one_out_by_hand():
    """|cos| of x, y and w with x: 1, 0, 0.6. Without x 0.3, without y 0.8, without w 0.5."""
    found = measured(
        BY_KEY["direct"], BiasInputs(FLAT, ["x", "y", "w"], direction=X, pool=POOL), np.random.default_rng(0)
    )
    assert found.without == pytest.approx((0.3, 0.8)) and found.value == pytest.approx(1.6 / 3)
    with pytest.raises(UserError, match="Direct bias has only 2"):
        measured(BY_KEY["direct"], BiasInputs(FLAT, ["x", "y"], direction=X, pool=POOL), np.random.default_rng(0))


def test_too_few_words_get_a_sentence(five):
    with pytest.raises(UserError, match="Too few occupations"):
        bias_report(five, [item.word for item in us_2015()])


def test_other_words_for_women_and_men_change_the_report(glove):
    occupations = [item.word for item in us_2015()]
    test = weat_tests()[6]
    same, other = (bias_report(glove, occupations, women, men) for women, men in ((test.b, test.a), (test.a, test.b)))
    values = [{item.measure.key: item.value for item in report} for report in (same, other)]
    assert values[0]["rnd"] == pytest.approx(-values[1]["rnd"]), "swapping the groups turns its sign"


def test_a_measure_is_described_whole():
    assert len(BY_KEY) == len(MEASURES)
    for measure in MEASURES:
        assert isinstance(measure, Measure) and measure.title and measure.formula and measure.source
        for null in (measure.null, measure.groups):
            assert null is None or (null.draws >= 400 and null.description.startswith("random"))
        least = 2 * 7 / (1 + measure.null.draws) if measure.side == "two-sided" else 7 / (1 + measure.null.draws)
        assert least <= 0.05, "so few draws could never be a finding among seven"
        assert mean(np.array([1.0, 3.0])) == 2


def test_the_pairs_that_are_similar_and_all_pairs_where_fewer_than_three_are():
    vectors = WordVectors(["a", "b", "c"], np.array([[1, 0], [0, 1], [0.9, 0.1]], np.float32))
    assert similar_pairs(BiasInputs(vectors, ["a", "b", "c"])) == [("a", "b"), ("a", "c"), ("b", "c")], "one is similar"
    close = WordVectors(["a", "b", "c", "d"], np.array([[1, 0], [0.9, 0.1], [0.8, 0.2], [-1, 0]], np.float32))
    assert similar_pairs(BiasInputs(close, ["a", "b", "c", "d"])) == [("a", "b"), ("a", "c"), ("b", "c")]
    two = WordVectors(["a", "b", "c"], np.array([[1, 0, 0], [0.7, 0.7, 0], [0, 0.7, 0.7]], np.float32))
    assert similar_pairs(BiasInputs(two, ["a", "b", "c"])) == [("a", "b"), ("a", "c"), ("b", "c")], "two are too few"


def test_measures_of_lists_with_too_few_words_are_not_testable(minilm):
    report = {item.measure.key: item for item in bias_report(minilm, [item.word for item in us_2015()])}
    assert report["direct"].verdict.label == "not testable: 55 of 70 occupations in the vocabulary"
    assert report["rnsb"].verdict.is_testable, "it needs no occupations"
