"""A Haar cascade in NumPy: every window of every scale, stage by stage, as OpenCV judges it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite._checks import check_grey, check_number
from facenet_lite.boxes import clip
from facenet_lite.by_hand.detect.cascade_file import Cascade, Feature, Rectangle, Stage
from facenet_lite.by_hand.detect.grouping import group_rectangles
from facenet_lite.by_hand.detect.integral import integral_image, squared_integral_image
from facenet_lite.types import Boxes, Detections, GreyImage

MIN_DEVIATION: Final = 10.0
"""A window with a smaller standard deviation of its grey values than this is never judged."""

THRESHOLD_SLACK: Final = np.float32(1e-5)
"""OpenCV lowers every stage's threshold by this much when it reads the file."""

TOO_FLAT: Final = -1
"""``Scan.passed`` has this value for a window with too little contrast for the first stage."""


@dataclass(frozen=True, eq=False)
class Scan:
    """All windows that were judged in a picture, and how far each came.

    ``boxes``: float32 (N, 4), x1 y1 x2 y2 in the picture's pixels; scaling back rounds, and may
    move one a pixel beyond the picture's border (OpenCV clips such boxes at the end).
    ``passed``: int64 (N,), the number of stages passed, or TOO_FLAT. ``scale``: float32 (N,), the
    factor by which the picture was shrunk. ``stages``: how many stages there are.
    """

    boxes: Boxes
    passed: NDArray[np.int64]
    scale: NDArray[np.float32]
    stages: int

    def survivors(self) -> NDArray[np.int64]:
        """Windows left: all, those with contrast, after stage 1, and so on: int64 (stages + 2,)."""
        return np.array([np.sum(self.passed >= k) for k in range(TOO_FLAT, self.stages + 1)])

    def accepted(self, stages: int | None = None) -> Boxes:
        """The boxes that pass the first ``stages`` stages (default: all): float32 (M, 4)."""
        return self.boxes[self.passed >= (self.stages if stages is None else stages)]


def detect(
    cascade: Cascade,
    grey: GreyImage,
    *,
    scale_factor: float = 1.1,
    min_neighbors: int = 5,
    min_size: int = 30,
) -> Detections:
    """The faces in a grey picture, uint8 (H, W): the boxes of cv2's detectMultiScale.

    ``min_size``: the smallest side of a face in pixels. A score is the number of windows merged.
    """
    check_number(min_neighbors, "min_neighbors", low=0, integer=True)
    found = scan(cascade, grey, scale_factor=scale_factor, min_size=min_size)
    merged = group_rectangles(found.accepted(), min_neighbors)
    height, width = grey.shape
    return Detections(clip(merged.boxes, height=height, width=width), merged.scores)


def scan(
    cascade: Cascade, grey: GreyImage, *, scale_factor: float = 1.1, min_size: int = 30
) -> Scan:
    """Judge every window of every scale that OpenCV looks at in a grey picture, uint8 (H, W)."""
    height, width = check_grey(grey).shape
    sizes = scales(
        cascade, height=height, width=width, scale_factor=scale_factor, min_size=min_size
    )
    boxes = [np.zeros((0, 4), np.float32)]
    passed, factors = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
    for factor in sizes:
        # OpenCV splits the first scale's width into stripes, and the rows follow the stripes.
        stripes = -(-(_shrunk(width, sizes[0]) + 1 - cascade.width) // 32)
        corners, verdict = _judge(cascade, shrink(grey, float(factor)), factor, stripes)
        top_left = np.rint(corners.astype(np.float32) * factor)
        size = np.rint(np.array([cascade.width, cascade.height], np.float32) * factor)
        boxes.append(np.concatenate([top_left, top_left + size], axis=1))
        passed.append(verdict)
        factors.append(np.full(len(verdict), factor))
    return Scan(
        np.concatenate(boxes), np.concatenate(passed), np.concatenate(factors), len(cascade.stages)
    )


def scales(
    cascade: Cascade, *, height: int, width: int, scale_factor: float = 1.1, min_size: int = 30
) -> list[np.float32]:
    """By how much a picture of ``height`` x ``width`` is shrunk: 1, 1.1, 1.21, ... as they fit.

    Factors at which a window would be smaller than ``min_size`` or leave the picture are left out.
    If none remains, the largest window that fits is used, as in OpenCV.
    """
    check_number(scale_factor, "scale_factor", low=1, low_included=False)
    check_number(min_size, "min_size", low=0, integer=True)
    kept: list[np.float32] = []
    widest, largest = 0, kept
    factor = 1.0
    while True:
        across, down = round(cascade.width * factor), round(cascade.height * factor)
        if across > width or down > height:
            return kept or largest
        if min(across, down) >= min_size:
            kept.append(np.float32(factor))
        if across > widest:
            widest, largest = across, [np.float32(factor)]
        factor *= scale_factor


def shrink(grey: GreyImage, factor: float) -> GreyImage:
    """Shrink a grey picture by ``factor`` as OpenCV does before it looks for faces."""
    import cv2

    height, width = check_grey(grey).shape
    check_number(factor, "factor", low=1)
    size = (_shrunk(width, np.float32(factor)), _shrunk(height, np.float32(factor)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR_EXACT), np.uint8)


def stage_sum(
    stage: Stage,
    integral: NDArray[np.int64],
    corners: NDArray[np.intp],
    normaliser: NDArray[np.float32],
) -> NDArray[np.float64]:
    """Add up the votes of a stage's stumps in many windows at once: float64 (N,).

    ``integral``: int64 (H + 1, W + 1). ``corners``: the windows' top left pixels as flat indices
    into it, (N,). ``normaliser``: what each window's responses are multiplied by, (N,).
    """
    votes = np.zeros(len(corners))
    for stump in stage.stumps:
        response = _responses(stump.feature, integral, corners) * normaliser
        votes += np.where(
            response < np.float32(stump.threshold), np.float32(stump.left), np.float32(stump.right)
        )
    return votes


def window_normaliser(
    grey: GreyImage, cascade: Cascade, corners: NDArray[np.intp]
) -> NDArray[np.float32]:
    """One over (area x standard deviation) of each window's inner pixels, float32 (N,).

    Both are taken over the window without its border of one pixel. 0 where the deviation is at
    most MIN_DEVIATION: such a window is too flat to judge. ``corners`` as in ``stage_sum``.
    """
    inner = Feature((Rectangle(1, 1, cascade.width - 2, cascade.height - 2, 1.0),))
    total = _responses(inner, integral_image(grey), corners, np.float64)
    squares = _responses(inner, squared_integral_image(grey), corners, np.float64)
    area = (cascade.width - 2) * (cascade.height - 2)
    spread = np.sqrt(np.maximum(area * squares - total**2, 0))  # area x standard deviation
    with np.errstate(divide="ignore"):
        normaliser = (1 / spread).astype(np.float32)
    judged = (spread > 0) & (area * normaliser.astype(np.float64) < 1 / MIN_DEVIATION)
    return np.where(judged, normaliser, np.float32(0))


def _judge(
    cascade: Cascade, small: GreyImage, factor: np.float32, stripes: int
) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """The corners x, y (N, 2) and stages passed (N,) of the windows visited in a shrunk picture."""
    height, width = small.shape
    step = 1 if factor >= 2 else 2
    rows, columns = height + 1 - cascade.height, width + 1 - cascade.width
    # subtle: with a step of 2 and whole stripes, OpenCV may not reach the last row.
    per_stripe = max(-(-(rows // step) // stripes), 1) * step
    ys, xs = np.arange(0, min(rows, stripes * per_stripe), step), np.arange(0, columns, step)
    corners = (ys[:, None] * (width + 1) + xs[None]).ravel()
    integral = integral_image(small)
    normaliser = window_normaliser(small, cascade, corners)
    passed = np.where(normaliser > 0, 0, TOO_FLAT)
    alive = np.flatnonzero(normaliser > 0)
    for number, stage in enumerate(cascade.stages, start=1):
        votes = stage_sum(stage, integral, corners[alive], normaliser[alive])
        alive = alive[votes >= np.float32(stage.threshold) - THRESHOLD_SLACK]
        passed[alive] = number
        if number == 1:
            visited = windows_visited((passed == 0).reshape(len(ys), len(xs))).ravel()
            alive = alive[visited[alive]]
    top_left = np.stack([corners % (width + 1), corners // (width + 1)], axis=1)
    return top_left[visited], passed[visited]


def windows_visited(failed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which windows of each row (R, C) are judged: after one that fails stage 1, one is skipped."""
    visited = np.ones_like(failed)
    for column in range(1, failed.shape[1]):
        visited[:, column] = ~(visited[:, column - 1] & failed[:, column - 1])
    return visited


def _responses(
    feature: Feature,
    integral: NDArray[np.int64],
    corners: NDArray[np.intp],
    dtype: type[np.float32] | type[np.float64] = np.float32,
) -> NDArray[np.floating]:
    """A feature's response in each window, (N,): exact whole numbers, far below 2**24."""
    flat, stride = integral.ravel(), integral.shape[1]
    total = np.zeros(len(corners), dtype)
    for part in feature.rectangles:
        a = corners + part.y * stride + part.x
        c = a + part.height * stride
        sums = flat[c + part.width] - flat[c] - flat[a + part.width] + flat[a]
        total += dtype(part.weight) * sums.astype(dtype)
    return total


def _shrunk(length: int, factor: np.float32) -> int:
    return int(np.rint(np.float32(length) / np.float32(factor)))
