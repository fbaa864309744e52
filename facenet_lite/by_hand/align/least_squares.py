"""The similarity transform as three sums, in plain Python.

With both sets of points moved to their means, a rotation and a scale are two numbers a and b::

    ┌ a  -b ┐ ┌ x ┐   ┌ a x - b y ┐
    └ b   a ┘ └ y ┘ = └ b x + a y ┘

The sum of squared errors is a parabola in each of the two, and their lowest points do not depend
on each other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array
from facenet_lite.errors import InputError


def similarity(points: ArrayLike, targets: ArrayLike) -> NDArray[np.float64]:
    """The same transform (2, 3) as ``align.similarity_transform``, for points (K, 2), in one loop.

    Raises InputError where all points fall on one place.
    """
    source = check_array(points, "points", shape=(None, 2), dtype=np.float64)
    target = check_array(targets, "targets", shape=(len(source), 2), dtype=np.float64)
    if len(source) < 2:
        raise InputError(f"points: expected at least 2, got {len(source)}")
    mean_x, mean_y = source.mean(0)
    mean_u, mean_v = target.mean(0)
    along = across = spread = 0.0
    for (x, y), (u, v) in zip(source.tolist(), target.tolist(), strict=True):
        x, y, u, v = x - mean_x, y - mean_y, u - mean_u, v - mean_v
        along += x * u + y * v
        across += x * v - y * u
        spread += x * x + y * y
    if spread == 0:
        raise InputError("points: expected points at different places, got one place only")
    a, b = along / spread, across / spread
    return np.array(
        [
            [a, -b, mean_u - (a * mean_x - b * mean_y)],
            [b, a, mean_v - (b * mean_x + a * mean_y)],
        ]
    )


def squared_error(points: ArrayLike, targets: ArrayLike, transform: ArrayLike) -> float:
    """The sum over all points (K, 2) of the squared distance from where they go to ``targets``."""
    source = check_array(points, "points", shape=(None, 2), dtype=np.float64)
    target = check_array(targets, "targets", shape=(len(source), 2), dtype=np.float64)
    matrix = check_array(transform, "transform", shape=(2, 3), dtype=np.float64)
    return float(np.square(source @ matrix[:, :2].T + matrix[:, 2] - target).sum())
