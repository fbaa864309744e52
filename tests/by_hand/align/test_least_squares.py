"""One loop and three sums give the transform that the package gets from a decomposition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facenet_lite import align
from facenet_lite.by_hand.align import least_squares
from facenet_lite.errors import InputError


@settings(deadline=None)
@given(st.integers(2, 68), st.integers(0, 10_000))
def test_by_hand_and_by_the_package_agree_to_nine_digits(count, seed):
    points, targets = np.random.default_rng(seed).normal(size=(2, count, 2)) * 50
    ours = least_squares.similarity(points, targets)
    assert ours == pytest.approx(align.similarity_transform(points, targets), rel=1e-9, abs=1e-9)


def test_the_error_by_hand():
    shift = [[1, 0, 0], [0, 1, 2]]
    assert least_squares.squared_error([[0, 0], [1, 1]], [[0, 0], [4, 3]], shift) == 4 + 9


def test_the_best_transform_has_the_least_error():
    points, targets = np.random.default_rng(0).normal(size=(2, 5, 2))
    best = least_squares.similarity(points, targets)
    least = least_squares.squared_error(points, targets, best)
    for change in np.random.default_rng(1).normal(size=(50, 2)) * 0.01:
        a, b = change
        other = best + np.array([[a, -b, 0], [b, a, 0]])
        assert least_squares.squared_error(points, targets, other) > least


@pytest.mark.parametrize(
    ("points", "message"),
    [([[1, 2]], "at least 2"), ([[1, 2], [1, 2]], "one place"), ([[1, 2, 3]] * 2, "points")],
)
def test_points_that_fix_nothing_are_refused(points, message):
    targets = np.zeros((len(points), 2))
    with pytest.raises(InputError, match=message):
        least_squares.similarity(points, targets)
