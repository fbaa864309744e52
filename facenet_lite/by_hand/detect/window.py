"""A face detector with one template: slide a window over a pyramid of block maps.

::

    picture -> smaller and smaller copies -> hog.hog(copy)            (rows, cols, 72)
            -> score of each 7 x 7 group of blocks: weights . features + intercept
            -> boxes above the threshold -> non-maximum suppression -> Detections
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite import boxes as box_tools
from facenet_lite import imaging
from facenet_lite._checks import check_array, check_grey, check_number
from facenet_lite.by_hand.detect import hog
from facenet_lite.by_hand.detect.svm import LinearSvm
from facenet_lite.errors import InputError
from facenet_lite.types import Detections, GreyImage, Image

Floats = NDArray[np.float64]

CELL: Final = 6
CELLS: Final = 8
WINDOW: Final = CELL * CELLS  # 48 pixels
ORIENTATIONS: Final = 18  # signed: an eye is darker than its cheek, never lighter
BLOCK: Final = 2
BLOCKS: Final = CELLS - BLOCK + 1
DIMENSIONS: Final = BLOCKS * BLOCKS * BLOCK * BLOCK * ORIENTATIONS  # 3528


def block_map(grey: ArrayLike) -> Floats:
    """The features of a grey picture (H, W), 6 pixels apart: float64 (rows, cols, 72)."""
    return hog.hog(grey, orientations=ORIENTATIONS, cell=CELL, block=BLOCK, signed=True)


def tile_features(tiles: ArrayLike) -> Floats:
    """The features of whole windows, for training: tiles (N, 50, 50) give float64 (N, 3528).

    The inner 48 x 48 pixels of each tile count; the rim only provides neighbours for the gradients,
    as the rest of a picture does when a window slides over it. Raises InputError for other shapes.
    """
    side = WINDOW + 2
    checked = check_array(tiles, "tiles", shape=(None, side, side), dtype=np.float64)
    out = np.zeros((len(checked), DIMENSIONS))
    for row, tile in zip(out, checked, strict=True):
        bins, weight = hog.votes(tile, orientations=ORIENTATIONS, signed=True)
        inner = np.s_[1:-1, 1:-1]
        cells = hog.pool(bins[inner], weight[inner], cell=CELL, orientations=ORIENTATIONS)
        row[:] = hog.blocks(cells, block=BLOCK).ravel()
    return out


def window_scores(features: Floats, svm: LinearSvm) -> Floats:
    """The score of every window of a :func:`block_map` (R, C, 72): float64 (R - 6, C - 6).

    It takes 49 matrix products, one for each block of the window, instead of one for each window.
    """
    weights = svm.weights.reshape(BLOCKS, BLOCKS, -1)
    rows, cols = features.shape[0] - BLOCKS + 1, features.shape[1] - BLOCKS + 1
    scores = np.full((max(rows, 0), max(cols, 0)), svm.intercept)
    for y in range(BLOCKS if scores.size else 0):
        for x in range(BLOCKS):
            scores += features[y : y + rows, x : x + cols] @ weights[y, x]
    return scores


def template(svm: LinearSvm) -> Floats:
    """What the weights look for in each cell of the window: float64 (8, 8, 18).

    A cell belongs to up to four blocks; its weights in all of them are added.
    Raises InputError unless ``svm`` has 3528 weights.
    """
    if svm.weights.size != DIMENSIONS:
        raise InputError(f"svm: expected {DIMENSIONS} weights, got {svm.weights.size}")
    weights = svm.weights.reshape(BLOCKS, BLOCKS, BLOCK, BLOCK, ORIENTATIONS)
    out = np.zeros((CELLS, CELLS, ORIENTATIONS))
    for y in range(BLOCK):
        for x in range(BLOCK):
            out[y : y + BLOCKS, x : x + BLOCKS] += weights[:, :, y, x]
    return out


@dataclass(frozen=True, eq=False)
class WindowDetector:
    """A trained template with the settings of its search; satisfies ``detect.Detector``.

    ``svm`` has 3528 weights. ``scale_factor`` (above 1) is the step of the pyramid, ``min_size``
    (24 or more) the smallest face in pixels, ``score_threshold`` the least score that counts,
    ``max_iou`` how far two faces may overlap. Raises InputError outside these bounds.
    """

    svm: LinearSvm
    scale_factor: float = 1.1
    min_size: int = WINDOW
    score_threshold: float = 0.0
    max_iou: float = 0.3
    name: Literal["window"] = "window"

    def __post_init__(self) -> None:
        if not isinstance(self.svm, LinearSvm) or self.svm.weights.size != DIMENSIONS:
            raise InputError(
                f"svm: expected a LinearSvm of {DIMENSIONS} weights, got "
                f"{getattr(getattr(self.svm, 'weights', None), 'size', self.svm)!r}; "
                "train it on tile_features"
            )
        check_number(self.scale_factor, "scale_factor", low=1.01, high=4)
        check_number(self.min_size, "min_size", low=WINDOW // 2, integer=True)
        check_number(self.score_threshold, "score_threshold")
        check_number(self.max_iou, "max_iou", low=0, high=1)

    def detect(self, image: Image) -> Detections:
        """Find upright faces in an RGB picture (H, W, 3); a score of 1 is the margin's edge."""
        return self.search(imaging.to_grey(image))[0]

    def search(self, grey: GreyImage) -> tuple[Detections, Floats]:
        """Find faces in a grey picture; with each its features, float64 (N, 3528)."""
        import cv2

        check_grey(grey)
        boxes, scores, features = [], [], []
        scale = self.min_size / WINDOW
        while min(grey.shape) / scale >= WINDOW + 2:
            size = round(grey.shape[1] / scale), round(grey.shape[0] / scale)
            kernel = cv2.INTER_AREA if scale > 1 else cv2.INTER_LINEAR
            level = block_map(cv2.resize(grey, size, interpolation=kernel))
            found = window_scores(level, self.svm)
            for y, x in np.argwhere(found > self.score_threshold):
                left, top = x * CELL * scale, y * CELL * scale
                boxes.append([left, top, left + WINDOW * scale, top + WINDOW * scale])
                scores.append(found[y, x])
                features.append(level[y : y + BLOCKS, x : x + BLOCKS].ravel())
            scale *= self.scale_factor
        if not boxes:
            return Detections.empty(), np.zeros((0, DIMENSIONS))
        kept = box_tools.non_max_suppression(boxes, scores, self.max_iou)
        faces = Detections.sorted(np.array(boxes)[kept], np.array(scores)[kept])
        return faces, np.array([features[index] for index in kept])
