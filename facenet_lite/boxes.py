"""Boxes around faces, as float32 (N, 4): x1, y1, x2, y2 in pixels, right and bottom excluded.

::

    (x1, y1) ┌───────────┐        width  = x2 - x1
             │           │        height = y2 - y1
             └───────────┘ (x2, y2): the first pixel that is no longer inside
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_boxes, check_number


class Frame(NamedTuple):
    """One box as seen from another box of the same face.

    ``right`` and ``down``: the distance of its centre from the other's, in the other's widths and
    heights; ``width`` and ``height``: its sides divided by the other's.
    """

    right: float
    down: float
    width: float
    height: float


def xywh_to_xyxy(boxes: ArrayLike) -> NDArray[np.float32]:
    """Turn x, y, width, height (N, 4), as OpenCV gives them, into x1, y1, x2, y2 (float32).

    Raises InputError where a width or height is not positive.
    """
    out = check_array(boxes, "boxes", shape=(None, 4), dtype=np.float32).copy()
    out[:, 2:] += out[:, :2]
    return check_boxes(out)


def xyxy_to_xywh(boxes: ArrayLike) -> NDArray[np.float32]:
    """Turn x1, y1, x2, y2 (N, 4) into x, y, width, height (float32)."""
    out = check_boxes(boxes).copy()
    out[:, 2:] -= out[:, :2]
    return out


def area(boxes: ArrayLike) -> NDArray[np.float32]:
    """The boxes' areas (N,) in square pixels."""
    checked = check_boxes(boxes)
    sides = checked[:, 2:] - checked[:, :2]
    areas: NDArray[np.float32] = sides[:, 0] * sides[:, 1]
    return areas


def iou(boxes: ArrayLike, others: ArrayLike) -> NDArray[np.float32]:
    """Intersection over union of every box (N, 4) with every other (M, 4): (N, M) in [0, 1]."""
    a, b = check_boxes(boxes), check_boxes(others, "others")
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])  # (N, M, 2)
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    sides = np.clip(bottom_right - top_left, 0, None)
    shared = sides[..., 0] * sides[..., 1]
    overlap: NDArray[np.float32] = shared / (area(a)[:, None] + area(b)[None, :] - shared)
    return overlap


def clip(boxes: ArrayLike, *, height: int, width: int) -> NDArray[np.float32]:
    """Clip boxes (N, 4) to the picture, and leave out those that lie outside it.

    The result has one row for each box that overlaps the picture.
    """
    limits = np.array([width, height, width, height], np.float32)
    cut = np.clip(check_boxes(boxes), 0, limits)
    return cut[(cut[:, 0] < cut[:, 2]) & (cut[:, 1] < cut[:, 3])]


def expand(boxes: ArrayLike, fraction: float) -> NDArray[np.float32]:
    """Move every side outwards by ``fraction`` of the box's width or height (inwards if negative).

    Raises InputError for -0.5 or less, which would leave nothing of the box.
    """
    check_number(fraction, "fraction", low=-0.5, low_included=False)
    checked = check_boxes(boxes)
    by = (checked[:, 2:] - checked[:, :2]) * np.float32(fraction)
    return np.concatenate([checked[:, :2] - by, checked[:, 2:] + by], axis=1)


def reframe(boxes: ArrayLike, frame: Frame) -> NDArray[np.float32]:
    """The boxes (N, 4) that lie where ``frame`` says, relative to ``boxes`` (N, 4).

    With a detector's ``frame``, these are the boxes that dlib's HOG detector would draw around
    the same faces.
    """
    checked = check_boxes(boxes)
    centre, size = (checked[:, :2] + checked[:, 2:]) / 2, checked[:, 2:] - checked[:, :2]
    centre = centre + size * np.array([frame.right, frame.down], np.float32)
    half = size * np.array([frame.width, frame.height], np.float32) / 2
    return np.concatenate([centre - half, centre + half], axis=1)


def as_seen_from(boxes: ArrayLike, others: ArrayLike) -> NDArray[np.float64]:
    """The frame of each of ``others`` (N, 4) as seen from the box of the same face in ``boxes``.

    Returns (N, 4), each row in the order of ``Frame``.
    """
    a = check_boxes(boxes).astype(np.float64)
    b = check_array(others, "others", shape=a.shape, dtype=np.float64)
    size = a[:, 2:] - a[:, :2]
    shift = (b[:, :2] + b[:, 2:] - a[:, :2] - a[:, 2:]) / 2 / size
    return np.concatenate([shift, (b[:, 2:] - b[:, :2]) / size], axis=1)


def non_max_suppression(
    boxes: ArrayLike, scores: ArrayLike, max_iou: float = 0.5
) -> NDArray[np.intp]:
    """Keep the highest-scoring boxes; drop any whose IoU with a kept one exceeds ``max_iou``.

    ``boxes`` (N, 4), ``scores`` (N,). Returns the indices kept, highest score first; with equal
    scores the earlier box comes first. Greedy, as in every detector (Neubeck and Van Gool 2006).
    """
    checked = check_boxes(boxes)
    scored = check_array(scores, "scores", shape=(len(checked),), dtype=np.float32)
    check_number(max_iou, "max_iou", low=0, high=1)
    left = np.argsort(-scored, kind="stable")
    kept = []
    while left.size:
        best, left = left[0], left[1:]
        kept.append(best)
        if left.size:
            left = left[iou(checked[best : best + 1], checked[left])[0] <= max_iou]
    return np.array(kept, dtype=np.intp)
