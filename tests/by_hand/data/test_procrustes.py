"""Generalised Procrustes analysis: what it must not care about, and what it must find."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facenet_lite.by_hand.data import procrustes
from facenet_lite.errors import InputError

KITE = np.array([[0.0, 0], [3, 1], [0, 5], [-3, 1]])


def moved(points, scale, angle, shift):
    c, s = np.cos(angle), np.sin(angle)
    return scale * points @ np.array([[c, s], [-s, c]]) + shift


@given(st.integers(0, 10_000))
def test_copies_of_one_shape_have_that_shape_as_their_mean(seed: int) -> None:
    rng = np.random.default_rng(seed)
    copies = [
        moved(KITE, rng.uniform(0.2, 5), rng.uniform(-3, 3), rng.uniform(-9, 9, 2))
        for _ in range(4)
    ]
    assert np.allclose(procrustes.mean_shape(copies), copies[0])


def test_alignment_worked_by_hand() -> None:
    """Half a turn, twice the size and a shift are undone; a mirrored shape is not mirrored back."""
    turned = 7 - 2 * KITE
    assert np.allclose(procrustes.aligned([turned], KITE), [KITE])
    lopsided = np.array([[0.0, 0], [5, 1], [0, 5], [-3, 1]])
    mirrored = procrustes.aligned([lopsided * [-1, 1]], lopsided)[0]
    assert np.abs(mirrored - lopsided).max() > 0.5


def test_the_mean_keeps_the_first_shapes_size_and_does_not_shrink() -> None:
    rng = np.random.default_rng(0)
    shapes = KITE + rng.normal(0, 0.5, (30, 4, 2))
    sizes = [
        np.linalg.norm(m - m.mean(0))
        for m in (procrustes.mean_shape(shapes, rounds=r) for r in (1, 20))
    ]
    first = np.linalg.norm(shapes[0] - shapes[0].mean(0))
    assert sizes[1] > 0.95 * first
    assert abs(sizes[1] - sizes[0]) < 0.01 * first


def test_noise_averages_out() -> None:
    rng = np.random.default_rng(1)
    noisy = KITE + rng.normal(0, 0.3, (400, 4, 2))
    mean = procrustes.aligned([procrustes.mean_shape(noisy)], KITE)[0]
    assert np.abs(mean - KITE).max() < 0.06


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (np.zeros((0, 4, 2)), "number of shapes"),
        (np.zeros((2, 4, 3)), "shapes: expected"),
        (np.zeros((2, 4, 2)), "points: expected"),
        ([KITE, KITE * np.nan], "shapes: expected"),
    ],
)
def test_malformed_shapes_are_named(shapes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        procrustes.mean_shape(shapes)
