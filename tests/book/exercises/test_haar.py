"""Each checker of the Haar chapter passes the solution and knows the typical wrong answers."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite import assets, boxes, imaging
from facenet_lite.book.exercises import haar
from facenet_lite.by_hand.detect.cascade_file import read_cascade
from facenet_lite.by_hand.detect.integral import integral_image
from facenet_lite.detect.haar import HaarDetector

CHECKERS = [
    haar.check_strip,
    haar.check_windows,
    haar.check_votes,
    haar.check_settings,
    haar.check_bug,
]
NONSENSE = [None, "text", object(), [], [[]], {}, float("nan"), [1, "a"], True, -1, [[1], [1, 2]]]


@pytest.fixture(scope="module")
def strip():
    return integral_image(imaging.to_grey(imaging.astronaut()))


@pytest.fixture(scope="module")
def stage():
    return read_cascade(assets.fetch("haar_frontalface_default")).stages[1]


@pytest.mark.parametrize("check", CHECKERS)
def test_the_stub_is_not_yet(check):
    feedback = check(...)
    assert not feedback
    assert "three dots" in feedback.message


@pytest.mark.parametrize("check", CHECKERS)
@pytest.mark.parametrize("answer", NONSENSE)
def test_no_answer_raises(check, answer):
    assert not check(answer)


def test_the_strips_sum_passes_and_its_mistakes_are_known(strip):
    x, y, w, h = haar.EYES
    a, b, c, d = strip[y, x], strip[y, x + w], strip[y + h, x], strip[y + h, x + w]
    pixels = imaging.to_grey(imaging.astronaut())[y : y + h, x : x + w]
    assert haar.check_strip(d - b - c + a)
    assert haar.check_strip(int(pixels.sum()))
    wrong = {
        imaging.to_grey(imaging.astronaut())[x : x + w, y : y + h].sum(): "other way round",
        d - b - c: "twice",
        d - a: "B and C",
        d: "D alone",
        pixels[:-1, :-1].sum(): "One row",
        12.0: "Not that",
    }
    for answer, hint in wrong.items():
        assert hint in haar.check_strip(answer).message


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (617 * 457, "every pixel"),
        (320 * 240, "must fit"),
        (308 * 228, "One short"),
        (26 * 20, "overlap"),
        (7, "Not that"),
    ],
)
def test_wrong_numbers_of_windows_get_a_hint(answer, hint):
    assert hint in haar.check_windows(answer).message


def test_the_number_of_windows_passes():
    assert haar.check_windows(309 * 229)


def test_the_votes_pass_and_their_mistakes_are_known(stage):
    window = haar.face_window()
    inner = window[1:-1, 1:-1]
    spread = inner.size * inner.std()
    right = haar.votes(stage, window, spread)
    assert right > stage.threshold
    assert haar.check_votes(right)
    wrong = {
        haar.votes(stage, window, 1.0): "too large",
        haar.votes(stage, window, window.size * window.std()): "border",
        sum(s.left + s.right for s in stage.stumps) - right: "swapped",
        stage.threshold: "stage's threshold",
        stage.stumps[0].left: "one vote",
        99.0: "Not that",
    }
    for answer, hint in wrong.items():
        assert hint in haar.check_votes(answer).message


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((1.5, 5), "of the 2 faces missed"),
        ((1.2, 1), "4 boxes"),
        ((1.1, 5), "30 %"),
        ((1.0, 5), "above 1"),
        ((1.3, 2.5), "whole number"),
        ((1.3, -1), "whole number"),
    ],
)
def test_poor_settings_get_a_hint(answer, hint):
    assert hint in haar.check_settings(answer).message


def test_settings_that_find_both_faces_pass():
    assert haar.check_settings((1.3, 3))


def test_the_mended_box_passes_and_each_bug_is_named():
    photo = imaging.astronaut()
    right = HaarDetector.load().detect(photo).boxes
    mixed = HaarDetector.load(min_neighbors=3).detect(photo[..., ::-1].copy()).boxes
    assert haar.check_bug(right)
    assert "width, height" in haar.check_bug(boxes.xyxy_to_xywh(right)).message
    assert "red for blue" in haar.check_bug(mixed).message
    assert "Two mistakes" in haar.check_bug(boxes.xyxy_to_xywh(mixed)).message
    assert "2 boxes" in haar.check_bug(np.repeat(right, 2, axis=0)).message
    assert "No box" in haar.check_bug(()).message
    assert "Not this box" in haar.check_bug(right + 5).message
