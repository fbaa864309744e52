"""Making crops pixel by pixel gives what OpenCV gives, to its fractions of 1/32."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facenet_lite import align, imaging
from facenet_lite.by_hand.align import warp
from facenet_lite.errors import InputError

SMALL = imaging.resize(imaging.astronaut(), height=128)


@settings(deadline=None, max_examples=25)
@given(st.floats(-180, 180), st.floats(0.6, 3), st.floats(-40, 40), st.floats(-40, 40))
def test_by_hand_and_by_opencv_agree_to_half_a_grey_level(degrees, scale, x, y):
    matrix = align.turn(degrees, scale=scale, about=(64, 64)) + np.array([[0, 0, x], [0, 0, y]])
    apart = np.abs(warp.warp(SMALL, matrix, 64).astype(int) - align.warp(SMALL, matrix, 64)[0])
    assert apart.mean() < 0.5


def test_between_four_pixels_by_hand():
    """A quarter to the right and half way down: 3/8 of the left two, 1/8 of the right two."""
    grey = np.array([[0, 80], [160, 240]], np.uint8)
    crop = warp.warp(np.dstack([grey] * 3), [[1, 0, -0.25], [0, 1, -0.5]], 1)
    assert crop.tolist() == [[[round((3 * 0 + 80 + 3 * 160 + 240) / 8)] * 3]]


def test_what_lies_outside_is_black_and_nothing_wraps_round():
    white = np.full((8, 8, 3), 255, np.uint8)
    crop = warp.warp(white, [[1, 0, 4], [0, 1, 4]], 16)
    assert (crop[4:12, 4:12] == 255).all()
    assert crop.sum() == 255 * 64 * 3


@pytest.mark.parametrize(
    ("transform", "size", "message"),
    [(np.zeros((2, 3)), 8, "without area"), (np.eye(3), 8, "transform"), (np.eye(2, 3), 0, "size")],
)
def test_malformed_inputs_are_named(transform, size, message):
    with pytest.raises(InputError, match=message):
        warp.warp(SMALL, transform, size)
