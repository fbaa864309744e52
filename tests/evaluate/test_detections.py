"""Found boxes and known faces are paired one to one, nearest first, by the rule that is named."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.errors import InputError
from facenet_lite.evaluate import detections

FACES = np.array([[0, 0, 100, 100], [200, 0, 300, 100]], np.float32)
NONE = np.zeros((0, 4), np.float32)


def test_a_hand_worked_example():
    # Near the first face, a second box on it, one on the second face, one nowhere.
    found = [[5, 0, 105, 100], [-2, 0, 98, 100], [200, 10, 300, 110], [500, 500, 600, 600]]
    pairs = detections.match(np.array(found, np.float32), FACES)
    assert sorted(zip(pairs.found.tolist(), pairs.known.tolist(), strict=True)) == [(1, 0), (2, 1)]
    assert pairs.extra.tolist() == [0, 3]
    assert pairs.missed.tolist() == []
    assert detections.recall(len(pairs.known), len(FACES)) == 1.0


@pytest.mark.parametrize(("shift", "hit"), [(0, True), (29.9, True), (30.1, False)])
def test_the_centre_may_lie_three_tenths_of_a_side_away(shift, hit):
    pairs = detections.match(FACES[:1] + np.float32([shift, 0, shift, 0]), FACES[:1])
    assert (len(pairs.known) == 1) is hit


@pytest.mark.parametrize(("side", "hit"), [(50, True), (49, False), (200, True), (203, False)])
def test_the_side_may_be_half_or_twice(side, hit):
    box = np.array([[50 - side / 2, 50 - side / 2, 50 + side / 2, 50 + side / 2]], np.float32)
    assert (len(detections.match(box, FACES[:1]).known) == 1) is hit


def test_framing_decides_under_the_overlap_rule_but_not_under_the_centre_rule():
    tall = np.array([[-15, -60, 115, 120]], np.float32)  # one detector's idea of a face
    assert len(detections.match(tall, FACES[:1]).known) == 1
    assert len(detections.match(tall, FACES[:1], rule="iou").known) == 0


def test_the_nearest_pair_wins_whatever_the_order():
    found = np.array([[20, 0, 120, 100], [1, 0, 101, 100]], np.float32)
    for order in ([0, 1], [1, 0]):
        pairs = detections.match(found[order], FACES[:1])
        assert found[order][pairs.found[0]].tolist() == [1, 0, 101, 100]


@pytest.mark.parametrize(("found", "known"), [(NONE, FACES), (FACES, NONE), (NONE, NONE)])
def test_nothing_pairs_with_nothing(found, known):
    pairs = detections.match(found, known)
    assert len(pairs.found) == len(pairs.known) == 0
    assert len(pairs.extra) == len(found)
    assert len(pairs.missed) == len(known)


def test_pairs_do_not_depend_on_scale():
    found = np.random.default_rng(0).uniform(0, 80, (12, 4)).astype(np.float32)
    found[:, 2:] = found[:, :2] + 60 + found[:, 2:]
    one = detections.match(found, FACES)
    ten = detections.match(found * 10, FACES * 10)
    assert one.found.tolist() == ten.found.tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rule": "nearest"}, "rule"),
        ({"max_shift": -1}, "max_shift"),
        ({"max_ratio": 0.5}, "max_ratio"),
        ({"rule": "iou", "min_iou": 0}, "min_iou"),
        ({"found": [[0, 0, 0, 0]]}, "found|x1 < x2"),
        ({"known": [1, 2, 3, 4]}, "known"),
    ],
)
def test_malformed_inputs_are_named(change, message):
    arguments = {"found": FACES, "known": FACES} | change
    with pytest.raises(InputError, match=message):
        detections.match(arguments.pop("found"), arguments.pop("known"), **arguments)


@pytest.mark.parametrize(("hits", "faces"), [(1, 0), (3, 2), (-1, 2)])
def test_recall_needs_faces(hits, faces):
    with pytest.raises(InputError):
        detections.recall(hits, faces)
