"""Debiasing by hand, and the check that shows what it leaves."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import UnreadableFile, UserError
from core.words.axis import along, axis_from_text
from core.words.benchmark import agreement, read_pairs
from core.words.debias import equalise, flat, lipstick, neutralise, purity
from core.words.lists import definitional_pairs
from core.words.occupations import us_2015


def test_neutralise_by_hand():
    assert np.allclose(neutralise(np.array([[0.6, 0.8]]), np.array([1, 0])), [[0, 1]])


def test_equalise_by_hand():
    high, low = equalise(np.array([0.8, 0.6]), np.array([0, 1.0]), np.array([1.0, 0]))
    assert np.allclose(high, [0.6, 0.8]) and np.allclose(low, [-0.6, 0.8])
    low, high = equalise(np.array([0, 1.0]), np.array([0.8, 0.6]), np.array([1.0, 0]))
    assert np.allclose(high, [0.6, 0.8]), "whichever comes first"


def test_purity_of_two_clouds_and_of_one():
    rng = np.random.default_rng(1)
    kinds = np.repeat([False, True], 50)
    clouds = rng.normal(size=(100, 10))
    assert purity(clouds, rng.permutation(kinds)) < 0.65
    clouds[kinds] += 6
    assert purity(clouds, kinds) == 1
    assert purity(clouds[:, :3], kinds) == 1


def test_purity_agrees_with_sklearn(minilm):
    from sklearn.cluster import KMeans

    found = lipstick(minilm, definitional_pairs(), [item.word for item in us_2015()], 100)
    kinds = found.bias > 0
    group = KMeans(2, n_init=10, random_state=0).fit_predict(found.after)
    agree = float((group == kinds).mean())
    assert found.clusters_after == pytest.approx(max(agree, 1 - agree), abs=0.04)


def test_the_bias_is_out_of_sight_and_not_gone(minilm):
    found = lipstick(minilm, definitional_pairs(), [item.word for item in us_2015()])
    assert len(found.words) == 500 and (found.bias > 0).sum() == 250
    assert np.abs(found.after @ found.axis.direction).max() < 1e-5, "nothing is left along the direction"
    assert found.clusters_before > 0.9
    assert found.clusters_after > 0.6, "and yet the groups can be separated"
    assert found.neighbours_after > 0.2
    even = found.pair_projections[:, 1]
    assert np.allclose(even[::2], -even[1::2], atol=1e-9) and (even[::2] > 0).all(), "pairs are symmetric"
    assert flat(found.after).shape == flat(found.before, found.axis.direction).shape == (500, 2)


def test_too_few_words(five):
    with pytest.raises(UserError):
        lipstick(five, [("woman", "man")], ["king", "queen"])


def test_an_axis_as_a_person_writes_it(five, minilm):
    axis = axis_from_text(five, "woman - man, queen - king")
    assert axis.pairs == (("woman", "man"), ("queen", "king")) and axis.low == "man, king"
    one = axis_from_text(five, "king - man + woman")
    assert one.high == "king - man + woman" and np.linalg.norm(one.direction) == pytest.approx(1)
    assert along(minilm, ["huge"], axis_from_text(minilm, "big - small"))[0] > 0.05
    for text in ("", " , ", "woman - woman", "king, queen", "king -", "x" * 100_000, "king - man + woman, she - he"):
        with pytest.raises(UserError):
            axis_from_text(five, text)


def test_wordsim_and_simlex(minilm):
    assert agreement(minilm, "WordSim353").rho.value == pytest.approx(0.776, abs=0.003)
    similar = agreement(minilm, "SimLex999")
    assert similar.rho.value == pytest.approx(0.490, abs=0.003)
    assert similar.rho.low < similar.rho.value < similar.rho.high and similar.pairs <= similar.asked == 999


def test_pairs_that_are_malformed(tmp_path, five):
    path = tmp_path / "pairs.tsv"
    path.write_text("# a list\nword 1\tword 2\tscore\nman\twoman\t3\nking\tqueen\n")
    with pytest.raises(UnreadableFile, match="Line 4"):
        read_pairs(path)
    with pytest.raises(UserError):
        agreement(five, "SimLex999")


def test_labels_of_the_lipstick_picture_do_not_touch(minilm):
    """Neither each other nor, as far as their width can be told without a browser, the names of the two groups."""
    from core.figures import words as figures

    found = lipstick(minilm, definitional_pairs(), [item.word for item in us_2015()])
    for points in (found.picture_before, found.picture_after, found.picture_check):
        figure = figures.two_kinds(points, found.bias > 0, found.words, ("he", "she"), "title", "across")
        (left, right), (low, high) = figure.layout.xaxis.range, figure.layout.yaxis.range
        boxes = []
        for label in figure.layout.annotations:
            text = label.text.replace("<b>", "").replace("</b>", "")
            at = ((label.x - left) / (right - left) * 800, (label.y - low) / (high - low) * 320)
            boxes.append(
                figures._box(at, text, label.font.size, label.xshift or 0, label.yshift or 0, label.xanchor or "center")
            )
        assert len(boxes) >= 10
        touching = [
            (i, j)
            for i in range(len(boxes))
            for j in range(i)
            if boxes[i][0] < boxes[j][2]
            and boxes[j][0] < boxes[i][2]
            and boxes[i][1] < boxes[j][3]
            and boxes[j][1] < boxes[i][3]
        ]
        assert not touching
