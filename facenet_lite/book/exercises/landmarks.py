"""Exercises of the chapter on landmarks: names, a tree, an error, a mirror, a frame, a limit."""

from __future__ import annotations

import functools
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import imaging, landmarks
from facenet_lite.book.exercises import Array, Number, exercise, judging
from facenet_lite.book.exercises.feedback import Feedback, not_yet, passed
from facenet_lite.book.exercises.photographs import FACE, astronaut_landmarks
from facenet_lite.book.exercises.reading import number
from facenet_lite.boxes import as_seen_from
from facenet_lite.detect.haar import HaarDetector
from facenet_lite.landmarks.points import FIVE_OF_68
from facenet_lite.types import Image

HOG: Final = FACE
"""dlib's box around the astronaut's face: x1 y1 x2 y2, right and bottom excluded."""

QUESTIONS: Final = (("left cheek", "nose", 12.5), ("mouth", "chin", -8.0), ("nose", "chin", 40.0))
"""A tree of three questions: is the first place brighter than the second by more than this?"""
GREYS: Final = {"left cheek": 171, "nose": 160, "mouth": 96, "chin": 131}
"""One face's grey values at the tree's places."""

LOST: Final = 0.1
STEP: Final = 0.02
"""How precisely the box's limit has to be found, in sides of the box."""


@functools.cache
def astronaut_points() -> NDArray[np.float32]:
    """The astronaut's 68 points (68, 2), as dlib finds them in HOG's box."""
    return astronaut_landmarks(68)


def mirrored_picture() -> Image:
    """The astronaut mirrored: column 0 has become column 511."""
    return np.ascontiguousarray(imaging.astronaut()[:, ::-1])


def pair() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Points (68, 2) found from a box that is too low, and those from HOG's, taken as true."""
    return astronaut_landmarks(68, np.add(HOG, [0, 18, 0, 18])), astronaut_points()


@exercise
def check_corner() -> Number:
    """The number, among the 68, of the outer corner of the person's own left eye."""
    return Number(
        answer=FIVE_OF_68[0],
        wants="one whole number from 0 to 67",
        right="45: on the right of the picture, because she looks at us.",
        wrong={
            "That is the eye on the left of the picture: her right one.": 36,
            "That is an inner corner, and of her right eye.": 39,
            "The right eye to look at, but its inner corner. The outer one is nearer the ear.": 42,
            "That is its place among the five points. Among the 68 it has another number.": 0,
            "Counted from 1. Python, and dlib's shape.part(i), count from 0.": 46,
        },
        otherwise="Not that one. Look for it in the numbered picture.",
    )


@exercise
def check_leaf() -> Number:
    """The leaf, from 0, in which the tree ``QUESTIONS`` puts a face with the grey values ``GREYS``.

    Yes leads from question i to 2 i + 1, no to 2 i + 2; leaves are counted after the questions.
    """
    return Number(
        answer=_leaf(),
        wants="one whole number from 0 to 3",
        right="No, then no: the last leaf. Its 68 little shifts are added to the shape.",
        wrong={
            "That counts the questions too. The first leaf comes after three questions.": (
                _leaf() + len(QUESTIONS)
            ),
            "Yes and no are exchanged: yes leads to 2 i + 1.": _leaf(flipped=(0, 1)),
            "171 - 160 is 11, which is not more than 12.5: a no.": _leaf(flipped=(0,)),
            "The first answer is right. Of question 2, 160 - 131 is 29, which is not more than "
            "40.": _leaf(flipped=(1,)),
        },
        otherwise="There are four leaves, 0 to 3. Begin at question 0.",
    )


@exercise
def check_error() -> Number:
    """The normalised mean error of ``pair()``: the found points against the true ones."""
    found, truth = (points.astype(np.float64) for points in pair())
    distance = np.linalg.norm(found - truth, axis=1)
    mean, eyes = float(distance.mean()), float(np.linalg.norm(truth[45] - truth[36]))
    by_coordinate = float(np.abs(found - truth).mean())
    by_box = mean / (HOG[2] - HOG[0])
    by_found = mean / float(np.linalg.norm(found[45] - found[36]))
    of_squares = float(np.sqrt(np.square(distance).mean())) / eyes
    return Number(
        answer=mean / eyes,
        right="The mean of 68 distances, in distances between the eyes' outer corners.",
        wrong={
            "That is in pixels. Divide by the distance between the eyes.": mean,
            "You have divided by the distance of the inner corners. The outer ones are 36 and "
            "45.": mean / float(np.linalg.norm(truth[42] - truth[39])),
            "You have divided by the box's side. That is another unit, used elsewhere.": by_box,
            "The unit comes from the true eyes, not from the found ones.": by_found,
            "That is the root of the mean square. Take the mean of the distances.": of_squares,
            "You have taken the mean of x's and y's differences. Take each point's distance "
            "first.": by_coordinate / eyes,
        },
        otherwise="Not that. First 68 distances, then their mean, then divide.",
        within=2e-3 * mean / eyes,
        roughly=2e-3,
    )


@exercise
def check_mirror() -> Array:
    """The landmarks (68, 2) of ``mirrored_picture()``, from ``astronaut_points()``."""
    points, aside = astronaut_points(), np.array([1, 0])
    (right,) = landmarks.mirrored(points[None], 512)
    unnamed = points * [-1, 1] + [511, 0]
    upside_down = points * [1, -1] + [0, 511]
    return Array(
        answer=right,
        wants="68 points: an array of shape (68, 2)",
        right="Places and names change: her left eye is the right eye of the woman there.",
        wrong={
            "The places are right, the names are not: point 36 must lie in the mirror's right eye, "
            "which is on the picture's left.": unnamed,
            "Column 0 becomes column 511, not 512; "
            "and the names still have to change sides.": unnamed + aside,
            "One pixel too far to the right: column 0 becomes column 511, "
            "which is width - 1.": right + aside,
            "That turns her upside down: mirror x, the first of the two numbers.": upside_down,
            "Those are the points of the picture as it was.": points,
        },
        otherwise="Not these. Mirror the places: 511 - x. Then put the names right.",
        within=0.01,
    )


@exercise
def check_frame() -> Array:
    """HOG's box as seen from Haar's, on the astronaut: right, down, width, height."""
    haar, hog = haar_box(), np.array(HOG, np.float64)
    right = as_seen_from(haar[None], hog[None])[0]
    away, size = (hog[:2] + hog[2:] - haar[:2] - haar[2:]) / 2, haar[2:] - haar[:2]
    backwards = [*-right[:2], *right[2:]]
    return Array(
        answer=right,
        wants="four numbers: right, down, width, height",
        right="One face. The recorded frame is the mean over some three hundred.",
        wrong={
            "That is Haar's box as seen from HOG's. Divide by Haar's sides, and look towards "
            "HOG.": as_seen_from(hog[None], haar[None])[0],
            "The shift is in pixels. Divide it by Haar's width and height.": [*away, *right[2:]],
            "You have shifted corners. The frame is about centres: half of left plus right.": (
                [*((hog[:2] - haar[:2]) / size), *right[2:]]
            ),
            "The shift points the wrong way: from Haar's centre to HOG's.": backwards,
        },
        otherwise="Not these. Centres first, then the difference divided by Haar's sides.",
        within=2e-3,
    )


@judging(number, wants="one number from 0 to 1, in sides of the box")
def check_limit(shift: float) -> Feedback:
    """How far up HOG's box can be moved, in its sides, before dlib's 68 points are lost.

    Lost means an error over a tenth. It must be lost at the answer and found two hundredths before.
    """
    if not 0 <= shift <= 1:
        return not_yet("The answer should be one number from 0 to 1, in sides of the box.")
    if error_when_moved_up(shift) <= LOST:
        return not_yet(f"At {shift:g} the error is {error_when_moved_up(shift):.3f}: still found.")
    if error_when_moved_up(max(shift - STEP, 0)) > LOST:
        return not_yet(f"Already lost at {shift - STEP:g}. Come nearer to 0.")
    return passed("Detectors scatter by a few hundredths, so there is room, but not much.")


def error_when_moved_up(shift: float) -> float:
    """The error of dlib's 68 points when HOG's box is moved up by this share of its side."""
    found = astronaut_landmarks(68, np.subtract(HOG, [0, 91 * shift, 0, 91 * shift]))
    return float(landmarks.normalised_mean_error(found[None], astronaut_points()[None])[0])


@functools.cache
def haar_box() -> NDArray[np.float64]:
    """Haar's box around the astronaut's face (4,)."""
    (box,) = HaarDetector.load().detect(imaging.astronaut()).boxes
    return np.asarray(box, np.float64)


def _leaf(flipped: tuple[int, ...] = ()) -> int:
    """The leaf in which the exercise's face ends; ``flipped`` questions are answered wrongly."""
    node = step = 0
    while node < len(QUESTIONS):
        first, second, threshold = QUESTIONS[node]
        yes = GREYS[first] - GREYS[second] > threshold
        node = 2 * node + (1 if yes != (step in flipped) else 2)
        step += 1
    return node - len(QUESTIONS)
