"""Parts of how: they add up to the whole, and measure what they are named after."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facenet_lite.book.builders import parts
from facenet_lite.data import nobody


def covariance(seed, size=5):
    root = np.random.default_rng(seed).standard_normal((size, size))
    return root @ root.T


def test_two_coefficients_by_hand():
    # Measuring the first: the second is expected to move by 2 / 4 of it; 3 - 2 * 2 / 4 is left.
    columns, rest = parts.conditioned(np.array([[4.0, 2.0], [2.0, 3.0]]), np.array([[1.0, 0.0]]))
    np.testing.assert_allclose(columns, [[2.0], [1.0]])
    np.testing.assert_allclose(rest, [[0.0, 0.0], [0.0, 2.0]], atol=1e-12)


@given(st.integers(0, 10_000))
def test_columns_and_what_is_left_make_up_the_covariance(seed):
    whole = covariance(seed)
    measured = np.random.default_rng(seed + 1).standard_normal((2, 5))
    columns, rest = parts.conditioned(whole, measured)
    more, rest = parts.leading(rest, np.eye(5), 1)
    others = parts.factor(rest)
    every = np.concatenate([columns, more, others], axis=1)
    np.testing.assert_allclose(every @ every.T, whole, atol=1e-6 * np.trace(whole))


@given(st.integers(0, 10_000))
def test_what_has_been_measured_varies_no_more(seed):
    measured = np.random.default_rng(seed + 1).standard_normal((2, 5))
    columns, rest = parts.conditioned(covariance(seed), measured)
    assert np.abs(measured @ rest @ measured.T).max() < 1e-6
    assert (np.diag(measured @ columns) > 0).all()
    assert np.abs((measured @ columns)[0, 1]) < 1e-6  # the second leaves the first as it was


def test_the_leading_column_explains_most_of_what_is_measured():
    whole = np.diag([9.0, 4.0, 1.0])
    columns, rest = parts.leading(whole, np.diag([0.1, 1.0, 1.0]), 1)
    np.testing.assert_allclose(np.abs(columns[:, 0]), [0, 2, 0], atol=1e-7)
    np.testing.assert_allclose(np.diag(rest), [9, 0, 1], atol=1e-7)


def test_a_factor_takes_the_largest_first_and_drops_what_is_below_zero():
    columns = parts.factor(np.diag([1.0, 4.0, -0.5]))
    np.testing.assert_allclose(np.linalg.norm(columns, axis=0), [2, 1, 0])
    assert parts.factor(np.diag([1.0, 4.0]), 1).shape == (2, 1)


def test_sizes_change_the_order_and_not_the_sum():
    whole, sizes = np.diag([1.0, 4.0, 9.0]), np.array([10.0, 1.0, 0.1])
    columns = parts.factor(whole, None, sizes)
    np.testing.assert_allclose(columns @ columns.T, whole, atol=1e-12)
    np.testing.assert_allclose(np.abs(columns[:, 0]), [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(np.abs(columns[:, 2]), [0, 0, 3], atol=1e-12)


def test_measuring_nothing_leaves_no_column():
    columns, rest = parts.conditioned(np.eye(2), np.zeros((1, 2)))
    assert np.isfinite(columns).all()
    np.testing.assert_allclose(rest, np.eye(2))


@pytest.mark.parametrize("part", ["yaw", "pitch", "expression"])
def test_a_measurement_of_shape_does_not_see_a_shift(part):
    assert parts.shape_measurements(part).shape == (len(nobody.AXES[part]), 68, 2)
    np.testing.assert_allclose(parts.shape_measurements(part).sum(axis=1), 0, atol=1e-12)


def test_light_is_measured_on_the_skin_alone():
    skin = np.zeros((4, 4), bool)
    skin[1:3] = True
    measured = parts.light_measurements(skin)
    assert measured.shape == (len(nobody.AXES["light"]), 4, 4, 3)
    assert not measured[:, ~skin].any()
    grey = np.full((4, 4, 3), 50.0)
    np.testing.assert_allclose(np.tensordot(measured, grey, 3), [50, 0, 0, 0, 0], atol=1e-12)
    from_left = grey.copy()
    from_left[:, :2] += 20
    assert np.tensordot(measured, from_left, 3)[1] == pytest.approx(10)
