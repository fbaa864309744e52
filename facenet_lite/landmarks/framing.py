"""How each detector frames a face, and how to turn its box into the one that dlib's HOG would give.

dlib's landmarkers were trained on boxes framed as dlib's HOG detector frames them. The others
frame the same face larger, lower or taller, on average always by the same amount: that can be
measured once and undone. ``facenet-lite experiment landmarks --lfw DIR`` measures it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_boxes, check_choice

Framing: TypeAlias = Literal["haar", "ssd", "hog", "mmod"]


class Frame(NamedTuple):
    """HOG's box as seen from another box of the same face.

    ``right`` and ``down``: how far HOG's centre lies from the other's, in the other's widths and
    heights; ``width`` and ``height``: HOG's box divided by the other's.
    """

    right: float
    down: float
    width: float
    height: float


FRAMES: Final[Mapping[Framing, Frame]] = MappingProxyType(
    {
        "haar": Frame(-0.0045, 0.0741, 0.9024, 0.9024),
        "ssd": Frame(-0.0085, 0.063, 1.1041, 0.8096),
        "hog": Frame(0.0, 0.0, 1.0, 1.0),
        "mmod": Frame(0.0341, 0.073, 1.0477, 1.0485),
    }
)
"""Means over faces of LFW, as recorded in ``results/landmarks.json`` under ``framing``."""

AROUND_68: Final = Frame(-0.0093, -0.0718, 1.4233, 1.4231)
"""HOG's box as seen from ``spread_box`` of the 68 points; recorded under ``around``."""


def reframe(boxes: ArrayLike, detector: Framing) -> NDArray[np.float32]:
    """Boxes (N, 4) of ``detector`` as dlib's HOG detector would have framed the same faces.

    HOG's own come back as they are. Raises InputError for a name without a measured framing.
    """
    return _moved(check_boxes(boxes), FRAMES[check_choice(detector, "detector", FRAMES)])


def box_around(landmarks: ArrayLike) -> NDArray[np.float32]:
    """The boxes (N, 4) that HOG gives, on average, to faces with these 68 points (N, 68, 2)."""
    return _moved(spread_box(landmarks), AROUND_68)


def spread_box(landmarks: ArrayLike) -> NDArray[np.float32]:
    """Squares (N, 4) about the mean of the 68 points (N, 68, 2), twice as wide as their spread.

    The spread is the root of the mean squared distance from the mean point: unlike the width from
    jaw to jaw it hardly changes when a head turns.
    """
    points = check_array(landmarks, "landmarks", shape=(None, 68, 2), dtype=np.float64)
    centre = points.mean(axis=1)
    spread = np.sqrt(np.square(points - centre[:, None]).sum(axis=2).mean(axis=1))[:, None]
    return check_boxes(np.concatenate([centre - spread, centre + spread], axis=1))


def as_seen_from(boxes: ArrayLike, hog_boxes: ArrayLike) -> NDArray[np.float64]:
    """The frame of each pair of boxes (N, 4) of one face: (N, 4), in the order of ``Frame``."""
    a = check_boxes(boxes).astype(np.float64)
    b = check_array(hog_boxes, "hog_boxes", shape=a.shape, dtype=np.float64)
    size = a[:, 2:] - a[:, :2]
    shift = (b[:, :2] + b[:, 2:] - a[:, :2] - a[:, 2:]) / 2 / size
    return np.concatenate([shift, (b[:, 2:] - b[:, :2]) / size], axis=1)


def _moved(boxes: NDArray[np.float32], frame: Frame) -> NDArray[np.float32]:
    centre, size = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    centre = centre + size * np.array([frame.right, frame.down], np.float32)
    half = size * np.array([frame.width, frame.height], np.float32) / 2
    return np.concatenate([centre - half, centre + half], axis=1)
