"""The chapter's checkers: they pass on the answer, and know the typical wrong ones."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite import boxes
from facenet_lite.book.exercises import hog as ch04
from facenet_lite.by_hand.detect import hog


def expect(feedback, hint):
    assert not feedback
    assert hint in feedback.message


def test_features_passes():
    grey = np.random.default_rng(0).random((96, 64))
    assert ch04.check_features(hog.hog(grey).size)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (864, "one histogram per cell"),
        (3456, "8 cells, 7 blocks"),
        (693, "counted the blocks"),
        (1386, "not two"),
        (6144, "number of pixels"),
        (3, "How many blocks"),
    ],
)
def test_features_knows_wrong_answers(answer, hint):
    expect(ch04.check_features(answer), hint)


def circulating(*, convert=float, swap=False, fold=True, weigh=True, divide=True):
    """The code of the exercise, its mistakes as arguments."""
    grey = ch04.patch().astype(convert)
    down, right = (grey[2:] - grey[:-2])[:, 1:-1], (grey[:, 2:] - grey[:, :-2])[1:-1]
    down, right = down.astype(float), right.astype(float)
    angle = np.degrees(np.arctan2(right, down) if swap else np.arctan2(down, right))
    if fold:
        angle = angle % 180
    out = np.zeros(9)
    for a, v in zip(angle.ravel(), np.hypot(right, down).ravel(), strict=True):
        if a >= 0:
            out[min(int(a // 20), 8)] += v if weigh else 1
    return out / 64 if divide else out


def test_histogram_passes_and_is_hog_by_hands():
    assert ch04.check_histogram(circulating().tolist())
    bins, weight = hog.votes(ch04.patch())
    votes = hog.pool(bins[1:-1, 1:-1], weight[1:-1, 1:-1])[0, 0]
    assert ch04.check_histogram(votes)


@pytest.mark.parametrize(
    ("mistakes", "hint"),
    [
        ({"convert": np.uint8}, "3 - 5 is 254"),
        ({"convert": np.uint8, "swap": True}, "And arctan2"),
        ({"swap": True}, "vertical part first"),
        ({"weigh": False}, "Weight each vote"),
        ({"divide": False}, "divide by"),
        ({"fold": False}, "fold them"),
    ],
)
def test_histogram_knows_wrong_answers(mistakes, hint):
    expect(ch04.check_histogram(circulating(**mistakes)), hint)


def test_histogram_has_a_hint_for_anything_else():
    expect(ch04.check_histogram(np.arange(9.0)), "Check the types")


def test_corners_passes():
    assert ch04.check_corners((175, 76, 266, 167))
    assert ch04.check_corners(np.array([175.0, 76, 266, 167]))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([175, 76, 265, 166], "last column"),
        ([175, 76, 91, 91], "width, height"),
        ([175, 76, 90, 90], "one too small"),
        ([76, 265, 166, 175], "face_recognition"),
        ([176, 77, 266, 167], "Only the right"),
        ([0, 0, 1, 1], "Which pixels"),
    ],
)
def test_corners_knows_wrong_answers(answer, hint):
    expect(ch04.check_corners(answer), hint)


def test_crop_passes_on_the_part_inside():
    assert ch04.check_crop(ch04.cut_picture()[76:167, 0:87])


def test_crop_knows_wrong_answers():
    image = ch04.cut_picture()
    expect(ch04.check_crop(image[76:167, -14:87]), "empty")
    expect(ch04.check_crop(image[76:167, 0:101]), "moved the box")
    padded = np.pad(image, [(0, 0), (14, 0), (0, 0)])[76:167, 0:101]
    expect(ch04.check_crop(padded), "only the part inside")
    expect(ch04.check_crop(image[0:87, 76:167]), "Rows come first")
    expect(ch04.check_crop(image[:50, :50]), "91 rows by 87")
    expect(ch04.check_crop([1, 2]), "should be a picture")


def test_negatives_passes_on_the_boxes_off_the_face():
    overlap = boxes.iou(ch04.first_round()[0].boxes, [ch04.HOPPER])[:, 0]
    assert ch04.check_negatives(overlap == 0)
    assert ch04.check_negatives((overlap == 0).tolist())


def test_negatives_knows_wrong_answers():
    overlap = boxes.iou(ch04.first_round()[0].boxes, [ch04.HOPPER])[:, 0]
    expect(ch04.check_negatives(overlap >= 0), "on her face")
    expect(ch04.check_negatives(overlap > 0), "other way round")
    expect(ch04.check_negatives(overlap < 0.1), "a part of her face")
    expect(ch04.check_negatives(overlap < 0), "No negatives")
    odd = overlap == 0
    odd[np.flatnonzero(odd)[0]] = False
    expect(ch04.check_negatives(odd), "Compare every box")


def test_threshold_passes_between_the_two_scores():
    assert ch04.check_threshold(0.5)
    assert ch04.check_threshold(np.float32(1.0))


@pytest.mark.parametrize(
    ("answer", "hint"), [(0.1, "Go higher"), (-0.5, "Go higher"), (2, "Too high")]
)
def test_threshold_knows_wrong_answers(answer, hint):
    expect(ch04.check_threshold(answer), hint)
