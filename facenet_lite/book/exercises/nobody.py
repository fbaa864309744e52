"""Exercises of the chapter on Faces of Nobody: shapes, a triangle, who and how, splits."""

from __future__ import annotations

import functools
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite.book.builders import components
from facenet_lite.book.exercises import Array, Number, exercise, judging
from facenet_lite.book.exercises.feedback import Feedback, not_yet, passed
from facenet_lite.book.exercises.reading import shaped
from facenet_lite.by_hand.data import procrustes, triangle
from facenet_lite.data import nobody

SOURCE: Final = ((20, 30), (60, 30), (20, 70))
TARGET: Final = ((10, 10), (50, 20), (20, 60))
PIXEL: Final = (22.5, 25.0)
"""A point of the new picture, inside ``TARGET``."""
PEOPLE: Final = 150
EACH: Final = 4
SHARE_WITHIN: Final = 0.015


@functools.cache
def outlines() -> NDArray[np.float64]:
    """Forty faces' landmarks (40, 68, 2), each shifted, rotated and scaled differently."""
    rng = np.random.default_rng(9)
    model = nobody.load()
    drawn = model.sample_pictures(model.sample_identities(40, rng=rng), 1, rng=rng, size=32)
    shapes = drawn.flat_landmarks.astype(float)
    angles, scales = rng.uniform(-1, 1, 40), rng.uniform(1, 5, 40)
    c, s = np.cos(angles) * scales, np.sin(angles) * scales
    turns = np.stack([c, s, -s, c], axis=-1).reshape(40, 2, 2)
    return shapes @ turns + rng.uniform(-60, 60, (40, 1, 2))


@functools.cache
def first_component() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The first principal component of 600 pictures of 150 people: scores (600,), labels (600,)."""
    rng = np.random.default_rng(9)
    model = nobody.load()
    drawn = model.sample_pictures(
        model.sample_identities(PEOPLE, rng=rng),
        EACH,
        rng=rng,
        scale=dict.fromkeys(nobody.PARTS, 1.0),
        size=32,
    )
    pictures, labels = drawn.flat
    values = pictures.reshape(len(pictures), -1).astype(np.float32)
    found = components.principal(values - values.mean(axis=0), 1, rng=rng)
    return found.scores[:, 0].astype(float), labels


def album() -> NDArray[np.int64]:
    """The person in each of 300 pictures: labels (300,) of 60 people with five pictures each."""
    return np.random.default_rng(9).permutation(np.repeat(np.arange(60), 5))


@judging(shaped(68, 2), wants="one shape: an array of 68 points, (68, 2)")
def check_mean_shape(given: NDArray[Any]) -> Feedback:
    """The mean shape of ``outlines()``, aligned to the first of them."""
    if np.ptp(given) == 0:
        return not_yet("All these points are one. The answer should be one shape of 68 points.")
    shapes = outlines()
    right = procrustes.mean_shape(shapes)
    centred = shapes - shapes.mean(axis=1, keepdims=True)
    if _near(given, right):
        return passed("It lies on the first face, as large as that one, and belongs to nobody.")
    usual = np.mean([_size(shape) for shape in shapes])
    if _near(given, shapes.mean(axis=0)) or _near(_centre(given), centred.mean(axis=0)):
        return not_yet(
            f"This face has {_size(given) / usual:.0%} of the size that the forty have on average: "
            "turned one way and the other, points cancel. Align them before you average."
        )
    if _near(_centre(given), _centre(right)):
        return not_yet("The right shape in the wrong place. Leave it where the first face lies.")
    if _near(procrustes.aligned([given], right)[0], right):
        return not_yet("The right shape, but not on the first face: align the mean with shapes[0].")
    return not_yet("Not this shape. Align each with the first, average, and do it again.")


@exercise
def check_pixel() -> Array:
    """The point of ``SOURCE`` from which the pixel ``PIXEL`` inside ``TARGET`` takes its colour."""
    weights = triangle.weights([PIXEL], TARGET)[0]
    right = weights @ np.array(SOURCE)
    return Array(
        answer=right,
        wants="one point: (x, y)",
        right="Half of the first corner and a quarter of each other one.",
        wrong={
            "x comes first, then y.": right[::-1],
            "That is the way there. A picture is made by asking each new pixel where it comes "
            "from: take its weights in TARGET and mix the corners of SOURCE.": (
                (triangle.weights([PIXEL], SOURCE) @ np.array(TARGET))[0]
            ),
            "These are weights. Mix the three corners of SOURCE with them.": weights[:2],
            "That is the pixel itself; the triangle has moved under it.": PIXEL,
            "That is the middle of SOURCE: all three weights the same.": np.mean(SOURCE, axis=0),
        },
        otherwise="Not that point. Find a + b + c = 1 with a A + b B + c C = PIXEL first.",
        wrong_within=0.01,
    )


@exercise
def check_share() -> Number:
    """The share of the variance of ``first_component()`` that lies between people."""
    scores, labels = first_component()
    rows = scores[np.argsort(labels, kind="stable")].reshape(PEOPLE, EACH)
    within = float(rows.var(axis=1, ddof=1).mean())
    of_means = float(rows.mean(axis=1).var(ddof=1))
    between = of_means - within / EACH
    share = between / (between + within)
    return Number(
        answer=share,
        wants="one number: between people, divided by all, from 0 to 1",
        right="Less than half: the largest component of these pictures is not identity.",
        wrong={
            "The mean of four pictures still holds a quarter of how. Take within / 4 off first.": (
                *(of_means / (of_means + within), of_means / float(scores.var())),
            ),
            "That is how's part; who's is the rest.": 1 - share,
            "Divide by the whole, between + within, not by within alone.": between / within,
            "As a fraction, please, not in per cent.": 100 * share,
        },
        otherwise="Not that. Variance of a person's pictures about their mean: that is within.",
        within=SHARE_WITHIN,
    )


@judging(shaped(300, kinds="b"), wants="a mask: 300 times True or False, one for a picture")
def check_split(mask: NDArray[np.bool_]) -> Feedback:
    """Which pictures of ``album()`` are for training: a mask that never divides a person."""
    labels = album()
    both = np.intersect1d(labels[mask], labels[~mask])
    if not 0.2 <= mask.mean() <= 0.8:
        return not_yet(f"{mask.sum()} of {len(mask)} pictures for training leaves too few for one.")
    if len(both) > 1:
        return not_yet(
            f"{len(both)} of 60 people are on both sides: the test would ask for faces that were "
            "trained on. Draw people, not pictures."
        )
    if len(both) == 1:
        return not_yet(f"Person {both[0]} is on both sides. np.isin(labels, people) takes all.")
    return passed("Nobody is on both sides, so the test asks about strangers.")


@exercise
def check_same_people() -> Number:
    """How many of 40 test people are also among 100 training people, both drawn from seed 7."""
    return Number(
        answer=40,
        wants="one whole number",
        right="All of them: two generators from one seed draw the same people.",
        wrong={
            "Same seed, same numbers: the second generator begins where the first one began.": 0,
            "Only 40 people are drawn for the test.": 100,
            "Not just the first one: the generators stay in step.": 1,
            "Those are the training people who are not in the test.": 60,
        },
        otherwise="Not that many. Draw both, and compare coordinates.",
    )


def _two_pictures(answer: Any) -> nobody.Pictures | None:
    pictures = isinstance(answer, nobody.Pictures)
    return answer if pictures and answer.labels.shape == (1, 2) else None


@judging(_two_pictures, wants="one person with two pictures, as sample_pictures returns them")
def check_sides(given: nobody.Pictures) -> Feedback:
    """Two pictures of one person that differ only in light: from the left, then from the right."""
    light = nobody.AXES["light"].index("from the picture's left")
    left, right = given.parameters["light"][0]
    for part, values in given.parameters.items():
        if part != "light" and not np.array_equal(values[0, 0], values[0, 1]):
            return not_yet(f"The two also differ in {part}: set or switch off all parts but light.")
    if np.delete(left - right, light).any():
        return not_yet("Other axes of light differ as well. Give all five numbers, four of them 0.")
    if left[light] < 0 < right[light]:
        return not_yet("Those are the right two in the wrong order: from the left comes first.")
    if not left[light] >= 1 or not right[light] <= -1:
        return not_yet("Hardly to be seen: take at least 1 standard deviation to either side.")
    return passed("Only the light moved: same landmarks, same person, and quite another picture.")


def _near(points: NDArray[np.float64], target: NDArray[np.float64]) -> bool:
    """Whether the mean distance between two shapes' points is within 2 % of their size."""
    return float(np.linalg.norm(points - target) / _size(target)) < 0.02


def _centre(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(points - points.mean(axis=0))


def _size(points: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(_centre(points)))
