"""Place a face, and carry its skin from one shape to another by triangles.

Shapes are 68 landmarks in pixels of the *canvas*. The canvas is 128 x 128 and centred on the face's
axis; a side of ``align.crop``'s template takes 64 of its pixels, so that the whole head has room.
Positions count from the centre of the first pixel, as for all landmarks.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import align
from facenet_lite.types import Image

Floats = NDArray[np.float64]

CANVAS: Final = 128
UNIT: Final = 64
"""The side of the template of five points, in pixels of the canvas."""
FIVE: Final = (45, 42, 36, 39, 33)
"""The indices of the 5 points among the 68, in dlib's order: eye corners, base of the nose."""
LIPS: Final = ((61, 67), (62, 66), (63, 65))
"""Pairs of points on the upper and lower inner lip, kept at least ``LIP_GAP`` pixels apart."""
LIP_GAP: Final = 0.4
FOREHEAD: Final = ((-0.03, -0.10), (0.18, -0.36), (0.5, -0.46), (0.82, -0.36), (1.03, -0.10))
"""Five points without landmarks, in units of the template; they follow the upper face."""
UPPER_FACE: Final = (0, 1, 15, 16, *range(17, 28))
FOLLOW: Final = 0.8
"""The share of the upper face's movement that the forehead follows, nearer points counting more."""
RING: Final = 0.85
"""The mesh is fixed this far around the template, in its units, which is beyond the canvas."""
SHIFT: Final = 4
"""Triangles are drawn with corners in steps of 1 / 2**SHIFT of a pixel."""
FOLD: Final = 0.5
"""A shape counts as folded once a triangle is turned over by more than this share of its area in
the mean shape; up to then its neighbours cover it."""
FLAT: Final = 1e-6
"""A triangle with less than this, twice its area in square pixels, has no map of its own."""


def canvas_template() -> Floats:
    """The five points (5, 2) of ``align``'s template, made symmetric and put on the canvas."""
    mirrored = (align.TEMPLATE_5 * [-1, 1])[[2, 3, 0, 1, 4]]
    mirrored[:, 0] += 2 * _axis()
    placed: Floats = (align.TEMPLATE_5 + mirrored) / 2
    placed[:, 0] += 0.5 - _axis()
    return to_canvas(placed)


def to_canvas(points: Floats) -> Floats:
    """Convert units of the template, with the face's axis at x = 0.5, to pixels of the canvas."""
    moved: Floats = (points - 0.5) * UNIT + (CANVAS - 1) / 2
    return moved


def frame(size: int, crop_margin: float) -> Floats:
    """The map ``p' = s p + t`` from the canvas to ``align.crop``'s picture: [s, t in x, t in y]."""
    scale = size / (UNIT * (1 + 2 * crop_margin))
    corner = to_canvas(np.array([0.5 - _axis(), 0.0]) - crop_margin)  # the frame's upper left
    return np.array([scale, *(-corner * scale - 0.5)])


def vertices(shapes: Floats, mean_shape: Floats) -> Floats:
    """All vertices (N, 89, 2) of the mesh for shapes (N, 68, 2): landmarks, forehead, ring."""
    top, base = to_canvas(np.array(FOREHEAD)), mean_shape[list(UPPER_FACE)]
    nearness = 1 / np.square(top[:, None] - base).sum(-1)
    weights = FOLLOW * nearness / nearness.sum(axis=1, keepdims=True)  # (5, 17)
    forehead = top + weights @ (shapes[:, list(UPPER_FACE)] - base)
    ring = np.broadcast_to(_ring(), (len(shapes), *_ring().shape))
    return np.concatenate([shapes, forehead, ring], axis=1)


def fixed_point(points: Floats) -> NDArray[np.int32]:
    """Points as OpenCV's drawing functions take them, in whole sixteenths of a pixel."""
    return np.rint(points * 2**SHIFT).astype(np.int32, order="C")


def triangulate(mean_shape: Floats) -> NDArray[np.uint8]:
    """Delaunay triangles (T, 3) over the mean shape's vertices, all with the same orientation."""
    from scipy.spatial import Delaunay

    points = vertices(mean_shape[None], mean_shape)[0]
    return np.asarray(Delaunay(points).simplices, np.uint8)


def signed_areas(points: Floats, triangles: NDArray[np.integer]) -> Floats:
    """Twice the areas (N, T) of triangles (T, 3) over points (N, V, 2); negative if turned over."""
    a, b, c = (points[:, triangles[:, corner]] for corner in range(3))
    u, v = b - a, c - a
    areas: Floats = u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
    return areas


def unfold(shapes: Floats, mean_shape: Floats, triangles: NDArray[np.integer]) -> Floats:
    """Remove folds from shapes (N, 68, 2): part the lips a little, then pull folds to the mean.

    A shape with parted lips and no triangle turned over is returned unchanged.
    """
    shapes = shapes.copy()
    for upper, lower in LIPS:
        short = np.maximum(0, LIP_GAP - (shapes[:, lower, 1] - shapes[:, upper, 1])) / 2
        shapes[:, upper, 1] -= short
        shapes[:, lower, 1] += short
    least = -FOLD * signed_areas(vertices(mean_shape[None], mean_shape), triangles)
    for _ in range(60):
        areas = signed_areas(vertices(shapes, mean_shape), triangles)
        folded = (areas < least).any(axis=1)
        if not folded.any():
            break
        shapes[folded] = mean_shape + 0.93 * (shapes[folded] - mean_shape)
    return shapes


def affine_maps(source: Floats, target: Floats, triangles: NDArray[np.integer]) -> Floats:
    """For each triangle the map (N, T, 2, 3) from ``target`` (N, V, 2) back to ``source`` (V, 2).

    ``q = A[:, :2] @ p + A[:, 2]`` maps a point in the target's triangle to the source's.
    """
    p0, p1, p2 = (target[:, triangles[:, corner]] for corner in range(3))
    q0, q1, q2 = (source[triangles[:, corner]] for corner in range(3))
    u, v = p1 - p0, p2 - p0
    det = u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
    det = np.where(np.abs(det) < FLAT, FLAT, det)
    inverse = np.stack([v[..., 1], -v[..., 0], -u[..., 1], u[..., 0]], -1) / det[..., None]
    inverse = inverse.reshape(*det.shape, 2, 2)  # inverse of the matrix with columns u and v
    sides = np.stack([q1 - q0, q2 - q0], axis=-1)
    linear = sides @ inverse
    shift = q0 - (linear @ p0[..., None])[..., 0]
    return np.concatenate([linear, shift[..., None]], axis=-1)


def warp(image: Image, corners: NDArray[np.int32], maps: NDArray[np.float32], size: int) -> Image:
    """Draw a picture of ``size`` pixels whose triangles take their colours from ``image``.

    ``corners``: int32 (T, 3, 2), the triangles in the new picture, in sixteenths of a pixel;
    ``maps``: float32 (T, 2, 3), each from the new picture to ``image``. Slivers and triangles that
    are turned over are painted first, so their neighbours cover them and a closed mouth is clean.
    """
    import cv2

    u, v = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    smallest_first = np.argsort(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0], kind="stable")
    label = np.zeros((size, size), np.uint8)
    for number in smallest_first.tolist():
        cv2.fillConvexPoly(label, corners[number], number, cv2.LINE_8, SHIFT)
    a = maps.reshape(len(maps), 6).T.copy()  # (6, T)
    x = np.arange(size, dtype=np.float32)
    y = x[:, None]
    where_x = a[0][label] * x + a[1][label] * y + a[2][label]
    where_y = a[3][label] * x + a[4][label] * y + a[5][label]
    drawn = cv2.remap(image, where_x, where_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(drawn, np.uint8)


def _axis() -> float:
    """The axis of ``align``'s template: the mean of the midpoints of its mirrored pairs."""
    x = align.TEMPLATE_5[:, 0]
    return float(((x[0] + x[2]) / 2 + (x[1] + x[3]) / 2 + x[4]) / 3)


def _ring() -> Floats:
    ticks = np.linspace(-RING, 1 + RING, 5)
    x, y = (axis.ravel() for axis in np.meshgrid(ticks, ticks))
    edge = (np.abs(x - 0.5) > RING) | (np.abs(y - 0.5) > RING)
    return to_canvas(np.column_stack([x, y])[edge])
