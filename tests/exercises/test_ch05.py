"""The CNN chapter's checkers: the stub fails, the solution passes, wrong answers get a hint."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.detect.by_hand.max_margin import max_margin_loss
from facenet_lite.detect.by_hand.mmod_pyramid import lay_out
from facenet_lite.exercises import ch05

CHECKERS = [
    ch05.check_field,
    ch05.check_box,
    ch05.check_loss,
    ch05.check_upsample,
    ch05.check_crop,
]


def good_crop(image, left, top, right, bottom):
    return image[max(top, 0) : bottom + 1, max(left, 0) : right + 1]


@pytest.mark.parametrize("check", CHECKERS)
@pytest.mark.parametrize("answer", [..., None])
def test_the_stub_is_no_answer(check, answer):
    feedback = check(answer)
    assert not feedback
    assert "three dots" in feedback.message


@pytest.mark.parametrize("check", CHECKERS)
@pytest.mark.parametrize(
    "answer", ["?", object(), [], {}, [1, "a"], np.nan, -1, np.zeros((2, 2)), lambda: 1, 1e99]
)
def test_any_answer_gets_feedback(check, answer):
    feedback = check(answer)
    assert not feedback
    assert len(feedback.message) > 10


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (ch05.check_field, 175),
        (ch05.check_box, ch05.RIGHT_BOX),
        (ch05.check_loss, 1.4),
        (ch05.check_upsample, 2),
        (ch05.check_crop, good_crop),
    ],
)
def test_the_solution_passes(check, answer):
    assert check(answer)


def test_the_box_follows_from_the_pyramids_own_mapping():
    canvas = lay_out(600, 512)
    at = canvas.levels[ch05.LEVEL]
    centre = np.add(ch05.CENTRE, (at.left, at.top))
    corners = np.stack([centre - 39.5, centre + 39.5])
    first, last = canvas.to_picture(corners, np.array([ch05.LEVEL] * 2))
    assert tuple(np.floor(np.append(first, last + 1) + 0.5)) == ch05.RIGHT_BOX


def test_the_loss_is_the_packages():
    places = [[100 * i, 0, 100 * i + 80, 80] for i in range(3)]
    assert max_margin_loss(ch05.SCORES, places, [0]).loss == pytest.approx(1.4)


@pytest.mark.parametrize(
    ("check", "answer", "hint"),
    [
        (ch05.check_field, 189, "as it is"),
        (ch05.check_field, 27, "strides"),
        (ch05.check_field, 111, "before the last"),
        (ch05.check_field, 174, "one pixel"),
        (ch05.check_field, 214, "not k"),
        (ch05.check_field, 183, "larger steps"),
        (ch05.check_field, 5, "Layer by layer"),
        (ch05.check_field, [1, 2], "one whole number"),
        (ch05.check_box, (61, 21, 141, 101), "shrunk picture"),
        (ch05.check_box, (73, 25, 169, 121), "one level"),
        (ch05.check_box, (87, 30, 202, 144), "0.3"),
        (ch05.check_box, (88, 30, 202, 144), "last pixel"),
        (ch05.check_box, (42, 14, 98, 70), "went down"),
        (ch05.check_box, (105, 48, 185, 128), "window grows"),
        (ch05.check_box, (87.78, 30.18, 202.54, 144.94), "round"),
        (ch05.check_box, (0, 0, 1, 1), "Corners first"),
        (ch05.check_box, 3, "four numbers"),
        (ch05.check_loss, 0, "margin of 1"),
        (ch05.check_loss, 0.6, "face's share"),
        (ch05.check_loss, 0.8, "false alarm"),
        (ch05.check_loss, 0.4, "hinge"),
        (ch05.check_loss, 1.8, "worst answer"),
        (ch05.check_loss, 7, "max"),
        (ch05.check_loss, "a", "one number"),
        (ch05.check_upsample, 1, "50 pixels"),
        (ch05.check_upsample, 3, "four times the cost"),
        (ch05.check_upsample, 3.2, "doublings"),
        (ch05.check_upsample, 4, "counts the doublings"),
        (ch05.check_upsample, 9, "Double 25"),
        (ch05.check_crop, lambda im, x, y, r, b: im[y:b, x:r], "dlib's right and bottom"),
        (ch05.check_crop, lambda im, x, y, r, b: im[y : b + 1, x : r + 1], "empty crop"),
        (ch05.check_crop, lambda im, x, y, r, b: im[x : r + 1, y : b + 1], "rows come first"),
        (
            ch05.check_crop,
            lambda im, x, y, r, b: im[max(y, 0) : b + 1, max(x, 0) : r + 1, ::-1],
            "RGB already",
        ),
        (
            ch05.check_crop,
            lambda im, x, y, r, b: im[abs(y) : b + 1, abs(x) : r + 1],
            "clip at 0",
        ),
        (ch05.check_crop, lambda im: im, "raises TypeError"),
        (ch05.check_crop, lambda *a: None, "should be the crop"),
        (ch05.check_crop, lambda *a: 1 / 0 if min(a[1:]) < 0 else good_crop(*a), "ZeroDivision"),
        (
            ch05.check_crop,
            lambda im, x, y, r, b: np.zeros((1, 1, 3)) if b > 9 else good_crop(im, x, y, r, b),
            "keeps what is inside",
        ),
        (ch05.check_crop, good_crop(ch05.picture(), 0, 0, 2, 2), "function itself"),
    ],
)
def test_typical_wrong_answers_get_their_hint(check, answer, hint):
    feedback = check(answer)
    assert not feedback
    assert hint in feedback.message
