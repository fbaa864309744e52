"""One triangle of skin, carried to another place; ``mesh.warp`` does this to all at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_image
from facenet_lite.errors import InputError
from facenet_lite.types import Image


def weights(points: ArrayLike, triangle: ArrayLike) -> NDArray[np.float64]:
    """How much each corner of ``triangle`` (3, 2) counts at ``points`` (N, 2): (N, 3).

    These are the barycentric coordinates: they sum to 1, ``points = weights @ triangle``, and
    inside the triangle none is below 0. Raises InputError where the corners lie on one line.
    """
    at = check_array(points, "points", shape=(None, 2), dtype=np.float64)
    a, b, c = check_array(triangle, "triangle", shape=(3, 2), dtype=np.float64)
    sides = np.column_stack([b - a, c - a])  # (2, 2): x = a + sides @ (v, w)
    if abs(np.linalg.det(sides)) < 1e-9:
        raise InputError("triangle: expected three corners that are not on one line")
    v, w = np.linalg.solve(sides, (at - a).T)
    return np.column_stack([1 - v - w, v, w])


def carry(image: Image, source: ArrayLike, target: ArrayLike) -> Image:
    """Draw one triangle of ``image`` on black, at another place: RGB uint8 (H, W, 3).

    Each pixel inside ``target`` (3, 2) has weights of its corners. The point with the same weights
    in ``source`` (3, 2) gives its colour, mixed from four neighbours.
    """
    image = check_image(image)
    corners = check_array(source, "source", shape=(3, 2), dtype=np.float64)
    height, width = image.shape[:2]
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    w = weights(np.column_stack([x.ravel(), y.ravel()]), target)  # (H * W, 3)
    inside = (w >= 0).all(axis=1)
    out = np.zeros((height * width, 3), np.uint8)
    out[inside] = _colours(image, w[inside] @ corners)
    return out.reshape(image.shape)


def _colours(image: Image, points: NDArray[np.float64]) -> NDArray[np.uint8]:
    last = np.array([image.shape[1] - 1, image.shape[0] - 1])
    points = np.clip(points, 0, last)
    x, y = np.minimum(np.floor(points).astype(int), last - 1).T
    s, t = (points - np.column_stack([x, y])).T[..., None]  # (N, 1) each
    upper = (1 - s) * image[y, x] + s * image[y, x + 1]
    lower = (1 - s) * image[y + 1, x] + s * image[y + 1, x + 1]
    return np.asarray(np.rint((1 - t) * upper + t * lower), np.uint8)
