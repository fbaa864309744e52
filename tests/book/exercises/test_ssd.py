"""The chapter's checkers: they pass on the answer, and know the typical wrong ones."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from facenet_lite import imaging
from facenet_lite.book.exercises import ssd as ch03
from facenet_lite.by_hand.detect import ssd
from facenet_lite.by_hand.detect.blob import input_blob

# Counting


def test_count_passes():
    shapes = [(50, 50), (25, 25), (13, 13), (7, 7), (7, 7), (7, 7)]
    boxes = [4, 6, 6, 6, 4, 4]
    assert ch03.check_count(sum(r * c * k for (r, c), k in zip(shapes, boxes, strict=True)))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (8892, "300 x 300"),
        (3441, "counted the cells"),
        (round(8892 * 16 / 9), "with the area"),
        (4 * 3441, "Some maps have 4"),
        (12, "Add up"),
    ],
)
def test_count_knows_wrong_answers(answer, hint):
    feedback = ch03.check_count(answer)
    assert not feedback
    assert hint in feedback.message


# Decoding


@pytest.fixture(scope="module")
def surest():
    raw = ssd.RawNetwork.load().forward(input_blob(imaging.astronaut()))
    best = raw.scores().argmax()
    prior = raw.priors[best].astype(float)
    return prior, raw.locations[best].astype(float), raw.variances[best].astype(float)


def _decoded(prior, d, v, *, grow=np.exp, unit=None):
    centre, sides = (prior[:2] + prior[2:]) / 2, prior[2:] - prior[:2]
    centre = centre + v[:2] * d[:2] * (sides if unit is None else unit)
    return centre, sides * grow(v[2:] * d[2:])


def _corners(centre, sides):
    return np.concatenate([centre - sides / 2, centre + sides / 2])


def test_decode_passes(surest):
    assert ch03.check_decode(_corners(*_decoded(*surest)).tolist())


def test_decode_knows_wrong_answers(surest):
    prior, d, v = surest
    right = _corners(*_decoded(prior, d, v))
    wrong = {
        "prior box itself": prior,
        "variances are missing": _corners(*_decoded(prior, d, np.ones(4))),
        "exp(v * dw)": _corners(*_decoded(prior, d, v, grow=lambda x: 1 + x)),
        "own sides": _corners(*_decoded(prior, d, v, unit=1)),
        "centre and sides": np.concatenate(_decoded(prior, d, v)),
        "300 x 300 input": right * 300,
        "pixels of the picture": right * 512,
        "line by line": right + 0.1,
    }
    for hint, answer in wrong.items():
        feedback = ch03.check_decode(answer)
        assert not feedback, hint
        assert hint in feedback.message


# Suppression


@pytest.mark.parametrize("answer", [[1, 0, 4], [0, 1, 4], np.array([4, 1, 0]), (1, 0, 4)])
def test_suppression_passes_in_any_order(answer):
    assert ch03.check_suppression(answer)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([0, 1, 3, 5], "order given"),
        ([1, 4], "drops no other"),
        ([0, 1, 2, 3, 4, 5], "All of them"),
        ([2], "Take the surest"),
    ],
)
def test_suppression_knows_wrong_answers(answer, hint):
    feedback = ch03.check_suppression(answer)
    assert not feedback
    assert hint in feedback.message


# The input's size


def test_input_size_passes():
    assert ch03.check_input_size((1440, 810))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((810, 1440), "other way round"),
        ((300, 300), "6 pixels"),
        ((1920, 1080), "30 are enough"),
        ((2560, 1440), "enlarged"),
        ((600, 300), "By which factor"),
    ],
)
def test_input_size_knows_wrong_answers(answer, hint):
    feedback = ch03.check_input_size(answer)
    assert not feedback
    assert hint in feedback.message


# Boxes


def _circulating(size, sides, *, rgb=False, threshold=0.5):
    """The code that is copied everywhere, with its settings as arguments."""
    image = ch03.sheet()
    network = ssd.RawNetwork.load().network
    picture = image if rgb else image[..., ::-1]
    network.setInput(cv2.dnn.blobFromImage(picture, 1.0, size, (104, 177, 123)))
    rows = network.forward().reshape(-1, 7)
    return (rows[:, 3:] * (sides * 2))[rows[:, 2] >= threshold]


def test_boxes_pass_in_any_order():
    right = _circulating((600, 300), [1024, 512])
    assert ch03.check_boxes(right)
    assert ch03.check_boxes(right[::-1].tolist())


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (_circulating((600, 300), [1, 1]), "fractions"),
        (_circulating((600, 300), [600, 300]), "resized picture"),
        (_circulating((600, 300), [512, 1024]), "height first"),
        (_circulating((300, 600), [1024, 512]), "other way round"),
        (_circulating((300, 300), [1024, 512]), "300 x 300"),
        (_circulating((600, 300), [1024, 512], rgb=True), "red and blue"),
        (_circulating((600, 300), [1024, 512], threshold=0.1), "at least 0.5"),
        (_circulating((600, 300), [1024, 512]) + 20, "three mistakes"),
    ],
    ids=["fractions", "resized", "height first", "size", "300", "rgb", "all", "shifted"],
)
def test_boxes_know_wrong_answers(answer, hint):
    feedback = ch03.check_boxes(answer)
    assert not feedback
    assert hint in feedback.message


# The smallest input


@pytest.fixture(scope="module")
def smallest():
    network = ch03._unpadded()
    return next(side for side in range(200, 301) if ch03._takes(network, side))


def test_smallest_input_passes(smallest):
    assert 250 < smallest < 300
    assert ch03.check_smallest_input(smallest)


@pytest.mark.parametrize(
    ("off", "hint"), [(-1, "refuses"), (1, "so does"), (-100, "refuses"), (None, "of course")]
)
def test_smallest_input_knows_wrong_answers(smallest, off, hint):
    feedback = ch03.check_smallest_input(300 if off is None else smallest + off)
    assert not feedback
    assert hint in feedback.message


@pytest.mark.parametrize("answer", [0, -5, 250.5, 10**9])
def test_smallest_input_wants_a_whole_number(answer):
    assert "one whole number" in ch03.check_smallest_input(answer).message
