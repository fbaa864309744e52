"""The checkers of the chapter on landmarks: stub, solution, and the wrong answers they know."""

import numpy as np
import pytest

from facenet_lite import landmarks
from facenet_lite.book.exercises import STUB
from facenet_lite.book.exercises import landmarks as ch07
from facenet_lite.landmarks.points import MIRROR

CHECKERS = [getattr(ch07, name) for name in dir(ch07) if name.startswith("check_")]


def expect(feedback, hint):
    assert not feedback
    assert hint in feedback.message


@pytest.mark.parametrize("check", CHECKERS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("junk", ["face", [], {}, object(), np.nan, 1e99, np.zeros((2, 2, 2))])
def test_the_stub_and_junk_do_not_pass(check, junk):
    assert check(...) is STUB
    assert not check(junk)


def test_corner_passes():
    assert ch07.check_corner(45)
    assert ch07.check_corner(landmarks.GROUPS[68]["left eye"][3])


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (36, "her right one"),
        (39, "of her right eye"),
        (42, "inner corner"),
        (0, "among the five"),
        (46, "Counted from 1"),
        (8, "numbered picture"),
    ],
)
def test_corner_knows_wrong_answers(answer, hint):
    expect(ch07.check_corner(answer), hint)


def test_leaf_passes_on_the_walk_by_hand():
    first, second, threshold = ch07.QUESTIONS[0]
    assert not ch07.GREYS[first] - ch07.GREYS[second] > threshold
    first, second, threshold = ch07.QUESTIONS[2]
    assert not ch07.GREYS[first] - ch07.GREYS[second] > threshold
    assert ch07.check_leaf(3)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (6, "counts the questions"),
        (0, "exchanged"),
        (1, "171 - 160"),
        (2, "160 - 131"),
        (9, "four leaves"),
    ],
)
def test_leaf_knows_wrong_answers(answer, hint):
    expect(ch07.check_leaf(answer), hint)


def nme(found, truth, *, unit=(36, 45), of="truth", divide=True):
    """The exercise's code, its mistakes as arguments."""
    eyes = truth if of == "truth" else found
    error = np.linalg.norm(found - truth, axis=1).mean()
    return error / np.linalg.norm(eyes[unit[0]] - eyes[unit[1]]) if divide else error


def test_error_passes():
    found, truth = ch07.pair()
    assert ch07.check_error(nme(found, truth))
    assert ch07.check_error(landmarks.normalised_mean_error(found[None], truth[None])[0])


@pytest.mark.parametrize(
    ("mistake", "hint"),
    [
        ({"divide": False}, "in pixels"),
        ({"unit": (39, 42)}, "inner corners"),
        ({"of": "found"}, "from the true eyes"),
    ],
)
def test_error_knows_wrong_units(mistake, hint):
    expect(ch07.check_error(nme(*ch07.pair(), **mistake)), hint)


def test_error_knows_other_means():
    found, truth = ch07.pair()
    eyes = np.linalg.norm(truth[45] - truth[36])
    distance = np.linalg.norm(found - truth, axis=1)
    expect(ch07.check_error(np.sqrt(np.square(distance).mean()) / eyes), "root of the mean square")
    expect(ch07.check_error(np.abs(found - truth).mean() / eyes), "x's and y's")
    expect(ch07.check_error(distance.mean() / 91), "box's side")
    expect(ch07.check_error(7.0), "First 68 distances")


def test_mirror_passes():
    points = ch07.astronaut_points()
    assert ch07.check_mirror(landmarks.mirrored(points[None], 512)[0])
    named = points[list(MIRROR[68])]
    assert ch07.check_mirror(np.column_stack([511 - named[:, 0], named[:, 1]]))


def test_mirror_knows_wrong_answers():
    x, y = ch07.astronaut_points().T
    expect(ch07.check_mirror(np.column_stack([511 - x, y])), "the names are not")
    expect(ch07.check_mirror(np.column_stack([512 - x, y])), "names still have to change")
    named = landmarks.mirrored(ch07.astronaut_points()[None], 512)[0]
    expect(ch07.check_mirror(named + np.array([1, 0])), "One pixel too far")
    expect(ch07.check_mirror(np.column_stack([x, 511 - y])), "upside down")
    expect(ch07.check_mirror(ch07.astronaut_points()), "as it was")
    expect(ch07.check_mirror(np.zeros((68, 2))), "Mirror the places")


def frame(haar, hog):
    size = haar[2:] - haar[:2]
    shift = (hog[:2] + hog[2:] - haar[:2] - haar[2:]) / 2 / size
    return np.array([*shift, *((hog[2:] - hog[:2]) / size)])


def test_frame_passes():
    assert ch07.check_frame(frame(ch07.haar_box(), np.array(ch07.HOG)).tolist())


def test_frame_knows_wrong_answers():
    haar, hog = ch07.haar_box(), np.array(ch07.HOG, float)
    right, size = frame(haar, hog), haar[2:] - haar[:2]
    expect(ch07.check_frame(frame(hog, haar)), "seen from HOG's")
    expect(ch07.check_frame([*(right[:2] * size), *right[2:]]), "in pixels")
    corners = (hog[:2] - haar[:2]) / size
    expect(ch07.check_frame([*corners, *right[2:]]), "shifted corners")
    expect(ch07.check_frame([*-right[:2], *right[2:]]), "wrong way")
    expect(ch07.check_frame([1, 1, 1, 1]), "Centres first")


def test_limit_passes_where_the_face_has_just_been_lost():
    lost = next(s for s in np.arange(0, 1, 0.01) if ch07.error_when_moved_up(s) > ch07.LOST)
    assert ch07.check_limit(lost)
    expect(ch07.check_limit(lost - 0.02), "still found")
    expect(ch07.check_limit(lost + 0.1), "Already lost")
    expect(ch07.check_limit(0), "still found")
    expect(ch07.check_limit(-0.2), "from 0 to 1")
