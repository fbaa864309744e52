"""Shapes relative to a face's box, where the size and the place of the face no longer matter.

::

    u = 0          u = 1
    left column    right column of the box, both counted as inside, as dlib counts them
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_boxes
from facenet_lite.errors import InputError


def to_box(points: ArrayLike, boxes: ArrayLike) -> NDArray[np.float64]:
    """Points in pixels (N, K, 2) as shapes relative to the boxes (N, 4): float64 (N, K, 2).

    0 is the centre of the box's first column or row of pixels, 1 that of its last. Raises
    InputError on other shapes and for boxes that are one pixel wide or less.
    """
    corner, span = _corner_and_span(boxes)
    given = check_array(points, "points", shape=(len(corner), None, 2), dtype=np.float64)
    return (given - corner) / span


def from_box(shapes: ArrayLike, boxes: ArrayLike) -> NDArray[np.float64]:
    """Shapes relative to the boxes (N, K, 2) as points in pixels: what ``to_box`` undoes."""
    corner, span = _corner_and_span(boxes)
    given = check_array(shapes, "shapes", shape=(len(corner), None, 2), dtype=np.float64)
    return given * span + corner


def mean_shape(points: ArrayLike, boxes: ArrayLike) -> NDArray[np.float64]:
    """The mean of the faces' shapes relative to their boxes (K, 2): where every search begins."""
    shapes = to_box(points, boxes)
    if len(shapes) == 0:
        raise InputError("points: expected at least one face, got none")
    return np.asarray(shapes.mean(axis=0))


def turn_and_scale(
    mean: NDArray[np.floating], shapes: NDArray[np.floating]
) -> NDArray[np.complex128]:
    """The rotation and scale (N,) that bring the mean shape (K, 2) closest to each of (N, K, 2).

    A point (x, y) is the complex number x + i y; multiplying by r e^(i a) scales by r and turns by
    a. The least-squares answer is then one quotient, and can never be a mirror image.
    """
    a = (mean - mean.mean(axis=0, dtype=np.float64)) @ [1, 1j]
    b = (shapes - shapes.mean(axis=1, keepdims=True, dtype=np.float64)) @ [1, 1j]
    return np.asarray((b @ a.conj()) / np.vdot(a, a).real)


def _corner_and_span(boxes: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    checked = check_boxes(boxes).astype(np.float64)
    span = checked[:, 2:] - checked[:, :2] - 1  # subtle: from centre to centre, one less
    if np.any(span <= 0):
        raise InputError("boxes: expected more than one pixel each way; there is no face in one")
    return checked[:, None, :2], span[:, None]
