"""How the detectors frame the same faces, measured against dlib's HOG on faces of LFW."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facenet_lite import detect, imaging, landmarks
from facenet_lite.book.experiments.detectors import as_recorded, scenes
from facenet_lite.boxes import as_seen_from
from facenet_lite.data import lfw
from facenet_lite.errors import InputError
from facenet_lite.evaluate import detections
from facenet_lite.types import Image

Found: TypeAlias = Sequence[Sequence[float] | None]
"""One box for each face, None where the detector did not find it."""

SIZES: Final = (0.8, 1.6)
"""Pictures are resized by a factor drawn between these. A detector only tries sizes that are a
factor of 1.1 or 1.2 apart, so faces of a single size, as in LFW, would not show its average box."""


def sized_faces(
    copy: lfw.Lfw, people: int, *, rng: np.random.Generator
) -> tuple[list[Image], NDArray[np.float32]]:
    """Resized pictures, one each of people drawn from View 1's training list, and their faces.

    Returns pictures and boxes (N, 4). Raises InputError where the list has fewer people.
    """
    listed = list(copy.people("train").items())
    if people > len(listed):
        raise InputError(f"people: expected at most {len(listed)}, got {people}")
    centre, half = np.array(scenes.FACE_CENTRE), scenes.FACE_SIDE / 2
    face = np.concatenate([centre - half, centre + half])
    pictures, faces = [], []
    for number in rng.choice(len(listed), people, replace=False):
        name, count = listed[number]
        picture = copy.picture(name, int(rng.integers(1, count + 1)))
        side = round(scenes.PORTRAIT * float(np.exp(rng.uniform(*np.log(SIZES)))))
        pictures.append(imaging.resize(picture, width=side))
        faces.append(face * side / scenes.PORTRAIT)
    return pictures, np.array(faces, np.float32)


def all_boxes(pictures: Sequence[Image], faces: NDArray[np.float32]) -> dict[str, Found]:
    """The ``first_boxes`` of every detector, by name."""
    return {name: first_boxes(pictures, faces, name) for name in detect.NAMES}


def first_boxes(
    pictures: Sequence[Image], faces: NDArray[np.float32], name: str
) -> list[list[float] | None]:
    """A detector's box of the face in each picture, or None where it does not find it.

    ``faces``: (N, 4), where the face of each picture is; other detections are ignored.
    """
    from tqdm import tqdm

    detector, found = as_recorded.load(name), []
    for picture, face in zip(tqdm(pictures, desc=name, disable=None), faces, strict=True):
        boxes = detector.detect(picture).boxes
        hit = detections.match(boxes, face[None]).found
        found.append(boxes[hit[0]].astype(float).tolist() if len(hit) else None)
    return found


def compare(found: Mapping[str, Found]) -> dict[str, dict[str, Any]]:
    """HOG's box as seen from each detector's, over the faces that both found: mean and spread.

    ``found``: by detector's name, HOG among them. ``faces`` counts those that both found,
    ``missed`` those that only HOG found; ``mean`` and ``sd`` are in the order of ``boxes.Frame``.
    """
    out = {}
    for name, boxes in found.items():
        both = [(own, hog) for own, hog in zip(boxes, found["hog"], strict=True) if own and hog]
        own, hog = (np.array(side, np.float32) for side in zip(*both, strict=True))
        frames = as_seen_from(own, hog)
        out[name] = {
            "faces": len(both),
            "missed": sum(hog is not None for hog in found["hog"]) - len(both),
            "mean": frames.mean(axis=0).round(4).tolist(),
            "sd": frames.std(axis=0, ddof=1).round(4).tolist(),
        }
    return out


def around_points(pictures: Sequence[Image], found: Found) -> dict[str, Any]:
    """HOG's box as seen from the 68 points located in it, over the faces that HOG found."""
    predictor = landmarks.load(68)
    pairs = [
        (box, predictor.locate(picture, [box])[0])
        for picture, box in zip(pictures, found, strict=True)
        if box
    ]
    boxes, points = (np.array(side, np.float32) for side in zip(*pairs, strict=True))
    frames = as_seen_from(landmarks.spread_box(points), boxes)
    return {
        "faces": len(pairs),
        "mean": frames.mean(axis=0).round(4).tolist(),
        "sd": frames.std(axis=0, ddof=1).round(4).tolist(),
    }
