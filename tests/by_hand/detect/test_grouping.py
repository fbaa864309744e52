"""Boxes are merged as OpenCV's groupRectangles merges them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from facenet_lite.boxes import xyxy_to_xywh
from facenet_lite.by_hand.detect.grouping import group_rectangles, similar_groups
from facenet_lite.errors import InputError


def rows(boxes, counts) -> list[tuple[int, ...]]:
    array = np.asarray(boxes, int).reshape(-1, 4)
    return sorted((*row, int(n)) for row, n in zip(array.tolist(), counts, strict=True))


def opencv(boxes, min_neighbors, epsilon=0.2):
    merged, counts = cv2.groupRectangles(
        xyxy_to_xywh(boxes).astype(int).tolist(), min_neighbors, epsilon
    )
    array = np.asarray(merged, int).reshape(-1, 4).copy()
    array[:, 2:] += array[:, :2]
    return rows(array, np.asarray(counts, int).ravel())


def crowd(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 60, (40, 2)) + 100 * rng.integers(0, 3, (40, 1))
    sides = rng.choice([30, 33, 36, 40, 60, 90], (40, 1))
    return np.hstack([corners, corners + sides]).astype(np.float32)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("min_neighbors", [1, 2, 3, 5, 8])
def test_the_boxes_and_counts_are_opencvs(seed, min_neighbors):
    boxes = crowd(seed)
    found = group_rectangles(boxes, min_neighbors)
    assert rows(found.boxes, found.scores) == opencv(boxes, min_neighbors)


@pytest.mark.parametrize("epsilon", [0.0, 0.1, 0.5, 1.0])
def test_any_epsilon_agrees(epsilon):
    boxes = crowd(99)
    found = group_rectangles(boxes, 1, epsilon)
    assert rows(found.boxes, found.scores) == opencv(boxes, 1, epsilon)


def test_two_similar_boxes_become_their_mean():
    found = group_rectangles([[0, 0, 20, 20], [2, 2, 22, 22]], 1)
    assert found.boxes.tolist() == [[1, 1, 21, 21]]
    assert found.scores.tolist() == [2]


def test_a_group_needs_more_members_than_min_neighbors():
    boxes = np.repeat([[0.0, 0, 20, 20]], 3, axis=0)
    assert [len(group_rectangles(boxes, n)) for n in (1, 2, 3, 4)] == [1, 1, 0, 0]


def test_zero_neighbours_merge_nothing():
    boxes = np.repeat([[0.0, 0, 20, 20]], 3, axis=0)
    found = group_rectangles(boxes, 0)
    assert len(found) == 3
    assert found.scores.tolist() == [1, 1, 1]


def test_no_boxes_make_no_faces():
    assert len(group_rectangles(np.zeros((0, 4)), 3)) == 0
    assert len(group_rectangles(np.zeros((0, 4)), 0)) == 0


def test_a_chain_of_similar_boxes_is_one_group_though_its_ends_differ():
    chain = np.array([[x, 0, x + 20, 20] for x in (0, 4, 8, 12)], np.float32)
    assert similar_groups(chain).tolist() == [0, 0, 0, 0]
    assert similar_groups(chain[[0, 3]]).tolist() == [0, 1]


def test_half_a_pixel_is_rounded_to_the_even_number():
    found = group_rectangles([[0, 0, 20, 20], [1, 3, 21, 23]], 1)
    assert found.boxes.tolist() == [[0, 2, 20, 22]]


def test_a_weak_group_inside_a_strong_one_is_dropped():
    strong = np.repeat([[0.0, 0, 100, 100]], 6, axis=0)
    weak = np.repeat([[30.0, 30, 60, 60]], 2, axis=0)
    found = group_rectangles(np.concatenate([strong, weak]), 1)
    assert found.boxes.tolist() == [[0, 0, 100, 100]]


def test_the_order_of_the_boxes_does_not_matter():
    boxes = crowd(3)
    found, turned = group_rectangles(boxes, 2), group_rectangles(boxes[::-1], 2)
    assert rows(found.boxes, found.scores) == rows(turned.boxes, turned.scores)


@pytest.mark.parametrize(
    ("boxes", "settings"),
    [
        ([[0, 0, 20]], {}),
        ([[20, 0, 0, 20]], {}),
        ("boxes", {}),
        ([[0, 0, np.nan, 20]], {}),
        ([[0, 0, 20, 20]], {"min_neighbors": -1}),
        ([[0, 0, 20, 20]], {"min_neighbors": 1.5}),
        ([[0, 0, 20, 20]], {"epsilon": -0.1}),
    ],
)
def test_other_boxes_and_settings_are_refused(boxes, settings):
    with pytest.raises(InputError):
        group_rectangles(boxes, **{"min_neighbors": 2, **settings})
