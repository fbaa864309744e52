"""Fréchet's distance, beside values that can be worked out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facenet_lite.book.experiments.nobody.frechet import frechet_distance
from facenet_lite.errors import InputError


def test_a_distance_by_hand():
    # Means 0 and 3; deviations 1 and 2: 9 + (1 - 2)^2.
    a, b = np.array([[-1.0], [1.0]]), np.array([[1.0], [5.0]])
    a, b = a / np.sqrt(2), (b - 3) / np.sqrt(2) + 3  # so that the sample's deviations are 1 and 2
    assert frechet_distance(a, b) == pytest.approx(10)


def test_in_two_dimensions_it_agrees_with_the_matrix_root():
    import scipy.linalg

    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((50, 3)), rng.standard_normal((60, 3)) @ np.diag([1, 2, 3]) + 1
    ca, cb = np.cov(a.T), np.cov(b.T)
    root = np.real(scipy.linalg.sqrtm(ca @ cb))
    expected = np.square(a.mean(0) - b.mean(0)).sum() + np.trace(ca + cb - 2 * root)
    assert frechet_distance(a, b) == pytest.approx(expected)


@given(st.integers(0, 1000))
def test_it_is_symmetric_and_nothing_to_itself(seed):
    a, b = np.random.default_rng(seed).standard_normal((2, 9, 3))
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a))
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (np.zeros((1, 2)), np.zeros((3, 2)), "got 1 and 3"),
        (np.zeros((3, 2)), np.zeros((3, 3)), "b"),
        (np.zeros(3), np.zeros((3, 1)), "a"),
    ],
)
def test_malformed_sets_are_named(a, b, message):
    with pytest.raises(InputError, match=message):
        frechet_distance(a, b)
