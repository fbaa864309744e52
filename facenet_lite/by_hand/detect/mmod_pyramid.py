"""How dlib's CNN sees every size at once: the picture's pyramid, laid out on one canvas.

Each level is 5/6 of the one before. dlib puts all of them on one tall canvas, down the left side
and back up the right, with zeros between them, and runs the network over it once. A cell of the
score map belongs to the level on which its centre lies, or to the nearest one, and its box is
scaled back up from that level.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite import boxes as box_tools
from facenet_lite._checks import check_array, check_image, check_number
from facenet_lite.by_hand.detect.mmod import MmodNetwork, map_output_to_input
from facenet_lite.types import Detections, Image

SHRINK: Final = 5 / 6
GROW: Final = 6 / 5
"""The factors of dlib's pyramid_down<6>, from one level to the next and back."""
LEAST_HEIGHT: Final = 5
"""A level has at least this many rows of pixels."""
PADDING, OUTER_PADDING = 10, 11
"""This many pixels of zeros lie between two levels, and around the canvas (not in older files)."""
UP_SHIFT: Final = 0.3
"""dlib adds this many pixels to a position for every level that it goes up."""


@dataclass(frozen=True)
class Level:
    """A level's place on the canvas, in its pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Canvas:
    """Where each level of a picture's pyramid lies, largest first, and the canvas's size."""

    levels: tuple[Level, ...]
    height: int
    width: int

    def paint(self, maps: ArrayLike) -> NDArray[np.float32]:
        """Draw maps (C, H, W) of the first level's size at every size: (C, height, width)."""
        first = self.levels[0]
        size = (None, first.height, first.width)
        current = check_array(maps, "maps", shape=size, dtype=np.float32)
        canvas = np.zeros((len(current), self.height, self.width), np.float32)
        for level in self.levels:
            current = shrink(current, height=level.height, width=level.width)
            rows = slice(level.top, level.top + level.height)
            canvas[:, rows, level.left : level.left + level.width] = current
        return canvas

    def nearest_level(self, points: NDArray[np.float64]) -> NDArray[np.intp]:
        """The level that each point (..., 2), x and y on the canvas, lies on or nearest to."""
        low = np.array([(at.left, at.top) for at in self.levels], float)
        high = low + [(at.width - 1, at.height - 1) for at in self.levels]
        outside = points[..., None, :] - np.clip(points[..., None, :], low, high)
        return np.asarray((outside**2).sum(axis=-1).argmin(axis=-1))

    def to_picture(
        self, points: NDArray[np.float64], levels: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """Where points (..., 2) of given levels (...) lie in the picture, in its pixels."""
        origins = np.array([(at.left, at.top) for at in self.levels], float)
        moved: NDArray[np.float64] = points - origins[levels]
        for step in range(int(np.max(levels))):
            higher = np.asarray(levels)[..., None] > step
            moved = np.where(higher, moved * GROW + UP_SHIFT, moved)
        return moved


def lay_out(height: int, width: int) -> Canvas:
    """Place every level of a picture's pyramid, as dlib does: down the left side, up the right.

    Levels of fewer than 5 rows are left out, and so are those for which the right side has no room.
    """
    check_number(height, "height", low=1, integer=True)
    check_number(width, "width", low=1, integer=True)
    sizes = [(height, width)]
    while min(smaller := _next(sizes[-1])) >= 1 and smaller[0] >= LEAST_HEIGHT:
        sizes.append(smaller)
    down = _how_many_down(sizes)
    levels, top = [], OUTER_PADDING
    for rows, columns in sizes[:down]:
        levels.append(Level(OUTER_PADDING, top, columns, rows))
        top += rows + PADDING
    bottom = top - PADDING
    for rows, columns in sizes[down:]:
        place = Level(OUTER_PADDING + width - columns, bottom - rows, columns, rows)
        if place.top < OUTER_PADDING + height:
            break  # it would lie on the first level
        levels.append(place)
        bottom -= rows + PADDING
    return Canvas(tuple(levels), top - PADDING + OUTER_PADDING, width + 2 * OUTER_PADDING)


def shrink(maps: NDArray[np.float32], *, height: int, width: int) -> NDArray[np.float32]:
    """Resize maps (C, H, W) by linear interpolation, corner pixels on corner pixels."""
    rows, columns = maps.shape[1:]
    top, bottom, low = _neighbours(rows, height)
    left, right, near = _neighbours(columns, width)
    mixed = maps[:, top] * (1 - low[:, None]) + maps[:, bottom] * low[:, None]
    between = mixed[:, :, left] * (1 - near) + mixed[:, :, right] * near
    return between.astype(np.float32, copy=False)


@dataclass(frozen=True)
class Scan:
    """The network's output for every cell: ``scores`` (rows, columns), the ``levels`` of the cells,
    and their ``boxes`` (rows, columns, 4) in the picture, x1 y1 x2 y2."""

    canvas: Canvas
    scores: NDArray[np.float32] = field(repr=False)
    levels: NDArray[np.intp] = field(repr=False)
    boxes: NDArray[np.float32] = field(repr=False)


def scan(network: MmodNetwork, image: Image) -> Scan:
    """Run the network over all sizes of an RGB picture at once."""
    canvas = lay_out(*check_image(image).shape[:2])
    scores = network(canvas.paint(network.normalise(image)))
    rows, columns = np.indices(scores.shape)
    centres = map_output_to_input(network.convolutions, np.stack([columns, rows], axis=-1))
    levels = canvas.nearest_level(centres)
    half = (np.array(network.options.window) - 1) / 2
    first = canvas.to_picture(centres - half, levels)
    last = canvas.to_picture(centres + half, levels)
    # subtle: dlib rounds to the nearest pixel, a half up, and counts the last pixel as inside.
    corners = np.floor(np.concatenate([first, last + 1], axis=-1) + 0.5)
    return Scan(canvas, scores, levels, corners.astype(np.float32))


def find(network: MmodNetwork, image: Image, *, score_threshold: float = 0.0) -> Detections:
    """A box for every cell above the threshold; of those that overlap too much the surest stays."""
    check_number(score_threshold, "score_threshold")
    seen = scan(network, image)
    above = seen.scores > score_threshold
    boxes, scores = seen.boxes[above], seen.scores[above]
    kept = box_tools.non_max_suppression(boxes, scores, network.options.nms_iou)
    return Detections.sorted(boxes[kept], scores[kept])


def _next(size: tuple[int, int]) -> tuple[int, int]:
    return int(SHRINK * size[0]), int(SHRINK * size[1])


def _how_many_down(sizes: list[tuple[int, int]]) -> int:
    """Levels go down the left side until about half of the rest is placed and the next fits."""
    first, total = sizes[0], sum(rows + PADDING for rows, _ in sizes) - 2 * PADDING
    height = last_width = 0
    for number, (rows, columns) in enumerate(sizes):
        half_way = 2 * (height - first[0]) >= total - first[0]
        if half_way and columns <= first[1] - last_width - PADDING:
            return number
        height += rows + PADDING
        last_width = columns
    return len(sizes)


def _neighbours(
    size: int, wanted: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    positions = np.arange(wanted) * ((size - 1) / max(wanted - 1, 1))
    before = np.floor(positions).astype(np.intp)
    after = np.minimum(before + 1, size - 1)
    return before, after, (positions - before).astype(np.float32)
