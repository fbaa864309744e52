"""Shapes relative to a box, and the rotation between two shapes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from facenet_lite.by_hand.landmarks import shapes
from facenet_lite.errors import InputError

BOX = np.array([[10, 20, 111, 221]], np.float32)
TRIANGLE = np.array([[0, 0], [1, 0], [0, 2]], float)


def test_zero_and_one_are_the_first_and_the_last_pixel():
    corners = [[[10, 20], [110, 220], [60, 20]]]
    assert shapes.to_box(corners, BOX).tolist() == [[[0, 0], [1, 1], [0.5, 0]]]


@given(points=arrays(np.float64, (2, 3, 2), elements=st.floats(-300, 300)))
def test_there_and_back_changes_nothing(points):
    boxes = np.concatenate([BOX, [[0, 0, 37, 41]]])
    back = shapes.from_box(shapes.to_box(points, boxes), boxes)
    np.testing.assert_allclose(back, points, atol=1e-9)


def test_the_mean_shape_is_a_mean_in_boxes_not_in_pixels():
    small, large = [[0, 0, 11, 11]], [[100, 100, 201, 201]]
    points = [[[5, 0]], [[100, 150]]]  # 0.5, 0 and 0, 0.5 of their boxes
    assert shapes.mean_shape(points, small + large).tolist() == [[0.25, 0.25]]


@given(angle=st.floats(-3, 3), scale=st.floats(0.2, 5), x=st.floats(-9, 9), y=st.floats(-9, 9))
def test_a_known_rotation_and_scale_is_found(angle, scale, x, y):
    turn = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    found = shapes.turn_and_scale(TRIANGLE, (TRIANGLE @ turn + [x, y])[None])
    np.testing.assert_allclose(found, [scale * np.exp(1j * angle)], atol=1e-9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: shapes.to_box(np.zeros((2, 3, 2)), BOX), r"points: expected .* \(1 x any x 2\)"),
        (lambda: shapes.from_box(np.zeros((1, 3)), BOX), "shapes: expected"),
        (lambda: shapes.to_box(np.zeros((1, 3, 2)), [[0, 0, 1, 9]]), "more than one pixel"),
        (lambda: shapes.mean_shape(np.zeros((0, 3, 2)), np.zeros((0, 4))), "at least one face"),
    ],
)
def test_other_input_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
