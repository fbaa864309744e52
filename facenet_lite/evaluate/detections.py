"""Which box that a detector found is which known face: the bookkeeping of a detector's test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite import boxes as box
from facenet_lite._checks import check_boxes, check_choice, check_number

MAX_SHIFT: Final = 0.3
"""A found box's centre may lie at most this far from the face's, in sides of the face."""
MAX_RATIO: Final = 2.0
"""A found box's side may be at most this many times as long, or as short, as the face's."""


@dataclass(frozen=True, eq=False)
class Matches:
    """Pairs of a found box and a known face, each used at most once.

    ``found``, ``known``: int (P,), row numbers; ``extra``: int (E,), found boxes left over;
    ``missed``: int (M,), known faces left over.
    """

    found: NDArray[np.intp]
    known: NDArray[np.intp]
    extra: NDArray[np.intp]
    missed: NDArray[np.intp]


def centres_and_sides(boxes: ArrayLike) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The boxes' centres (N, 2) and sides (N,); a side is the root of the box's area."""
    checked = check_boxes(boxes)
    centres = (checked[:, :2] + checked[:, 2:]) / 2
    return centres.astype(np.float32), np.sqrt(box.area(checked)).astype(np.float32)


def match(
    found: ArrayLike,
    known: ArrayLike,
    *,
    rule: str = "centre",
    max_shift: float = MAX_SHIFT,
    max_ratio: float = MAX_RATIO,
    min_iou: float = 0.5,
) -> Matches:
    """Pair found boxes (N, 4) with known faces (M, 4), nearest first, one to one.

    ``rule="centre"``: the box's centre lies within ``max_shift`` sides of the face's centre, and
    its side within a factor ``max_ratio`` of the face's. It hardly depends on how a detector frames
    a face. ``rule="iou"``: the intersection over union is at least ``min_iou``, as benchmarks have
    it.
    """
    check_choice(rule, "rule", ("centre", "iou"))
    a, b = check_boxes(found, "found"), check_boxes(known, "known")
    if rule == "iou":
        check_number(min_iou, "min_iou", low=0, high=1, low_included=False)
        cost = 1 - box.iou(a, b)
        allowed = cost <= 1 - min_iou
    else:
        check_number(max_shift, "max_shift", low=0)
        check_number(max_ratio, "max_ratio", low=1)
        (a_centre, a_side), (b_centre, b_side) = centres_and_sides(a), centres_and_sides(b)
        cost = np.linalg.norm(a_centre[:, None] - b_centre[None], axis=2) / b_side[None]
        ratio = np.abs(np.log(a_side[:, None] / b_side[None]))
        allowed = (cost <= max_shift) & (ratio <= np.log(max_ratio) + 1e-6)
    return _nearest_first(np.where(allowed, cost, np.inf))


def _nearest_first(cost: NDArray[np.floating]) -> Matches:
    """Take the cheapest pair that is left, until none is; infinite cost means never."""
    cost = cost.copy()
    pairs: list[tuple[int, int]] = []
    while cost.size and np.isfinite(cost.min()):
        row, column = np.unravel_index(int(np.argmin(cost)), cost.shape)
        pairs.append((int(row), int(column)))
        cost[row, :] = np.inf
        cost[:, column] = np.inf
    rows = np.array([p[0] for p in pairs], np.intp)
    columns = np.array([p[1] for p in pairs], np.intp)
    return Matches(
        rows,
        columns,
        np.setdiff1d(np.arange(cost.shape[0]), rows),
        np.setdiff1d(np.arange(cost.shape[1]), columns),
    )


def recall(hits: int, faces: int) -> float:
    """The share of known faces that were found."""
    check_number(faces, "faces", low=1, integer=True)
    return float(check_number(hits, "hits", low=0, high=faces, integer=True)) / faces
