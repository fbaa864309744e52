"""What each point means: names, groups, the five among the 68, and mirroring.

Left and right are the person's own: unless the picture is mirrored, a person who faces us has the
left eye on the right side. ::

          17-21 right eyebrow   left eyebrow 22-26
        36-41 right eye    27     left eye 42-47
      0            nose bridge 27-30           16
       jaw           nose base 31-35          jaw
         5     outer lip 48-59, inner 60-67  11
                           8
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_number
from facenet_lite.errors import InputError
from facenet_lite.landmarks.base import COUNTS, Count

POINTS_5: Final = (
    "left eye, outer corner",
    "left eye, inner corner",
    "right eye, outer corner",
    "right eye, inner corner",
    "base of the nose",
)
"""The names of the five points, in order; left and right are the person's own."""

GROUPS: Final[Mapping[Count, Mapping[str, tuple[int, ...]]]] = MappingProxyType(
    {
        5: MappingProxyType({"left eye": (0, 1), "right eye": (2, 3), "nose base": (4,)}),
        68: MappingProxyType(
            {
                "jaw": tuple(range(17)),
                "right eyebrow": tuple(range(17, 22)),
                "left eyebrow": tuple(range(22, 27)),
                "nose bridge": tuple(range(27, 31)),
                "nose base": tuple(range(31, 36)),
                "right eye": tuple(range(36, 42)),
                "left eye": tuple(range(42, 48)),
                "outer lip": tuple(range(48, 60)),
                "inner lip": tuple(range(60, 68)),
            }
        ),
    }
)
"""The indices of each part of the face, for 5 and for 68 points (iBUG's order for 68)."""

FIVE_OF_68: Final = (45, 42, 36, 39, 33)
"""The indices of the five points among the 68, in the order of ``POINTS_5``."""

MIRROR: Final[Mapping[Count, tuple[int, ...]]] = MappingProxyType(
    {
        5: (2, 3, 0, 1, 4),
        68: (
            *range(16, -1, -1), *range(26, 16, -1), *range(27, 31), *range(35, 30, -1),
            45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,
            *range(54, 47, -1), *range(59, 54, -1), *range(64, 59, -1), 67, 66, 65,
        ),
    }
)  # fmt: skip
"""Point i of a mirrored face is point ``MIRROR[K][i]`` of the face itself."""


def check_points(landmarks: ArrayLike, name: str = "landmarks") -> NDArray[np.float64]:
    """Return landmarks (N, 5, 2) or (N, 68, 2) as float64, or raise InputError."""
    points = check_array(landmarks, name, shape=(None, None, 2), dtype=np.float64)
    if points.shape[1] not in COUNTS:
        raise InputError(f"{name}: expected 5 or 68 points per face, got {points.shape[1]}")
    return points


def to_five(landmarks: ArrayLike) -> NDArray[np.float32]:
    """The five points (N, 5, 2) that dlib's smaller model finds, taken out of 68 (N, 68, 2)."""
    points = check_array(landmarks, "landmarks", shape=(None, 68, 2), dtype=np.float32)
    return points[:, FIVE_OF_68]


def mirrored(landmarks: ArrayLike, width: int) -> NDArray[np.float32]:
    """The landmarks (N, K, 2) of the same faces in the mirrored picture, ``width`` pixels wide.

    Not only the positions but also the names change sides: the left eye becomes the right eye.
    """
    points = check_points(landmarks)
    check_number(width, "width", low=1, integer=True)
    flipped = points[:, MIRROR[5 if points.shape[1] == 5 else 68]]
    flipped[..., 0] = width - 1 - flipped[..., 0]  # subtle: column 0 becomes column width - 1
    return flipped.astype(np.float32)
