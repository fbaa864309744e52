"""Boxes: conversions, overlap, clipping, suppression."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facenet_lite import boxes
from facenet_lite.errors import InputError

sides = st.integers(0, 60)
some_boxes = st.lists(
    st.tuples(sides, sides, st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=8
).map(lambda rows: boxes.xywh_to_xyxy(np.array(rows, np.float32)))


def test_x_y_width_height_is_converted_by_hand():
    assert boxes.xywh_to_xyxy([[10, 20, 30, 40]]).tolist() == [[10, 20, 40, 60]]
    assert boxes.xyxy_to_xywh([[10, 20, 40, 60]]).tolist() == [[10, 20, 30, 40]]


def test_conversion_does_not_touch_what_it_was_given():
    given_ones = np.array([[10, 20, 30, 40]], np.float32)
    boxes.xywh_to_xyxy(given_ones)
    assert given_ones.tolist() == [[10, 20, 30, 40]]


def test_iou_by_hand_is_one_seventh():
    # two squares of side 2 that share one unit square: 1 / (4 + 4 - 1)
    assert boxes.iou([[0, 0, 2, 2]], [[1, 1, 3, 3]])[0, 0] == pytest.approx(1 / 7)


def test_boxes_that_only_touch_share_nothing():
    assert boxes.iou([[0, 0, 2, 2]], [[2, 0, 4, 2]])[0, 0] == 0


@given(some_boxes, some_boxes)
def test_iou_is_symmetric_and_within_zero_and_one(a, b):
    overlap = boxes.iou(a, b)
    assert overlap.shape == (len(a), len(b))
    assert np.array_equal(overlap, boxes.iou(b, a).T)
    assert ((overlap >= 0) & (overlap <= 1)).all()
    assert np.diag(boxes.iou(a, a)) == pytest.approx(1)


def test_clipping_cuts_at_the_border_and_drops_what_is_outside():
    cut = boxes.clip([[-5, -5, 5, 5], [90, 10, 120, 30], [200, 0, 210, 9]], height=50, width=100)
    assert cut.tolist() == [[0, 0, 5, 5], [90, 10, 100, 30]]


def test_expanding_moves_every_side():
    assert boxes.expand([[10, 10, 20, 30]], 0.1).tolist() == [[9, 8, 21, 32]]
    assert boxes.expand([[10, 10, 20, 30]], -0.1).tolist() == [[11, 12, 19, 28]]


def test_area_by_hand():
    assert boxes.area([[0, 0, 3, 4], [1, 1, 2, 2]]).tolist() == [12, 1]


def test_empty_boxes_pass_through():
    none = np.zeros((0, 4), np.float32)
    assert boxes.iou(none, [[0, 0, 1, 1]]).shape == (0, 1)
    assert boxes.non_max_suppression(none, []).shape == (0,)
    assert boxes.clip(none, height=5, width=5).shape == (0, 4)


def test_suppression_keeps_the_surest_of_an_overlapping_pair():
    kept = boxes.non_max_suppression([[0, 0, 10, 10], [1, 0, 11, 10], [50, 0, 60, 10]], [1, 2, 0])
    assert kept.tolist() == [1, 2]


def test_suppression_at_an_overlap_of_exactly_the_bound_keeps_both():
    pair = [[0, 0, 2, 1], [1, 0, 3, 1]]  # IoU 1/3
    assert len(boxes.non_max_suppression(pair, [1, 0], max_iou=float(np.float32(1 / 3)))) == 2
    assert len(boxes.non_max_suppression(pair, [1, 0], max_iou=0.33)) == 1


@given(some_boxes, st.floats(0, 1))
def test_what_suppression_keeps_does_not_overlap_more_than_allowed(some, max_iou):
    scores = np.arange(len(some), dtype=np.float32)
    kept = boxes.non_max_suppression(some, scores, max_iou)
    overlap = boxes.iou(some[kept], some[kept])
    np.fill_diagonal(overlap, 0)
    assert (overlap <= max_iou).all()
    assert kept[0] == len(some) - 1


def test_a_negative_margin_that_leaves_nothing_is_refused():
    with pytest.raises(InputError, match=r"above -0\.5"):
        boxes.expand([[0, 0, 1, 1]], -0.5)


BOX = np.array([[10, 20, 110, 220]], np.float32)


def test_a_frame_worked_by_hand():
    seen = boxes.as_seen_from(BOX, [[20, 70, 70, 170]])
    np.testing.assert_allclose(seen, [[-0.15, 0, 0.5, 0.5]], atol=1e-6)


def test_a_reframed_box_worked_by_hand():
    moved = boxes.reframe(BOX, boxes.Frame(0.1, -0.2, 0.5, 2.0))
    np.testing.assert_allclose(moved, [[45, -120, 95, 280]], atol=1e-4)


@given(
    some_boxes,
    st.tuples(*[st.floats(-0.5, 0.5)] * 2, *[st.floats(0.5, 2)] * 2).map(lambda f: boxes.Frame(*f)),
)
def test_a_reframed_box_is_seen_as_the_frame_says(some, frame):
    seen = boxes.as_seen_from(some, boxes.reframe(some, frame))
    np.testing.assert_allclose(seen, np.tile(frame, (len(some), 1)), atol=1e-3)


def test_a_box_that_is_seen_as_itself_stays():
    np.testing.assert_array_equal(boxes.reframe(BOX, boxes.Frame(0, 0, 1, 1)), BOX)


def test_no_boxes_are_reframed_to_none():
    assert boxes.reframe(np.zeros((0, 4)), boxes.Frame(0, 0, 1, 1)).shape == (0, 4)


def test_what_is_no_box_is_not_reframed():
    with pytest.raises(InputError, match="expected x1 < x2"):
        boxes.reframe([[1, 1, 0, 0]], boxes.Frame(0, 0, 1, 1))
