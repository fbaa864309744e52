"""The faces that are degraded: drawn people that no training has seen, and LFW's test people.

A face's place is known before it is degraded: exactly for a drawn one, and for a photograph from
the landmarks in the undegraded picture. So the embedding's loss alone is measured. A detector or
landmarker that had to work on the degraded picture would lose more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import align, assets, landmarks
from facenet_lite.book.kept import fingerprint, once_array
from facenet_lite.data import lfw, lfw_faces, nobody
from facenet_lite.data.nobody import mesh
from facenet_lite.errors import InputError
from facenet_lite.types import Picture

STREAM: Final = 53
"""The stream of all draws here, besides the seed: no training draws from it, whatever its own seed
(``train.sources``)."""
PEOPLE, DRAWING, CHOOSING, BOOTSTRAP = range(4)
"""The uses of randomness, each with its own stream."""
LEAST: Final = 2
"""A person needs at least two pictures to make a pair."""

Crops = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class FaceSet:
    """N pictures of P people.

    ``people``: int64 (N,), from 0 to P - 1, who is in each; ``cut(side, crop_margin)``: the
    undegraded faces, RGB uint8 (N, side, side, 3), straight from the photograph or the face model;
    ``pixels_across(crop_margin)``: (N,), how many pixels of the source each crop spans, which
    limits its detail; ``key``: a short hash of everything that the set depends on.
    """

    name: str
    people: NDArray[np.int64] = field(repr=False)
    cut: Callable[[int, float], Crops] = field(repr=False)
    pixels_across: Callable[[float], NDArray[np.float64]] = field(repr=False)
    key: str


def stream(seed: int, *numbers: int) -> np.random.Generator:
    """The generator for one use: the same numbers give the same draws."""
    return np.random.default_rng([seed, STREAM, *numbers])


def identities(people: int, *, seed: int) -> nobody.Identities:
    """The drawn people: they are in no training's ``train.splits``."""
    return nobody.load().sample_identities(people, rng=stream(seed, PEOPLE))


def drawn(people: int, each: int, *, seed: int) -> FaceSet:
    """Draw ``people`` people with ``each`` pictures, varying as in training (``nobody.SPREAD``)."""
    model, some = nobody.load(), identities(people, seed=seed)
    coefficients = model.sample_coefficients(some, each, rng=stream(seed, DRAWING))

    def cut(side: int, crop_margin: float) -> Crops:
        return model.draw(coefficients, size=side, crop_margin=crop_margin)[0]

    def pixels_across(crop_margin: float) -> NDArray[np.float64]:
        return np.full(len(coefficients), mesh.UNIT * (1 + 2 * crop_margin))

    settings = [people, each, seed, STREAM, nobody.SPREAD, assets.get("nobody").sha256]
    who = np.repeat(np.arange(people), each)
    return FaceSet("nobody", who, cut, pixels_across, fingerprint(*settings))


def photographs(copy: lfw.Lfw, people: int, each: int, *, seed: int, folder: Path) -> FaceSet:
    """Up to ``each`` pictures of ``people`` people drawn from View 1's test list.

    Their landmarks are located once and kept in ``folder``. Raises InputError where the list has
    fewer people with two pictures.
    """
    pictures, who = choose(copy, people, each, rng=stream(seed, CHOOSING))
    key = fingerprint(pictures, copy.state())
    points, _ = once_array(folder / f"landmarks.{key}.npz", lambda: _locate(copy, pictures))

    def cut(side: int, crop_margin: float) -> Crops:
        crops = [
            align.crop(copy.picture(*picture), five[None], side, crop_margin=crop_margin)
            for picture, five in zip(pictures, points, strict=True)
        ]
        return np.concatenate(crops)

    def pixels_across(crop_margin: float) -> NDArray[np.float64]:
        matrices = align.landmark_transforms(points, 1, crop_margin=crop_margin)
        return np.array([1 / align.angle_and_scale(matrix)[1] for matrix in matrices])

    return FaceSet("lfw", who, cut, pixels_across, key)


def choose(
    copy: lfw.Lfw, people: int, each: int, *, rng: np.random.Generator
) -> tuple[list[Picture], NDArray[np.int64]]:
    """Draw people with two pictures or more from View 1's test list, and ``each`` pictures of each.

    A person with fewer than ``each`` gives all of them. Returns the pictures and who is in them,
    (N,).
    """
    listed = [(name, count) for name, count in copy.people("test").items() if count >= LEAST]
    if people > len(listed):
        raise InputError(
            f"people: expected at most {len(listed)}, who have two pictures or more, got {people}"
        )
    pictures: list[Picture] = []
    who = []
    for person, row in enumerate(np.sort(rng.choice(len(listed), people, replace=False))):
        name, count = listed[row]
        numbers = rng.choice(count, min(each, count), replace=False) + 1
        pictures += [(name, int(number)) for number in np.sort(numbers)]
        who += [person] * len(numbers)
    return pictures, np.array(who, np.int64)


def of_faces(faces: FaceSet, crop_margin: float) -> dict[str, Any]:
    """What is recorded of a set: its size, and the detail in its crops."""
    across = faces.pixels_across(crop_margin)
    return {
        "people": int(faces.people.max()) + 1,
        "pictures": len(faces.people),
        "pixels_across": {
            "mean": round(float(across.mean()), 1),
            "lowest": round(float(across.min()), 1),
            "highest": round(float(across.max()), 1),
        },
    }


def _locate(copy: lfw.Lfw, pictures: list[Picture]) -> NDArray[np.float32]:
    """The five landmarks (N, 5, 2) of each photograph."""
    landmarker = landmarks.load(5)
    found = [
        landmarker.locate(copy.picture(*picture), box[None])
        for picture, box in zip(pictures, lfw_faces.boxes(copy, pictures), strict=True)
    ]
    return np.concatenate(found)
