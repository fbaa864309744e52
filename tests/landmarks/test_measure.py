"""The normalised mean error: worked by hand, zero, and free of the picture's size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from facenet_lite.errors import InputError
from facenet_lite.landmarks import normalised_mean_error
from facenet_lite.landmarks.measure import inter_ocular_distance

FACE = np.array([[[100, 50], [80, 50], [40, 50], [60, 50], [70, 90]]], float)
"""The outer corners are 60 pixels apart."""


def test_a_face_worked_by_hand():
    moved = FACE + 0.0
    moved[0, 4] += [3, 4]  # one of five points, by 5 pixels
    assert inter_ocular_distance(FACE) == pytest.approx([60])
    assert normalised_mean_error(moved, FACE) == pytest.approx([5 / 5 / 60])


def test_the_true_points_have_no_error():
    assert normalised_mean_error(FACE, FACE).tolist() == [0]
    assert normalised_mean_error(np.zeros((0, 68, 2)), np.zeros((0, 68, 2))).shape == (0,)


def test_of_68_points_the_eyes_outer_corners_are_the_unit():
    points = np.zeros((1, 68, 2))
    points[0, 36], points[0, 45] = [10, 0], [40, 40]
    assert inter_ocular_distance(points) == pytest.approx([50])


@given(
    points=arrays(np.float64, (1, 5, 2), elements=st.floats(-100, 100)),
    factor=st.floats(0.1, 10),
    shift=st.floats(-50, 50),
)
def test_size_and_place_of_the_picture_do_not_matter(points, factor, shift):
    once = normalised_mean_error(points, FACE)
    np.testing.assert_allclose(
        normalised_mean_error(points * factor + shift, FACE * factor + shift), once, rtol=1e-6
    )


@pytest.mark.parametrize(
    ("points", "truth", "message"),
    [
        (FACE, FACE[:, :4], "truth: expected 5 or 68 points"),
        (FACE[:, :4], FACE, r"landmarks: expected .* \(1 x 5 x 2\)"),
        (FACE, FACE * 0, "eyes at different places"),
        ("points", FACE, "landmarks: expected"),
    ],
)
def test_other_input_is_refused(points, truth, message):
    with pytest.raises(InputError, match=message):
        normalised_mean_error(points, truth)
