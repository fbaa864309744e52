"""Haar's boxes come in one order, whichever of OpenCV's threads is done first."""

from types import SimpleNamespace

import numpy as np
import pytest

from facenet_lite.detect.haar import HaarDetector

BOXES = np.array([[90, 10, 40, 40], [10, 60, 40, 40], [10, 20, 40, 40]], np.int32)
COUNTS = np.array([7, 7, 7], np.int32)


def answering(order, counts=COUNTS):
    """A detector whose cascade finds BOXES, listed in this order."""
    cascade = SimpleNamespace(
        detectMultiScale=lambda *_, **__: BOXES[order],
        detectMultiScale2=lambda *_, **__: (BOXES[order], counts[order]),
    )
    return HaarDetector(cascade)


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1], [1, 2, 0], [2, 1, 0]])
@pytest.mark.parametrize("min_neighbors", [0, 5])
def test_boxes_of_equal_score_come_by_their_left_then_their_top_edge(order, min_neighbors):
    detector = HaarDetector(answering(order).cascade, min_neighbors=min_neighbors)
    found = detector.detect(np.zeros((200, 200, 3), np.uint8))
    assert found.boxes.tolist() == [[10, 20, 50, 60], [10, 60, 50, 100], [90, 10, 130, 50]]


def test_the_score_goes_before_the_place_and_stays_with_its_box():
    found = answering([1, 0, 2], np.array([5, 9, 9], np.int32)).detect(
        np.zeros((200, 200, 3), np.uint8)
    )
    assert found.boxes[:, :2].tolist() == [[10, 20], [10, 60], [90, 10]]
    assert found.scores.tolist() == [9, 9, 5]
