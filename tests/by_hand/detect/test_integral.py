"""Four look-ups give the sum over any rectangle."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from facenet_lite.by_hand.detect import integral
from facenet_lite.errors import InputError


@pytest.fixture
def grey():
    return np.random.default_rng(1).integers(0, 256, (13, 17), dtype=np.uint8)


def test_a_picture_of_four_pixels_by_hand():
    table = integral.integral_image(np.array([[1, 2], [3, 4]], np.uint8))
    assert table.tolist() == [[0, 0, 0], [0, 1, 3], [0, 4, 10]]


def test_squares_of_four_pixels_by_hand():
    table = integral.squared_integral_image(np.array([[1, 2], [3, 4]], np.uint8))
    assert table.tolist() == [[0, 0, 0], [0, 1, 5], [0, 10, 30]]


def test_the_tables_are_opencvs(grey):
    plain, squared = cv2.integral2(grey)
    np.testing.assert_array_equal(integral.integral_image(grey), plain)
    np.testing.assert_array_equal(integral.squared_integral_image(grey), squared)


def test_every_rectangle_sums_as_a_loop_over_its_pixels_does(grey):
    table = integral.integral_image(grey)
    rng = np.random.default_rng(2)
    for _ in range(100):
        width, height = rng.integers(0, 13, 2).tolist()
        x, y = int(rng.integers(0, 18 - width)), int(rng.integers(0, 14 - height))
        slow = sum(int(grey[r, c]) for r in range(y, y + height) for c in range(x, x + width))
        assert integral.rectangle_sum(table, x, y, width, height) == slow


def test_nothing_sums_to_zero(grey):
    assert integral.rectangle_sum(integral.integral_image(grey), 5, 5, 0, 3) == 0


def test_white_pixels_of_a_large_picture_do_not_overflow():
    white = np.full((300, 300), 255, np.uint8)
    assert integral.squared_integral_image(white)[-1, -1] == 300 * 300 * 255**2 > 2**32


@pytest.mark.parametrize(
    "rectangle", [(0, 0, 18, 1), (0, 0, 1, 14), (-1, 0, 2, 2), (0, 0, 1.5, 1), (0, 0, 1, None)]
)
def test_a_rectangle_that_leaves_the_picture_is_refused(grey, rectangle):
    with pytest.raises(InputError):
        integral.rectangle_sum(integral.integral_image(grey), *rectangle)


@pytest.mark.parametrize(
    "wrong",
    [None, [[1, 2]], np.zeros((4, 4)), np.zeros((4, 4, 3), np.uint8), np.zeros((0, 4), np.uint8)],
    ids=["none", "list", "float", "colour", "empty"],
)
def test_only_grey_pictures_are_summed(wrong):
    with pytest.raises(InputError, match="grey"):
        integral.integral_image(wrong)
    with pytest.raises(InputError, match="grey"):
        integral.squared_integral_image(wrong)
