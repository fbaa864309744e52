"""The CNN chapter's checkers: the stub fails, the solution passes, wrong answers get a hint."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.book.exercises import mmod
from facenet_lite.by_hand.detect.max_margin import max_margin_loss
from facenet_lite.by_hand.detect.mmod_pyramid import lay_out

CHECKERS = [
    mmod.check_field,
    mmod.check_box,
    mmod.check_loss,
    mmod.check_upsample,
    mmod.check_crop,
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
        (mmod.check_field, 175),
        (mmod.check_box, mmod.RIGHT_BOX),
        (mmod.check_loss, 1.4),
        (mmod.check_upsample, 2),
        (mmod.check_crop, good_crop),
    ],
)
def test_the_solution_passes(check, answer):
    assert check(answer)


def test_the_box_follows_from_the_pyramids_own_mapping():
    canvas = lay_out(600, 512)
    at = canvas.levels[mmod.LEVEL]
    centre = np.add(mmod.CENTRE, (at.left, at.top))
    corners = np.stack([centre - 39.5, centre + 39.5])
    first, last = canvas.to_picture(corners, np.array([mmod.LEVEL] * 2))
    assert tuple(np.floor(np.append(first, last + 1) + 0.5)) == mmod.RIGHT_BOX


def test_the_loss_is_the_packages():
    places = [[100 * i, 0, 100 * i + 80, 80] for i in range(3)]
    assert max_margin_loss(mmod.SCORES, places, [0]).loss == pytest.approx(1.4)


@pytest.mark.parametrize(
    ("check", "answer", "hint"),
    [
        (mmod.check_field, 189, "as it is"),
        (mmod.check_field, 27, "strides"),
        (mmod.check_field, 111, "before the last"),
        (mmod.check_field, 174, "one pixel"),
        (mmod.check_field, 214, "not k"),
        (mmod.check_field, 183, "larger steps"),
        (mmod.check_field, 5, "Layer by layer"),
        (mmod.check_field, [1, 2], "one whole number"),
        (mmod.check_box, (61, 21, 141, 101), "shrunk picture"),
        (mmod.check_box, (73, 25, 169, 121), "one level"),
        (mmod.check_box, (87, 30, 202, 144), "0.3"),
        (mmod.check_box, (88, 30, 202, 144), "last pixel"),
        (mmod.check_box, (42, 14, 98, 70), "went down"),
        (mmod.check_box, (105, 48, 185, 128), "window grows"),
        (mmod.check_box, (87.78, 30.18, 202.54, 144.94), "round"),
        (mmod.check_box, (0, 0, 1, 1), "Corners first"),
        (mmod.check_box, 3, "four numbers"),
        (mmod.check_loss, 0, "margin of 1"),
        (mmod.check_loss, 0.6, "face's share"),
        (mmod.check_loss, 0.8, "false alarm"),
        (mmod.check_loss, 0.4, "hinge"),
        (mmod.check_loss, 1.8, "worst answer"),
        (mmod.check_loss, 7, "max"),
        (mmod.check_loss, "a", "one number"),
        (mmod.check_upsample, 1, "50 pixels"),
        (mmod.check_upsample, 3, "four times the cost"),
        (mmod.check_upsample, 3.2, "doublings"),
        (mmod.check_upsample, 4, "counts the doublings"),
        (mmod.check_upsample, 9, "Double 25"),
        (mmod.check_crop, lambda im, x, y, r, b: im[y:b, x:r], "dlib's right and bottom"),
        (mmod.check_crop, lambda im, x, y, r, b: im[y : b + 1, x : r + 1], "empty crop"),
        (mmod.check_crop, lambda im, x, y, r, b: im[x : r + 1, y : b + 1], "rows come first"),
        (
            mmod.check_crop,
            lambda im, x, y, r, b: im[max(y, 0) : b + 1, max(x, 0) : r + 1, ::-1],
            "RGB already",
        ),
        (
            mmod.check_crop,
            lambda im, x, y, r, b: im[abs(y) : b + 1, abs(x) : r + 1],
            "clip at 0",
        ),
        (mmod.check_crop, lambda im: im, "raises TypeError"),
        (mmod.check_crop, lambda *a: None, "should be the crop"),
        (mmod.check_crop, lambda *a: 1 / 0 if min(a[1:]) < 0 else good_crop(*a), "ZeroDivision"),
        (
            mmod.check_crop,
            lambda im, x, y, r, b: np.zeros((1, 1, 3)) if b > 9 else good_crop(im, x, y, r, b),
            "keeps what is inside",
        ),
        (mmod.check_crop, good_crop(mmod.picture(), 0, 0, 2, 2), "function itself"),
    ],
)
def test_typical_wrong_answers_get_their_hint(check, answer, hint):
    feedback = check(answer)
    assert not feedback
    assert hint in feedback.message
