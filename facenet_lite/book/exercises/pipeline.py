"""Checkers for the chapter that goes from a photograph to a distance."""

from __future__ import annotations

import math
from functools import cache
from typing import Any, Final

import numpy as np

from facenet_lite import distances, embed, imaging
from facenet_lite.book.exercises.feedback import STUB, Feedback, is_stub, not_yet, passed

ORDER: Final = ["detect", "landmarks", "crop", "embed", "compare"]


def check_order(answer: Any) -> Feedback:
    """The five steps of the pipeline, as a list of words in order."""
    if is_stub(answer):
        return STUB
    words = isinstance(answer, list | tuple) and all(isinstance(word, str) for word in answer)
    if not words or sorted(answer) != sorted(ORDER):
        return not_yet(f"A list of exactly these five words is wanted: {', '.join(sorted(ORDER))}.")
    given = list(answer)
    if given == ORDER:
        return passed("Each step takes what the one before it gives.")
    if given.index("crop") < given.index("landmarks"):
        return not_yet("The crop is upright because of the landmarks. Which then comes first?")
    if given.index("embed") < given.index("crop"):
        return not_yet("The network takes crops of 150 x 150 pixels. Who makes them?")
    if given[0] != "detect":
        return not_yet("Nothing can be done to a face before somebody knows where it is.")
    return not_yet("Ask of each step what it needs; another step must have made that before.")


def check_threshold(answer: Any) -> Feedback:
    """The squared threshold that accepts the pairs that a plain 0.5 accepts."""
    if is_stub(answer):
        return STUB
    value = _number(answer)
    if value is None:
        return not_yet("One number is wanted.")
    if math.isclose(value, 0.25, rel_tol=1e-6):
        return passed("0.25 accepts the same pairs: squaring keeps the order.")
    if math.isclose(value, 0.5, rel_tol=1e-6):
        return not_yet("0.5 is the threshold for plain distances; ours are squared.")
    if math.isclose(value, math.sqrt(0.5), rel_tol=1e-3):
        return not_yet("That is the root of 0.5: the other direction. Which of the two is squared?")
    return not_yet("If a plain distance is at most 0.5, what is its square at most?")


def check_colours(answer: Any) -> Feedback:
    """The squared distance between the astronaut's RGB and BGR embeddings."""
    if is_stub(answer):
        return STUB
    value = _number(answer)
    if value is None:
        return not_yet("One squared distance is wanted: distances.squared_distances gives it.")
    right = _facts()["colours"]
    if math.isclose(value, right, rel_tol=0.02):
        return passed(f"About {right:.3f}: small enough for nobody to notice, and always there.")
    if abs(value) < 1e-6:
        return not_yet("Zero: the channels are still in the same order in both. [..., ::-1]")
    if math.isclose(value, math.sqrt(right), rel_tol=0.02):
        return not_yet("That is the plain distance; this book squares.")
    if math.isclose(value, _facts()["strangers"], rel_tol=0.02):
        return not_yet("That is the distance to Grace Hopper. Compare the astronaut with herself.")
    return not_yet("Embed astronaut[..., ::-1].copy(), and compare its first face with a's.")


def check_nearest(answer: Any) -> Feedback:
    """The smallest squared distance between two of the three embeddings of a and c."""
    if is_stub(answer):
        return STUB
    value = _number(answer)
    if value is None:
        return not_yet("One squared distance is wanted, the smallest of three.")
    facts = _facts()
    if math.isclose(value, facts["patch"], rel_tol=1e-3):
        return passed("It is the mission patch that comes nearest to Grace Hopper.")
    if abs(value) < 1e-6:
        return not_yet("Zero is the distance of a face to itself. Leave the diagonal out.")
    if math.isclose(value, facts["strangers"], rel_tol=1e-3):
        return not_yet("That is the astronaut and Grace Hopper. a holds one embedding more.")
    return not_yet("pairwise_squared_distances of all three rows gives a table to look at.")


def _number(answer: Any) -> float | None:
    try:
        array = np.asarray(answer, dtype=np.float64)
    except Exception:  # whatever a reader hands over, and whatever it does
        return None
    return float(array.reshape(())) if array.size == 1 and np.isfinite(array).all() else None


@cache
def _facts() -> dict[str, float]:
    """The right answers, computed as a reader would."""
    embedder = embed.load("dlib")
    image = imaging.astronaut()
    a = embedder.embed(image).embeddings
    c = embedder.embed(imaging.grace_hopper()).embeddings
    blue_first = embedder.embed(image[..., ::-1].copy()).embeddings
    return {
        "colours": float(distances.squared_distances(a[0], blue_first[0])),
        "strangers": float(distances.squared_distances(a[0], c[0])),
        "patch": float(distances.squared_distances(a[1], c[0])),
    }
