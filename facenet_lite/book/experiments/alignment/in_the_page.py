"""What alignment gains, in a small test: tilted faces whose landmarks are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite import align, degrade
from facenet_lite._checks import check_array
from facenet_lite.distances import pairwise_squared_distances
from facenet_lite.evaluate import area_under_roc
from facenet_lite.models import Embedder
from facenet_lite.types import Image


def small_test(
    pictures: Sequence[Image],
    landmarks: ArrayLike,
    labels: ArrayLike,
    network: Embedder,
    *,
    tilts: Sequence[float] = (0, 15, 30),
    rng: np.random.Generator,
) -> list[dict[str, Any]]:
    """Tilt every picture one way or the other, crop it upright and aligned, and tell people apart.

    ``pictures``: N, RGB; ``landmarks``: (N, 5, 2); ``labels``: whole numbers (N,). The upright crop
    has the aligned crop's centre and size but not its rotation: the best that a box can do.
    Returns the ``tilt`` in degrees and, for each tilt and way (``box`` and ``points5``),
    ``nearer``: how often two pictures of one person are nearer than two of different people.
    """
    points = check_array(landmarks, "landmarks", shape=(len(pictures), 5, 2), dtype=np.float64)
    names = check_array(labels, "labels", shape=(len(pictures),), dtype=np.int64)
    spec = network.spec
    signs = rng.choice([-1, 1], len(pictures))
    rows = []
    for tilt in tilts:
        upright, aligned = [], []
        for picture, face, sign in zip(pictures, points, signs, strict=True):
            middle = tuple(face.mean(0) + 0.5)
            tilted, moved = degrade.rotate(picture, float(sign * tilt), face + 0.5, centre=middle)
            (fitted,) = align.landmark_transforms(
                [moved - 0.5], spec.image_size, crop_margin=spec.crop_margin
            )
            turned = align.angle_and_scale(fitted)[0]
            (centre,) = align.move([moved.mean(0) - 0.5], fitted)
            unturned = align.compose(align.turn(-turned, about=tuple(centre)), fitted)
            upright.append(align.warp(tilted, unturned, spec.image_size)[0])
            aligned.append(align.warp(tilted, fitted, spec.image_size)[0])
        ways = {"box": upright, "points5": aligned}
        nearer = {
            way: nearer_share(pairwise_squared_distances(network.embed(np.stack(crops))), names)
            for way, crops in ways.items()
        }
        rows.append({"tilt": tilt, "nearer": nearer})
    return rows


def nearer_share(squared_distances: NDArray[np.floating], labels: NDArray[np.integer]) -> float:
    """How often two pictures of one person are nearer to each other than two of different people.

    ``squared_distances``: (N, N); ``labels``: (N,). Every same pair is compared with every
    different pair, and ties count half: this is the area under the ROC curve. Raises InputError
    where there are no pairs of one kind.
    """
    upper = np.triu_indices(len(labels), 1)
    same = (labels[:, None] == labels[None, :])[upper]
    distances = squared_distances[upper]
    return area_under_roc(distances[same], distances[~same])
