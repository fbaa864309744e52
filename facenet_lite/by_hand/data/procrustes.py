"""The mean of shapes, whatever their place, size and angle: generalised Procrustes analysis."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite import align
from facenet_lite._checks import check_array, check_number


def aligned(shapes: ArrayLike, target: ArrayLike) -> NDArray[np.float64]:
    """Each of ``shapes`` (N, K, 2), turned, scaled and shifted to lie closest to ``target`` (K, 2).

    Raises InputError for other shapes, or points that all fall on one place.
    """
    given = check_array(shapes, "shapes", shape=(None, None, 2), dtype=np.float64)
    moved = np.empty_like(given)
    for i, points in enumerate(given):
        m = align.similarity_transform(points, target)
        moved[i] = points @ m[:, :2].T + m[:, 2]
    return moved


def mean_shape(shapes: ArrayLike, *, rounds: int = 5) -> NDArray[np.float64]:
    """The mean (K, 2) of ``shapes`` (N, K, 2) once all are aligned to it, in the first one's frame.

    Aligning needs the mean, and the mean needs aligned shapes. So it begins with the first shape,
    and after each of ``rounds`` the mean is aligned to the first shape, or it would shrink each
    time (Gower 1975). Raises InputError as ``aligned`` does, or where there are no shapes.
    """
    given = check_array(shapes, "shapes", shape=(None, None, 2), dtype=np.float64)
    check_number(len(given), "number of shapes", low=1)
    check_number(rounds, "rounds", low=1, integer=True)
    mean: NDArray[np.float64] = given[0]
    for _ in range(rounds):
        mean = aligned(aligned(given, mean).mean(axis=0)[None], given[0])[0]
    return mean
