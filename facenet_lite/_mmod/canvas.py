"""Where dlib's CNN detector lays the sizes of a picture: all levels of a pyramid on one canvas.

Each level is 5/6 of the one before. They go down the left side, and from about half of them on back
up the right side, with zeros between them::

    ┌─────────────────────┐
    │ ┌─────────────────┐ │
    │ │     level 0     │ │
    │ └─────────────────┘ │
    │ ┌─────────────┐ ┌─┐ │
    │ │   level 1   │ └─┘ │   ... level 5
    │ │             │ ┌─┐ │
    │ └─────────────┘ └─┘ │   ... level 4
    │ ┌──────────┐ ┌────┐ │
    │ │ level 2  │ │  3 │ │
    │ └──────────┘ └────┘ │
    └─────────────────────┘

The network sees 189 pixels, and the gaps are 10 wide: a score near the border of a level depends on
what lies beside it on the canvas, so dlib's scores come from dlib's canvas alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

LEAST_HEIGHT: Final = 5
GAP, EDGE = 10, 11
"""Pixels of zeros between two levels, and around the canvas."""
GROW, SHIFT = 6 / 5, 0.3
"""A position x of one level is ``GROW * x + SHIFT`` on the larger one before it."""


class Level(NamedTuple):
    """The place of a level on the canvas, in pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Canvas:
    """The levels, largest first, and the canvas's size in pixels."""

    levels: tuple[Level, ...]
    height: int
    width: int

    def to_picture(
        self, centres: NDArray[np.float64], window: tuple[int, int]
    ) -> NDArray[np.int64]:
        """The boxes (N, 4) in the picture of windows around points (N, 2), x and y on the canvas.

        x1, y1, x2, y2 in whole pixels, right and bottom excluded. A window is of the level on
        which its centre lies, or of the nearest.
        """
        low = np.array([level[:2] for level in self.levels], float)
        high = low + np.array([level[2:] for level in self.levels]) - 1
        outside = centres[:, None] - np.clip(centres[:, None], low, high)
        levels = (outside**2).sum(axis=2).argmin(axis=1)
        half = (np.array(window) - 1) / 2
        corners = np.stack([centres - half, centres + half], axis=1) - low[levels][:, None]
        for step in range(levels.max(initial=0)):
            corners[levels > step] = corners[levels > step] * GROW + SHIFT
        corners[:, 1] += 1
        return np.asarray(np.floor(corners + 0.5).reshape(-1, 4), np.int64)


def lay_out(height: int, width: int) -> Canvas:
    """Place the levels of a picture of this size; those without room are left out."""
    sizes = [(height, width)]
    while (rows := sizes[-1][0] * 5 // 6) >= LEAST_HEIGHT and (columns := sizes[-1][1] * 5 // 6):
        sizes.append((rows, columns))
    down = _how_many_down(sizes)
    levels, top = [], EDGE
    for rows, columns in sizes[:down]:
        levels.append(Level(EDGE, top, columns, rows))
        top += rows + GAP
    bottom = top - GAP
    for rows, columns in sizes[down:]:
        if bottom - rows < EDGE + height:
            break  # it would lie beside the first level, which is as wide as the canvas
        levels.append(Level(EDGE + width - columns, bottom - rows, columns, rows))
        bottom -= rows + GAP
    return Canvas(tuple(levels), top - GAP + EDGE, width + 2 * EDGE)


def _how_many_down(sizes: list[tuple[int, int]]) -> int:
    """Levels go down until half of the rest is placed, and the next has room beside the last."""
    (height, width), placed, last = sizes[0], 0, 0
    rest = sum(rows + GAP for rows, _ in sizes[1:]) - GAP
    for number, (rows, columns) in enumerate(sizes):
        if 2 * (placed - height) >= rest and columns <= width - last - GAP:
            return number
        placed += rows + GAP
        last = columns
    return len(sizes)
