"""Measure landmark errors in a unit that does not depend on the size of the picture."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array
from facenet_lite.errors import InputError
from facenet_lite.landmarks.points import check_points

OUTER_CORNERS: Final = {5: (0, 2), 68: (45, 36)}
"""The indices of the outer corners of the left and the right eye, for 5 and for 68 points."""


def inter_ocular_distance(landmarks: ArrayLike) -> NDArray[np.float64]:
    """The distance in pixels (N,) between the outer eye corners of landmarks (N, 5 or 68, 2).

    This is the unit of the 300-W challenge (Sagonas et al. 2013). Others use the pupils or the box,
    so errors can only be compared in the same unit. Raises InputError for other shapes.
    """
    points = check_points(landmarks)
    left, right = OUTER_CORNERS[points.shape[1]]
    distance: NDArray[np.float64] = np.linalg.norm(points[:, left] - points[:, right], axis=1)
    return distance


def normalised_mean_error(landmarks: ArrayLike, truth: ArrayLike) -> NDArray[np.float64]:
    """The mean distance of the points from the true ones, per face (N,), in inter-ocular distances.

    ``landmarks`` and ``truth``: (N, K, 2) with K = 5 or 68, in pixels. The unit is that of the
    *true* face (Sagonas et al. 2013). Raises InputError if the true eyes coincide.
    """
    known = check_points(truth, "truth")
    points = check_array(landmarks, "landmarks", shape=known.shape, dtype=np.float64)
    unit = inter_ocular_distance(known)
    if np.any(unit <= 0):
        raise InputError("truth: expected eyes at different places, got both at one")
    error: NDArray[np.float64] = np.linalg.norm(points - known, axis=2).mean(axis=1) / unit
    return error
