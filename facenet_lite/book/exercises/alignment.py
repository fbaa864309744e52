"""Exercises of the chapter on alignment: what fixes a transform, solving it, back, loops, eyes."""

from __future__ import annotations

import functools
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import align, imaging, landmarks
from facenet_lite.align.similarity import similarity_transform
from facenet_lite.book.exercises import Array, Number, exercise, judging
from facenet_lite.book.exercises.feedback import Feedback, not_yet, passed
from facenet_lite.book.exercises.photographs import astronaut_landmarks
from facenet_lite.book.exercises.reading import shaped
from facenet_lite.detect.hog import HogDetector
from facenet_lite.errors import InputError
from facenet_lite.types import Image

POINTS: Final = np.array([[10.0, 40.0], [50.0, 20.0], [62.0, 64.0], [30.0, 80.0]])
"""Four points of the exercise on solving, as x and y."""
TARGETS: Final = np.array([[21.0, 30.0], [66.0, 29.0], [58.0, 74.0], [20.0, 72.0]])
"""The positions to which they should be moved."""
PLACE: Final = (20.0, 110.0)
"""A place in the astronaut's crop of 150 pixels: x and y."""


@functools.cache
def astronaut_points() -> NDArray[np.float32]:
    """dlib's five landmarks of the astronaut: (1, 5, 2)."""
    return astronaut_landmarks(5)[None]


@functools.cache
def group_picture() -> Image:
    """The astronaut and Grace Hopper side by side: (512, 949, 3)."""
    hopper = imaging.resize(imaging.grace_hopper(), height=512)
    return np.ascontiguousarray(np.hstack([imaging.astronaut(), hopper]))


@functools.cache
def group_points() -> NDArray[np.float32]:
    """dlib's landmarks of the two faces in ``group_picture``, from left to right: (2, 5, 2)."""
    found = HogDetector.load(score_threshold=0.8).detect(group_picture()).boxes
    return landmarks.load(5).locate(group_picture(), found[np.argsort(found[:, 0])])


@exercise
def check_count() -> Number:
    """The least number of points that fix a rotation, a scale and a shift."""
    return Number(
        answer=2,
        wants="one whole number",
        right="Four unknowns, two equations a point. Every further point can only disagree.",
        wrong={
            "One point fixes the shift. The face may still turn about it, and grow.": 1,
            "Three fix an affine transform, which may also shear: six unknowns. Count ours.": 3,
            "Four unknowns is right. But each point gives two equations, one for x and one for "
            "y.": 4,
            "Five is what we have. How many of them could we do without?": 5,
        },
        otherwise="Not that. Count the unknowns, then equations per point.",
    )


@exercise
def check_similarity() -> Array:
    """The least-squares similarity transform (2, 3) from ``POINTS`` to ``TARGETS``."""
    right = similarity_transform(POINTS, TARGETS)
    a, b = right[:, 0]
    spread = np.square(POINTS - POINTS.mean(0)).sum()
    undivided = _with_shift(a * spread, b * spread)
    return Array(
        answer=right,
        wants="a matrix of two rows and three numbers: [[a, -b, tx], [b, a, ty]]",
        right="To the last digit the package's answer, from three sums.",
        wrong={
            "This brings the targets to the points. "
            "Which of the two is to be moved?": similarity_transform(TARGETS, POINTS),
            "The rotation goes the wrong way: b is the sum of x v - y u, "
            "in this order.": _with_shift(a, -b),
            "Divide a and b by the spread, the sum of x x + y y.": undivided,
            "The sums were taken without moving both sets of points to their means "
            "first.": _with_shift(*_uncentred()),
            "Rotation and scale are right. The shift takes the *moved* mean to the "
            "mean.": lambda given: np.allclose(given[:, :2], right[:, :2], atol=1e-6),
        },
        otherwise="Not yet. Check a and b first: they must make the matrix [[a, -b], [b, a]].",
        wrong_within=1e-4,
    )


@exercise
def check_back() -> Array:
    """Where ``PLACE`` of the astronaut's crop (150 pixels, margin 0.25) lies in the photograph."""
    (there,) = align.landmark_transforms(astronaut_points(), 150)
    linear, shift = there[:, :2], there[:, 2]
    right = align.move(PLACE, align.inverse(there))
    forwards = align.move(PLACE, there)
    return Array(
        answer=right,
        wants="two numbers: x and y in the photograph",
        right="There is the way back: whatever you find in a crop, you can mark in the photo.",
        wrong={
            "That is the way from the photograph to the crop. You want the other one.": forwards,
            "x and y have changed places.": right[::-1],
            "The shift must be taken off before the rotation and scale are undone, "
            "not after.": np.linalg.inv(linear) @ PLACE - shift,
            "A scaled rotation's inverse is not its transpose: "
            "that does not undo the scale.": linear.T @ (np.array(PLACE) - shift),
        },
        otherwise="Not there. align.inverse gives the transform back, align.move applies it.",
        within=0.5,
    )


@judging(
    shaped(2, 96, 96, 3),
    wants="two crops of 96 x 96: a list of two, or an array (2, 96, 96, 3)",
)
def check_loop(given: NDArray[Any]) -> Feedback:
    """The two crops of ``group_picture()``, by ``group_points()``: uint8 (2, 96, 96, 3)."""
    right = align.crop(group_picture(), group_points(), 96)

    def same(one: NDArray[Any], two: NDArray[Any]) -> bool:
        return bool(np.abs(one - two).mean() < 1)

    if same(given, right):
        return passed(
            "Both from the same picture. A name that is read in a loop is not written there."
        )
    if same(given[0], right[0]):
        return not_yet(
            "The first is right. The second was cut out of the first: which name serves twice?"
        )
    if same(given[::-1], right):
        return not_yet("Both are there, in the other order: keep that of the points.")
    if same(given[..., ::-1], right):
        return not_yet("Red and blue have changed places.")
    return not_yet("Not these crops. Use align.crop with size 96 and its usual margin.")


@judging(shaped(5, 2), wants="five points: an array (5, 2), made from the template's")
def check_blind(given: NDArray[Any]) -> Feedback:
    """Five landmarks where the eyes see no change, but least squares turns by over 5 degrees."""
    before = align.template(150, 0.25)
    if np.allclose(given, before):
        return not_yet("That is the template itself. Move the base of the nose.")
    try:
        (eyes,) = align.eye_transforms(given[None], 150)
        (fitted,) = align.landmark_transforms(given[None], 150)
    except InputError:
        return not_yet("These points fix no transform: too many of them fall together.")
    if not np.allclose(eyes, np.eye(2, 3), atol=1e-6):
        return not_yet(
            "The eyes-only crop has changed: leave the middles of both eyes where they are."
        )
    turned = abs(align.angle_and_scale(fitted)[0])
    if turned > 5:
        return passed(
            f"Least squares turns by {turned:.0f} degrees; the eyes, asked alone, by none."
        )
    if np.allclose(given[4, 0], before[4, 0]) and np.allclose(given[:4], before[:4]):
        return not_yet("The nose moved up or down only: that changes the scale. Move it sideways.")
    return not_yet(f"The right direction, but least squares turns by only {turned:.1f} degrees.")


def _with_shift(a: float, b: float) -> NDArray[np.float64]:
    linear = np.array([[a, -b], [b, a]])
    return np.column_stack([linear, TARGETS.mean(0) - linear @ POINTS.mean(0)])


def _uncentred() -> tuple[float, float]:
    spread = np.square(POINTS).sum()
    across = POINTS[:, 0] * TARGETS[:, 1] - POINTS[:, 1] * TARGETS[:, 0]
    return float((POINTS * TARGETS).sum() / spread), float(across.sum() / spread)
