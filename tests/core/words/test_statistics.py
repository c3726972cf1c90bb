"""The small statistics of the words page, by hand and against numpy."""

from __future__ import annotations

import numpy as np
import pytest

from core.words.statistics import Interval, line


def test_the_least_squares_line_by_hand_and_as_numpy_has_it():
    x, y = np.array([1.0, 2.0, 3.0, 6.0]), np.array([2.0, 3.0, 5.0, 4.0])
    # Means 3 and 3.5; sum of (x - 3)(y - 3.5) = 3 + 0.5 + 0 + 1.5 = 5; of (x - 3)^2 = 4 + 1 + 0 + 9 = 14.
    assert line(x, y) == pytest.approx((5 / 14, 3.5 - 3 * 5 / 14))
    assert line(x, y) == pytest.approx(tuple(np.polyfit(x, y, 1)))
    assert line(x / 10, y) == pytest.approx((50 / 14, 3.5 - 3 * 5 / 14)), "a small spread is a spread"


def test_a_line_through_points_above_each_other_is_level():
    assert line(np.full(3, 2.0), np.array([1.0, 2.0, 6.0])) == (0.0, 3.0)


@pytest.mark.parametrize(
    "low, high, holds", [(-1, 1, True), (0, 2, True), (-2, 0, True), (0.1, 2, False), (-2, -0.1, False)]
)
def test_whether_an_interval_holds_zero(low, high, holds):
    assert Interval((low + high) / 2, low, high).holds_zero is holds
