"""Exercises of the chapter from a photograph to a distance."""

from __future__ import annotations

import math
from functools import cache
from typing import Final

from facenet_lite import distances, embed, imaging
from facenet_lite.book.exercises import Number, Order, exercise

ORDER: Final = ("detect", "landmarks", "crop", "embed", "compare")


@exercise
def check_order() -> Order:
    """The five steps of the pipeline, as a list of words in order."""
    return Order(
        answer=ORDER,
        wants=f"a list of exactly these five words: {', '.join(sorted(ORDER))}",
        right="Each step takes what the one before it gives.",
        wrong={
            "The crop is upright because of the landmarks. Which then comes first?": (
                ("landmarks", "crop")
            ),
            "The network takes crops of 150 x 150 pixels. Who makes them?": ("crop", "embed"),
            "Nothing can be done to a face before somebody knows where it is.": (
                ("detect", "landmarks", "compare")
            ),
        },
        otherwise="Ask of each step what it needs; another step must have made that before.",
    )


@exercise
def check_threshold() -> Number:
    """The squared threshold that accepts the pairs that a plain 0.5 accepts."""
    return Number(
        answer=0.25,
        right="0.25 accepts the same pairs: squaring keeps the order.",
        wrong={
            "0.5 is the threshold for plain distances; ours are squared.": 0.5,
            "That is the root of 0.5: the other direction. Which of the two is squared?": 0.5**0.5,
        },
        otherwise="If a plain distance is at most 0.5, what is its square at most?",
        roughly=1e-3,
    )


@exercise
def check_colours() -> Number:
    """The squared distance between the astronaut's RGB and BGR embeddings."""
    right = _measured()["colours"]
    return Number(
        answer=right,
        wants="one squared distance: distances.squared_distances gives it",
        right=f"About {right:.3f}: small enough for nobody to notice, and always there.",
        wrong={
            "Zero: the channels are still in the same order in both. [..., ::-1]": 0,
            "That is the plain distance; this book squares.": math.sqrt(right),
            "That is the distance to Grace Hopper. "
            "Compare the astronaut with herself.": _measured()["strangers"],
        },
        otherwise="Embed astronaut[..., ::-1].copy(), and compare its first face with a's.",
        within=0.02 * right,
        roughly=0.02,
    )


@exercise
def check_nearest() -> Number:
    """The smallest squared distance between two of the three embeddings of a and c."""
    right = _measured()["patch"]
    strangers = _measured()["strangers"]
    return Number(
        answer=right,
        wants="one squared distance, the smallest of three",
        right="It is the mission patch that comes nearest to Grace Hopper.",
        wrong={
            "Zero is the distance of a face to itself. Leave the diagonal out.": 0,
            "That is the astronaut and Grace Hopper. a holds one embedding more.": strangers,
        },
        otherwise="pairwise_squared_distances of all three rows gives a table to look at.",
        within=1e-3 * right,
        roughly=1e-3,
    )


@cache
def _measured() -> dict[str, float]:
    """The distances, computed as a reader would."""
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
