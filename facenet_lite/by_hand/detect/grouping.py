"""Many windows around one face, merged into one box: OpenCV's groupRectangles in NumPy."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_boxes, check_number
from facenet_lite.boxes import xywh_to_xyxy, xyxy_to_xywh
from facenet_lite.types import Detections

EPSILON: Final = 0.2
"""Similar boxes lie at most this far apart, in their own sizes; detectMultiScale fixes it."""


def group_rectangles(boxes: ArrayLike, min_neighbors: int, epsilon: float = EPSILON) -> Detections:
    """Merge similar boxes, (N, 4) in whole pixels, and drop groups of ``min_neighbors`` or fewer.

    Two boxes are similar when each side of one lies within ``epsilon`` times their smaller size
    of the same side of the other; a group holds all that are connected by similar ones.
    Its box is their mean, its score their number. A group inside a stronger one is dropped. With
    ``min_neighbors=0`` nothing is merged: every box is returned with a score of 1.
    """
    checked = check_boxes(boxes)
    check_number(min_neighbors, "min_neighbors", low=0, integer=True)
    check_number(epsilon, "epsilon", low=0)
    if min_neighbors == 0 or len(checked) == 0:
        return Detections.sorted(checked, np.ones(len(checked)))
    labels = similar_groups(checked, epsilon)
    counts = np.bincount(labels)
    strong = np.flatnonzero(counts > min_neighbors)
    sides = xyxy_to_xywh(checked).astype(np.int64)
    sums = np.stack([np.bincount(labels, weights=column) for column in sides.T], axis=1)
    # subtle: OpenCV multiplies by 1/n in float32, and rounds halves to the even number.
    reciprocal = np.float32(1) / counts.astype(np.float32)
    means = np.rint(sums.astype(np.float32) * reciprocal[:, None])[strong]
    keep = ~_inside_a_stronger(means, counts[strong], epsilon)
    return Detections.sorted(xywh_to_xyxy(means[keep]), counts[strong][keep])


def similar_groups(boxes: ArrayLike, epsilon: float = EPSILON) -> NDArray[np.intp]:
    """Number the groups of connected similar boxes: (N, 4) gives (N,) labels from 0."""
    checked = check_boxes(boxes).astype(np.float64)
    sizes = checked[:, 2:] - checked[:, :2]
    smaller = np.minimum(sizes[:, None], sizes[None]).sum(axis=2)  # (N, N)
    apart = np.abs(checked[:, None] - checked[None]).max(axis=2)
    similar = apart <= epsilon * smaller * 0.5
    labels = np.full(len(checked), -1, np.intp)
    group = 0
    for start in range(len(checked)):
        if labels[start] >= 0:
            continue
        front = np.array([start])
        while front.size:  # flood the group, one ring of neighbours at a time
            labels[front] = group
            front = np.flatnonzero(similar[front].any(axis=0) & (labels < 0))
        group += 1
    return labels


def _inside_a_stronger(
    means: NDArray[np.float32], counts: NDArray[np.intp], epsilon: float
) -> NDArray[np.bool_]:
    """Which boxes, x y width height (M, 4), lie within a slightly larger, stronger one."""
    spread = np.rint(means[:, 2:].astype(np.float64) * epsilon)
    low, high = means[:, :2], means[:, :2] + means[:, 2:]
    inside = (low[:, None] >= (low - spread)[None]).all(axis=2)
    inside &= (high[:, None] <= (high + spread)[None]).all(axis=2)
    stronger = (counts[None] > counts[:, None]) | (counts < 3)[:, None]
    others = ~np.eye(len(counts), dtype=bool)
    return np.asarray((inside & stronger & others).any(axis=1), np.bool_)
