"""Similarity transforms: a rotation, one scale and a shift, as matrices of two rows.

::

    ┌ s cos φ  -s sin φ  t_x ┐     x' = M[:, :2] @ x + M[:, 2]
    └ s sin φ   s cos φ  t_y ┘

Points are in pixels counted from the first pixel's centre, y down, as landmarks are: a positive
angle φ turns clockwise on the screen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, describe
from facenet_lite.errors import InputError

TOO_SMALL = 1e-12
"""A sum of squares below this counts as zero, both in squared pixels and as a share."""


def similarity_transform(points: ArrayLike, targets: ArrayLike) -> NDArray[np.float64]:
    """The rotation, scale and shift that bring ``points`` (K, 2) closest to ``targets`` (K, 2).

    Returns M (2, 3) with ``x' = M[:, :2] @ x + M[:, 2]``, the least-squares solution in closed form
    (Umeyama 1991, equations 40 to 42), which never mirrors. Raises InputError where all points, or
    all targets, fall on one place, and where no rotation fits better than another.
    """
    source = check_array(points, "points", shape=(None, 2), dtype=np.float64)
    target = check_array(targets, "targets", shape=(len(source), 2), dtype=np.float64)
    if len(source) < 2:
        raise InputError(f"points: expected at least 2, got {len(source)}")
    a, b = source - source.mean(0), target - target.mean(0)
    spread, wanted = np.square(a).sum(), np.square(b).sum()
    if spread < TOO_SMALL or wanted < TOO_SMALL:
        raise InputError("points: expected points at different places, got one place only")
    u, singular, vt = np.linalg.svd(b.T @ a)
    keep = np.array([1.0, np.sign(np.linalg.det(u @ vt)) or 1.0])  # subtle: no mirror image
    scale = (singular * keep).sum() / spread
    if scale**2 * spread < TOO_SMALL * wanted:
        raise InputError(
            "points: expected some likeness to targets, got an arrangement that every rotation "
            "fits equally badly, such as its mirror image; check the order of the points"
        )
    linear = scale * (u * keep) @ vt
    return np.column_stack([linear, target.mean(0) - linear @ source.mean(0)])


def move(points: ArrayLike, transform: ArrayLike) -> NDArray[np.float64]:
    """Apply a transform (2, 3) to points (..., 2), or one for each face (N, 2, 3) to (N, K, 2)."""
    matrix = check_transforms(transform)
    where = np.asarray(points)
    if where.dtype.kind not in "iuf" or where.ndim < 1 or where.shape[-1] != 2:
        raise InputError(f"points: expected numbers (..., 2), got {describe(where)}")
    if matrix.ndim == 3 and (where.ndim != 3 or len(where) != len(matrix)):
        raise InputError(
            f"points: expected ({len(matrix)}, K, 2), a row for each transform, "
            f"got {describe(where)}"
        )
    moved: NDArray[np.float64] = where @ matrix[..., :2].swapaxes(-1, -2) + matrix[..., None, :, 2]
    return moved.reshape(where.shape)


def inverse(transform: ArrayLike) -> NDArray[np.float64]:
    """The inverse: from the crop to the picture, for transforms (2, 3) or (N, 2, 3).

    Raises InputError for a transform without one, which maps everything to a line or a point.
    """
    matrix = check_transforms(transform)
    linear = matrix[..., :2]
    size = np.square(linear).sum((-1, -2))
    if np.any(np.abs(np.linalg.det(linear)) <= TOO_SMALL * size):
        raise InputError("transform: expected one with an inverse, got one without area")
    back = np.linalg.inv(linear)
    return np.concatenate([back, -back @ matrix[..., 2:]], axis=-1)


def compose(outer: ArrayLike, inner: ArrayLike) -> NDArray[np.float64]:
    """One transform that does ``inner`` first, then ``outer``: (2, 3) or (N, 2, 3), broadcast."""
    second, first = check_transforms(outer, "outer"), check_transforms(inner, "inner")
    shift = second[..., :2] @ first[..., 2:] + second[..., 2:]
    return np.concatenate([second[..., :2] @ first[..., :2], shift], axis=-1)


def turn(
    degrees: float, *, scale: float = 1.0, about: tuple[float, float] = (0.0, 0.0)
) -> NDArray[np.float64]:
    """The transform (2, 3) that turns about a point, counter-clockwise on the screen, and scales.

    The same matrix as OpenCV's ``getRotationMatrix2D(about, degrees, scale)``.
    """
    angle = np.radians(-float(degrees))  # y points down
    linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.column_stack([linear, np.asarray(about) - linear @ about])


def angle_and_scale(transform: ArrayLike) -> tuple[float, float]:
    """How far a similarity transform (2, 3) turns, in degrees counter-clockwise, and its scale."""
    matrix = check_array(transform, "transform", shape=(2, 3), dtype=np.float64)
    return (
        float(np.degrees(np.arctan2(-matrix[1, 0], matrix[0, 0]))),
        float(np.hypot(matrix[1, 0], matrix[0, 0])),
    )


def check_transforms(value: ArrayLike, name: str = "transform") -> NDArray[np.float64]:
    """Return transforms, float64 (2, 3) or (N, 2, 3), or raise InputError."""
    shape = (2, 3) if np.ndim(value) == 2 else (None, 2, 3)
    return check_array(value, name, shape=shape, dtype=np.float64)
