"""The box that dlib's HOG detector would draw around a face whose 68 points are known.

dlib's landmarkers were trained on boxes like those of its HOG detector. Other detectors frame the
same face larger, lower or taller, each on average by a fixed amount, which it declares as its
``frame``; ``boxes.reframe`` corrects for it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_boxes
from facenet_lite.boxes import Frame, reframe

AROUND_68: Final = Frame(-0.0093, -0.0718, 1.4233, 1.4231)
"""HOG's box relative to the ``spread_box`` of the 68 points: the mean over LFW's faces, recorded in
``results/landmarks.json`` under ``around``."""


def box_around(landmarks: ArrayLike) -> NDArray[np.float32]:
    """The average HOG boxes (N, 4) for faces with these 68 points (N, 68, 2)."""
    return reframe(spread_box(landmarks), AROUND_68)


def spread_box(landmarks: ArrayLike) -> NDArray[np.float32]:
    """Squares (N, 4) around the mean of the 68 points (N, 68, 2), twice as wide as their spread.

    The spread is the root mean square distance from the mean point; unlike the width of the jaw,
    it hardly changes when the head turns.
    """
    points = check_array(landmarks, "landmarks", shape=(None, 68, 2), dtype=np.float64)
    centre = points.mean(axis=1)
    spread = np.sqrt(np.square(points - centre[:, None]).sum(axis=2).mean(axis=1))[:, None]
    return check_boxes(np.concatenate([centre - spread, centre + spread], axis=1))
