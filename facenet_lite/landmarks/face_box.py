"""The box that dlib's HOG detector would draw around a face whose 68 points are known.

dlib's landmarkers were trained on boxes framed as its HOG detector frames them. The other detectors
frame the same face larger, lower or taller, on average always by the same amount: each declares it
as its ``frame``, and ``boxes.reframe`` undoes it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_boxes
from facenet_lite.boxes import Frame, reframe

AROUND_68: Final = Frame(-0.0093, -0.0718, 1.4233, 1.4231)
"""HOG's box as seen from ``spread_box`` of the 68 points: the mean over faces of LFW, as recorded
in ``results/landmarks.json`` under ``around``."""


def box_around(landmarks: ArrayLike) -> NDArray[np.float32]:
    """The boxes (N, 4) that HOG gives, on average, to faces with these 68 points (N, 68, 2)."""
    return reframe(spread_box(landmarks), AROUND_68)


def spread_box(landmarks: ArrayLike) -> NDArray[np.float32]:
    """Squares (N, 4) about the mean of the 68 points (N, 68, 2), twice as wide as their spread.

    The spread is the root of the mean squared distance from the mean point: unlike the width from
    jaw to jaw it hardly changes when a head turns.
    """
    points = check_array(landmarks, "landmarks", shape=(None, 68, 2), dtype=np.float64)
    centre = points.mean(axis=1)
    spread = np.sqrt(np.square(points - centre[:, None]).sum(axis=2).mean(axis=1))[:, None]
    return check_boxes(np.concatenate([centre - spread, centre + spread], axis=1))
