"""Checkers for the chapter on Faces of Nobody: shapes, a triangle, who and how, splits."""

from __future__ import annotations

import functools
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite.book.exercises.feedback import STUB, Feedback, is_stub, not_yet, passed
from facenet_lite.by_hand.data import procrustes, triangle
from facenet_lite.data import nobody
from facenet_lite.data.nobody import components

SOURCE: Final = ((20, 30), (60, 30), (20, 70))
TARGET: Final = ((10, 10), (50, 20), (20, 60))
PIXEL: Final = (22.5, 25.0)
"""A point of the new picture, inside ``TARGET``."""
PEOPLE: Final = 150
EACH: Final = 4
SHARE_WITHIN: Final = 0.015


@functools.cache
def outlines() -> NDArray[np.float64]:
    """Forty faces' landmarks (40, 68, 2), each somewhere else, turned, and of another size."""
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
    """Who is on each of 300 pictures: labels (300,) of 60 people with five pictures each."""
    return np.random.default_rng(9).permutation(np.repeat(np.arange(60), 5))


def check_mean_shape(answer: Any) -> Feedback:
    """The mean shape of ``outlines()``, lying on the first of them."""
    if is_stub(answer):
        return STUB
    given = _numbers(answer, (68, 2))
    if given is None or np.ptp(given) == 0:
        return not_yet("One shape is wanted: an array of 68 points, (68, 2).")
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


def check_pixel(answer: Any) -> Feedback:
    """From which point of ``SOURCE`` the pixel ``PIXEL`` inside ``TARGET`` takes its colour."""
    if is_stub(answer):
        return STUB
    given = _numbers(answer, (2,))
    if given is None:
        return not_yet("One point is wanted: (x, y).")
    weights = triangle.weights([PIXEL], TARGET)[0]
    forward = (triangle.weights([PIXEL], SOURCE) @ np.array(TARGET))[0]
    right = weights @ np.array(SOURCE)
    hints = [
        (right[::-1], "x comes first, then y."),
        (
            forward,
            "That is the way there. A picture is made by asking each new pixel where it comes "
            "from: take its weights in TARGET and mix the corners of SOURCE.",
        ),
        (weights[:2], "These are weights. Mix the three corners of SOURCE with them."),
        (np.array(PIXEL), "That is the pixel itself; the triangle has moved under it."),
        (np.mean(SOURCE, axis=0), "That is the middle of SOURCE: all three weights the same."),
    ]
    if np.allclose(given, right, atol=1e-6):
        return passed("Half of the first corner and a quarter of each other one.")
    for wrong, hint in hints:
        if np.allclose(given, wrong, atol=0.01):
            return not_yet(hint)
    return not_yet("Not that point. Find a + b + c = 1 with a A + b B + c C = PIXEL first.")


def check_share(answer: Any) -> Feedback:
    """Which part of the variance of ``first_component()`` lies between people."""
    if is_stub(answer):
        return STUB
    number = _numbers(answer, ())
    if number is None:
        return not_yet("One number is wanted: between people, divided by all, from 0 to 1.")
    between, within, of_means = _variances()
    share = between / (between + within)
    hints = [
        (
            of_means / (of_means + within),
            "The mean of four pictures still holds a quarter of how. Take within / 4 off first.",
        ),
        (
            of_means / float(first_component()[0].var()),
            "The mean of four pictures still holds a quarter of how. Take within / 4 off first.",
        ),
        (1 - share, "That is how's part; who's is the rest."),
        (between / within, "Divide by the whole, between + within, not by within alone."),
        (100 * share, "As a fraction, please, not in per cent."),
    ]
    if abs(number - share) < SHARE_WITHIN:
        return passed("Less than half: the largest component of these pictures is not identity.")
    for wrong, hint in hints:
        if abs(number - wrong) < SHARE_WITHIN:
            return not_yet(hint)
    return not_yet("Not that. Variance of a person's pictures about their mean: that is within.")


def check_split(answer: Any) -> Feedback:
    """Which pictures of ``album()`` are for training: a mask that takes each person whole."""
    if is_stub(answer):
        return STUB
    labels = album()
    mask = _array(answer)
    if mask is None or mask.dtype != np.bool_ or mask.shape != labels.shape:
        return not_yet(f"A mask is wanted: {len(labels)} times True or False, one for a picture.")
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


def check_same_people(answer: Any) -> Feedback:
    """How many of 40 test people are among 100 training people, both drawn from seed 7."""
    if is_stub(answer):
        return STUB
    number = _numbers(answer, ())
    hints = {
        0: "Same seed, same numbers: the second generator begins where the first one began.",
        100: "Only 40 people are drawn for the test.",
        1: "Not just the first one: the generators stay in step.",
        60: "Those are the training people who are not in the test.",
    }
    if number is None:
        return not_yet("One whole number is wanted.")
    if number == 40:
        return passed("All of them: two generators from one seed draw the same people.")
    return not_yet(hints.get(int(number), "Not that many. Draw both, and compare coordinates."))


def check_sides(answer: Any) -> Feedback:
    """Two pictures of one person that differ in light alone: from the left, then from the right."""
    if is_stub(answer):
        return STUB
    if not isinstance(answer, nobody.Pictures) or answer.labels.shape != (1, 2):
        return not_yet("One person with two pictures is wanted, as sample_pictures returns them.")
    light = nobody.AXES["light"].index("from the picture's left")
    left, right = answer.parameters["light"][0]
    for part, values in answer.parameters.items():
        if part != "light" and not np.array_equal(values[0, 0], values[0, 1]):
            return not_yet(f"The two also differ in {part}: set or switch off all parts but light.")
    if np.delete(left - right, light).any():
        return not_yet("Other axes of light differ as well. Give all five numbers, four of them 0.")
    if left[light] < 0 < right[light]:
        return not_yet("Those are the right two in the wrong order: from the left comes first.")
    if not left[light] >= 1 or not right[light] <= -1:
        return not_yet("Hardly to be seen: take at least 1 standard deviation to either side.")
    return passed("Only the light moved: same landmarks, same person, and quite another picture.")


@functools.cache
def _variances() -> tuple[float, float, float]:
    """Between people, within, and of the people's means, which have a part of within in them."""
    scores, labels = first_component()
    rows = scores[np.argsort(labels, kind="stable")].reshape(PEOPLE, EACH)
    within = float(rows.var(axis=1, ddof=1).mean())
    of_means = float(rows.mean(axis=1).var(ddof=1))
    return of_means - within / EACH, within, of_means


def _near(points: NDArray[np.float64], target: NDArray[np.float64]) -> bool:
    """Whether the mean distance of two shapes' points is within 2 % of their size."""
    return float(np.linalg.norm(points - target) / _size(target)) < 0.02


def _centre(points: NDArray[np.float64]) -> NDArray[np.float64]:
    moved: NDArray[np.float64] = points - points.mean(axis=0)
    return moved


def _size(points: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(_centre(points)))


def _array(answer: Any) -> NDArray[Any] | None:
    try:
        return np.asarray(answer)
    except Exception:
        return None


def _numbers(answer: Any, shape: tuple[int, ...]) -> NDArray[np.float64] | None:
    """The answer as finite numbers of that shape, else None."""
    array = _array(answer)
    if array is None or array.dtype.kind not in "iuf" or array.shape != shape:
        return None
    numbers = array.astype(np.float64)
    return numbers if np.isfinite(numbers).all() and np.abs(numbers).max() < 1e12 else None
