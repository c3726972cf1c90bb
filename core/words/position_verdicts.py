"""Verdicts on words on an axis: is a word farther out than random words are, and farther than random axes put it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.words.axis import Axis, along
from core.words.dtypes import Float32, Float64
from core.words.occupations import correlation_test
from core.words.random_axes import DRAWS, POOL, random_axes
from core.words.statistics import SEED, pearson
from core.words.vectors import WordVectors
from core.words.verdicts import Coverage, Test, Verdict, Verdicts, judge, null_interval, p_from_null, wider


@dataclass(frozen=True, eq=False)
class Positions:
    """The verdicts on words on one axis (N), and the middle 95 % of the projections of random words (`band`).

    `nulls` (N, 2) is what each word's projection must leave: the random words' interval and its own on random axes.
    """

    verdicts: Verdicts
    band: tuple[float, float]
    nulls: Float64


def judge_positions(
    vectors: WordVectors, words: Sequence[str], axis: Axis, draws: int = DRAWS, seed: int = SEED
) -> Positions:
    """Whether each word's projection on the axis is more than chance, with Holm's correction over the words.

    Two null distributions: the projections of random words of the vocabulary on this axis, and the word's own on random
    axes of the same kind. p is the larger of the two, two-sided.

    Raises:
        UnknownWord: a word is not in the vocabulary.
    """
    projections = along(vectors, words, axis)
    rng = np.random.default_rng(seed)
    pool = np.flatnonzero(vectors.inverse_lengths[:POOL] > 0)
    random_words = vectors.units(rng.choice(pool, min(draws, len(pool)), replace=False)) @ axis.direction
    on_axes: Float32 = vectors.units([vectors.row(word) for word in words]) @ random_axes(vectors, axis, draws, seed).T
    band = null_interval(random_words)
    tests, nulls = [], []
    for projection, null in zip(map(float, projections), on_axes, strict=True):
        p = max(p_from_null(projection, random_words), p_from_null(projection, null))
        nulls.append(wider(band, null_interval(null)))
        tests.append(Test(projection, p, nulls[-1]))
    return Positions(judge(tests), band, np.array(nulls, float).reshape(-1, 2))


def judge_two_axes(
    vectors: WordVectors, words: Sequence[str], axis: Axis, second: Axis, asked: Sequence[Coverage] = ()
) -> tuple[float, Verdict]:
    """(Pearson's r between the words' projections on two axes, the verdict on it).

    The null distributions are random axes in place of the second, and the words in other orders.

    Raises:
        UnknownWord: a word is not in the vocabulary.
    """
    x, y = along(vectors, words, axis), along(vectors, words, second)
    test, *_ = correlation_test(vectors, words, np.asarray(x, float), second, np.asarray(y, float), asked)
    return pearson(x, y), judge([test])[0]
