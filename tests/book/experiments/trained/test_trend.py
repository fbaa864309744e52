"""A line through points, and the interval of its slope."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import linregress, t

from facenet_lite.book.experiments.trained.trend import linear_trend
from facenet_lite.errors import InputError


def test_three_points_by_hand() -> None:
    """Through (0, 0), (1, 3), (2, 3): slope 1.5, and what is left is -0.5, 1, -0.5.

    Their squares sum to 1.5, on one degree of freedom; t(0.975, 1) is 12.706.
    """
    found = linear_trend([0, 1, 2], [0, 3, 3])
    assert (found.slope, found.intercept) == pytest.approx((1.5, 0.5))
    assert found.scatter == pytest.approx(math.sqrt(1.5))
    half = 12.7062 * math.sqrt(1.5) / math.sqrt(2)
    assert (found.low, found.high) == pytest.approx((1.5 - half, 1.5 + half), abs=1e-3)


def test_it_is_scipys_regression() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(-3, 5, 20)
    y = 2 - 0.3 * x + rng.normal(0, 0.4, 20)
    ours, theirs = linear_trend(x, y), linregress(x, y)
    assert ours.slope == pytest.approx(theirs.slope)
    assert ours.intercept == pytest.approx(theirs.intercept)
    assert ours.high - ours.slope == pytest.approx(t.ppf(0.975, 18) * theirs.stderr)


def test_the_interval_holds_the_true_slope_in_19_of_20_cases() -> None:
    rng = np.random.default_rng(1)
    x = np.repeat([2.0, 3, 4, 5], 3)
    hits = 0
    for _ in range(1000):
        found = linear_trend(x, 0.5 * x + rng.normal(size=len(x)))
        hits += found.low <= 0.5 <= found.high
    assert 930 <= hits <= 970


def test_points_on_a_line_leave_no_doubt() -> None:
    found = linear_trend([1, 2, 4], [3, 5, 9])
    assert (found.low, found.high, found.scatter) == pytest.approx((2, 2, 0), abs=1e-9)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([1, 2], [1, 2]),
        ([1, 1, 1], [1, 2, 3]),
        ([1, 2, 3], [1, 2]),
        ([1, 2, 3], [0, 1, math.nan]),
    ],
)
def test_what_has_no_slope_is_refused(x: list[float], y: list[float]) -> None:
    with pytest.raises(InputError, match="expected"):
        linear_trend(x, y)
