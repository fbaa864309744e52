"""Checkers for the chapter on landmarks: names, a tree, an error, a mirror, a frame, a limit."""

from __future__ import annotations

import functools
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import imaging, landmarks
from facenet_lite.book.exercises.feedback import STUB, Feedback, is_stub, not_yet, passed
from facenet_lite.detect.haar import HaarDetector
from facenet_lite.landmarks.framing import as_seen_from
from facenet_lite.landmarks.points import FIVE_OF_68
from facenet_lite.types import Image

HOG: Final = (175, 76, 266, 167)
"""dlib's box around the astronaut's face: x1 y1 x2 y2, right and bottom excluded."""

QUESTIONS: Final = (("left cheek", "nose", 12.5), ("mouth", "chin", -8.0), ("nose", "chin", 40.0))
"""A tree of three questions: is the first place brighter than the second by more than this?"""
GREYS: Final = {"left cheek": 171, "nose": 160, "mouth": 96, "chin": 131}
"""The grey values that one face has at the tree's places."""

LOST: Final = 0.1
STEP: Final = 0.02
"""How exactly the box's limit has to be found, in sides of the box."""


@functools.cache
def astronaut_points() -> NDArray[np.float32]:
    """The astronaut's 68 points (68, 2), as dlib finds them in HOG's box."""
    return _found(np.array([HOG], np.float32))


def mirrored_picture() -> Image:
    """The astronaut as in a mirror: column 0 has become column 511."""
    return np.ascontiguousarray(imaging.astronaut()[:, ::-1])


def pair() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Points (68, 2) found from a box that lies too low, and those from HOG's, taken for true."""
    lower = np.array([HOG], np.float32) + np.array([0, 18, 0, 18], np.float32)
    return _found(lower), astronaut_points()


def check_corner(answer: Any) -> Feedback:
    """The number, among the 68, of the outer corner of the person's own left eye."""
    if is_stub(answer):
        return STUB
    number = _array(answer, ())
    hints = {
        36: "That is the eye on the left of the picture: her right one.",
        39: "That is an inner corner, and of her right eye.",
        42: "The right eye to look at, but its inner corner. The outer one is nearer the ear.",
        0: "That is its place among the five points. Among the 68 it has another number.",
        46: "Counted from 1. Python, and dlib's shape.part(i), count from 0.",
    }
    if number is None:
        return not_yet("One whole number from 0 to 67 is wanted.")
    if number == FIVE_OF_68[0]:
        return passed("45: on the right of the picture, because she looks at us.")
    return not_yet(hints.get(int(number), "Not that one. Look for it in the numbered picture."))


def check_leaf(answer: Any) -> Feedback:
    """The leaf, from 0, in which the tree ``QUESTIONS`` puts a face with the grey values ``GREYS``.

    Yes leads from question i to 2 i + 1, no to 2 i + 2; leaves are counted after the questions.
    """
    if is_stub(answer):
        return STUB
    number = _array(answer, ())
    if number is None:
        return not_yet("One whole number from 0 to 3 is wanted.")
    node = _walk()
    if number == node - len(QUESTIONS):
        return passed("No, then no: the last leaf. Its 68 little shifts are added to the shape.")
    hints = {
        node: "That counts the questions too. The first leaf comes after three questions.",
        _walk(flipped=(0, 1)) - len(QUESTIONS): "Yes and no are exchanged: yes leads to 2 i + 1.",
        _walk(flipped=(0,)) - len(QUESTIONS): "171 - 160 is 11, which is not more than 12.5: a no.",
        _walk(flipped=(1,)) - len(QUESTIONS): "The first answer is right. Of question 2, "
        "160 - 131 is 29, which is not more than 40.",
    }
    return not_yet(hints.get(int(number), "There are four leaves, 0 to 3. Begin at question 0."))


def check_error(answer: Any) -> Feedback:
    """The normalised mean error of ``pair()``: the found points against the true ones."""
    if is_stub(answer):
        return STUB
    number = _array(answer, ())
    if number is None:
        return not_yet("One number is wanted.")
    found, truth = (points.astype(np.float64) for points in pair())
    distance = np.linalg.norm(found - truth, axis=1)
    eyes = np.linalg.norm(truth[45] - truth[36])
    if np.isclose(number, distance.mean() / eyes, rtol=2e-3):
        return passed("The mean of 68 distances, in distances between the eyes' outer corners.")
    hints = {
        "That is in pixels. Divide by the distance between the eyes.": distance.mean(),
        "You have divided by the distance of the inner corners. The outer ones are 36 and 45.": (
            distance.mean() / np.linalg.norm(truth[42] - truth[39])
        ),
        "You have divided by the box's side. That is another unit, used elsewhere.": (
            distance.mean() / (HOG[2] - HOG[0])
        ),
        "The unit comes from the true eyes, not from the found ones.": (
            distance.mean() / np.linalg.norm(found[45] - found[36])
        ),
        "That is the root of the mean square. Take the mean of the distances.": (
            np.sqrt(np.square(distance).mean()) / eyes
        ),
        "You have taken the mean of x's and y's differences. Take each point's distance first.": (
            np.abs(found - truth).mean() / eyes
        ),
    }
    for hint, wrong in hints.items():
        if np.isclose(number, wrong, rtol=2e-3):
            return not_yet(hint)
    return not_yet("Not that. First 68 distances, then their mean, then divide.")


def check_mirror(answer: Any) -> Feedback:
    """The landmarks (68, 2) of ``mirrored_picture()``, from ``astronaut_points()``."""
    if is_stub(answer):
        return STUB
    points = _array(answer, (68, 2))
    if points is None:
        return not_yet("68 points are wanted: an array of shape (68, 2).")
    (right,) = landmarks.mirrored(astronaut_points()[None], 512)
    if np.allclose(points, right, atol=0.01):
        return passed("Places and names change: her left eye is the right eye of the woman there.")
    aside = np.array([1, 0])
    unnamed = astronaut_points() * [-1, 1] + [511, 0]
    hints = {
        "The places are right, the names are not: point 36 must lie in the mirror's right eye, "
        "which is on the picture's left.": unnamed,
        "Column 0 becomes column 511, not 512; and the names still have to change sides.": (
            unnamed + aside
        ),
        "One pixel too far to the right: column 0 becomes column 511, which is width - 1.": (
            right + aside
        ),
        "That turns her upside down: mirror x, the first of the two numbers.": (
            astronaut_points() * [1, -1] + [0, 511]
        ),
        "Those are the points of the picture as it was.": astronaut_points(),
    }
    for hint, wrong in hints.items():
        if np.allclose(points, wrong, atol=0.01):
            return not_yet(hint)
    return not_yet("Not these. Mirror the places: 511 - x. Then put the names right.")


def check_frame(answer: Any) -> Feedback:
    """HOG's box as seen from Haar's, on the astronaut: right, down, width, height."""
    if is_stub(answer):
        return STUB
    given = _array(answer, (4,))
    if given is None:
        return not_yet("Four numbers are wanted: right, down, width, height.")
    haar, hog = haar_box(), np.array(HOG, np.float64)
    right = as_seen_from(haar[None], hog[None])[0]
    if np.allclose(given, right, atol=2e-3):
        return passed("One face. The recorded frame is the mean over some three hundred.")
    away = (hog[:2] + hog[2:] - haar[:2] - haar[2:]) / 2
    size = haar[2:] - haar[:2]
    hints = {
        "That is Haar's box as seen from HOG's. Divide by Haar's sides, and look towards HOG.": (
            as_seen_from(hog[None], haar[None])[0]
        ),
        "The shift is in pixels. Divide it by Haar's width and height.": np.array(
            [*away, *right[2:]]
        ),
        "You have shifted corners. The frame is about centres: half of left plus right.": (
            np.array([*((hog[:2] - haar[:2]) / size), *right[2:]])
        ),
        "The shift points the wrong way: from Haar's centre to HOG's.": np.array(
            [*-right[:2], *right[2:]]
        ),
    }
    for hint, wrong in hints.items():
        if np.allclose(given, wrong, atol=2e-3):
            return not_yet(hint)
    return not_yet("Not these. Centres first, then the difference divided by Haar's sides.")


def check_limit(answer: Any) -> Feedback:
    """How far up HOG's box can be moved, in its sides, before dlib's 68 points are lost.

    Lost means an error over a tenth. It must be lost at the answer and found two hundredths before.
    """
    if is_stub(answer):
        return STUB
    number = _array(answer, ())
    if number is None or not 0 <= number <= 1:
        return not_yet("One number from 0 to 1 is wanted, in sides of the box.")
    shift = float(number)
    if error_when_moved_up(shift) <= LOST:
        return not_yet(f"At {shift:g} the error is {error_when_moved_up(shift):.3f}: still found.")
    if error_when_moved_up(max(shift - STEP, 0)) > LOST:
        return not_yet(f"Already lost at {shift - STEP:g}. Come nearer to 0.")
    return passed("Detectors scatter by a few hundredths, so there is room, but not much.")


def error_when_moved_up(shift: float) -> float:
    """The error of dlib's 68 points when HOG's box is moved up by so many of its sides."""
    box = np.array([HOG], np.float32) - [[0, 91 * shift, 0, 91 * shift]]
    truth = astronaut_points()[None]
    return float(landmarks.normalised_mean_error(_found(box)[None], truth)[0])


@functools.cache
def haar_box() -> NDArray[np.float64]:
    """Haar's box around the astronaut's face (4,)."""
    (box,) = HaarDetector.load().detect(imaging.astronaut()).boxes
    return np.asarray(box, np.float64)


@functools.cache
def _landmarker() -> landmarks.Landmarker:
    return landmarks.load(68)


def _found(box: NDArray[Any]) -> NDArray[np.float32]:
    """dlib's 68 points (68, 2) of the astronaut in a box (1, 4)."""
    return np.asarray(_landmarker().locate(imaging.astronaut(), box)[0], np.float32)


def _walk(flipped: tuple[int, ...] = ()) -> int:
    """The node at which the exercise's face ends; ``flipped`` answers are given the wrong way."""
    node = step = 0
    while node < len(QUESTIONS):
        first, second, threshold = QUESTIONS[node]
        yes = GREYS[first] - GREYS[second] > threshold
        node = 2 * node + (1 if yes != (step in flipped) else 2)
        step += 1
    return node


def _array(answer: Any, shape: tuple[int, ...]) -> NDArray[np.float64] | None:
    """The answer as finite numbers of that shape, else None."""
    try:
        array = np.asarray(answer)
        if array.dtype.kind not in "iuf" or array.shape != shape:
            return None
        numbers = array.astype(np.float64)
        return numbers if np.isfinite(numbers).all() and np.abs(numbers).max() < 1e12 else None
    except Exception:
        return None
