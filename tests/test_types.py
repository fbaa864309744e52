"""Detections and triplets are checked once, when they are made."""

import numpy as np
import pytest

from facenet_lite.errors import InputError
from facenet_lite.types import Detections, Triplets

BOXES = [[0, 0, 10, 10], [5, 5, 25, 20], [1, 1, 4, 4]]


def test_sorted_puts_the_surest_first_and_keeps_the_order_of_ties():
    found = Detections.sorted(BOXES, [0.5, 0.9, 0.5])
    assert found.boxes.tolist() == [BOXES[1], BOXES[0], BOXES[2]]
    assert found.scores.tolist() == pytest.approx([0.9, 0.5, 0.5])


def test_nothing_found_has_no_rows_and_is_not_none():
    empty = Detections.empty()
    assert len(empty) == 0
    assert empty.boxes.shape == (0, 4)
    assert empty.largest() is empty
    assert list(empty) == []


def test_values_are_float32_whatever_came():
    found = Detections(np.array(BOXES, np.int64), [3, 2, 1])
    assert found.boxes.dtype == found.scores.dtype == np.float32


def test_the_largest_face_is_not_the_surest():
    assert Detections(BOXES, [3, 2, 1]).largest().boxes.tolist() == [BOXES[1]]


def test_above_keeps_a_score_that_equals_the_threshold():
    assert len(Detections(BOXES, [3, 2, 1]).above(2)) == 2
    assert len(Detections(BOXES, [3, 2, 1]).above(4)) == 0


def test_take_accepts_a_slice_a_mask_and_nothing():
    found = Detections(BOXES, [3, 2, 1])
    assert len(found.take(slice(1, 3))) == 2
    assert found.take(np.array([True, False, True])).scores.tolist() == [3, 1]
    assert len(found.take([])) == 0


def test_equality_compares_boxes_and_scores():
    found = Detections(BOXES, [3, 2, 1])
    assert found == Detections(BOXES, [3, 2, 1])
    assert found != Detections(BOXES, [3, 2, 0])
    assert found != "detections"


def test_iterating_gives_pairs():
    (box, score), *_ = Detections(BOXES, [3, 2, 1])
    assert box.tolist() == BOXES[0]
    assert score == 3


def test_scores_out_of_order_are_refused():
    with pytest.raises(InputError, match=r"Detections\.sorted"):
        Detections(BOXES, [1, 2, 3])


def test_triplets_come_from_rows_and_go_as_rows():
    found = Triplets.of([(0, 1, 2), (1, 0, 3)])
    assert len(found) == 2
    assert found.anchor.dtype == found.positive.dtype == found.negative.dtype == np.int64
    assert list(found) == [(0, 1, 2), (1, 0, 3)]
    assert found == Triplets(np.array([0, 1]), np.array([1, 0]), np.array([2, 3]))
    assert found != Triplets.of([(0, 1, 2), (1, 0, 4)])
    assert found != "triplets"


def test_no_triplet_has_no_rows():
    assert len(Triplets.empty()) == 0
    assert list(Triplets.empty()) == []
    assert Triplets.of([]) == Triplets.empty()


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (([0], [1], [2, 3]), "negative"),
        (([0], [1], [-1]), "at least 0"),
        (([0], [0], [1]), "twice"),
        (([0], [1], [0]), "twice"),
        (([0], [1], [1]), "twice"),
        (([0.5], [1], [2]), "anchor"),
    ],
)
def test_what_is_no_triplet_is_refused(parts, message):
    with pytest.raises(InputError, match=message):
        Triplets(*(np.array(part) for part in parts))


@pytest.mark.parametrize("rows", [[(0, 1)], [0, 1, 2], "rows"])
def test_rows_of_triplets_are_three_wide(rows):
    with pytest.raises(InputError, match="rows"):
        Triplets.of(rows)
