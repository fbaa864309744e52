"""A cascade of regression trees, evaluated by hand (Kazemi and Sullivan 2014).

The shape starts as the mean shape in the box. Each level looks at a few hundred pixels near the
current shape and adds the answers of its trees; the next level looks again from the new shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_boxes, check_image
from facenet_lite.by_hand.landmarks.shapes import from_box, turn_and_scale
from facenet_lite.types import GreyImage, Image


class TreeLevel(NamedTuple):
    """One level: P places to look at, and T trees of depth D over the grey values found there.

    ``anchors``: int (P,), the landmark that each place belongs to; ``deltas``: float32 (P, 2), the
    place's offset from it, in the mean shape's frame. ``pairs``: int (T, S, 2), the two places that
    each of the S = 2^D - 1 questions compares; ``thresholds``: float32 (T, S); ``leaves``: float32
    (T, S + 1, K, 2), how far each leaf moves the points, relative to the box.
    """

    anchors: NDArray[np.intp]
    deltas: NDArray[np.float32]
    pairs: NDArray[np.intp]
    thresholds: NDArray[np.float32]
    leaves: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class TreeCascade:
    """A landmarker: the mean shape, float32 (K, 2) relative to the box, and the levels."""

    mean: NDArray[np.float32]
    levels: Sequence[TreeLevel]

    def locate(self, image: Image, boxes: ArrayLike) -> NDArray[np.float32]:
        """Find the landmarks of each face, as ``Landmarker.locate`` does, but without rounding."""
        return np.asarray(self.stages(image, boxes)[-1])

    def stages(self, image: Image, boxes: ArrayLike) -> NDArray[np.float32]:
        """The points after 0, 1, ... all levels: float32 (levels + 1, N, K, 2), in pixels."""
        grey = intensity(image)[None]
        frames = np.rint(check_boxes(boxes))
        first = np.zeros(len(frames), np.intp)
        shapes = np.repeat(self.mean[None], len(frames), axis=0)
        seen = [from_box(shapes, frames)]
        for level in self.levels:
            values = look(grey, first, places(frames, shapes, self.mean, level))
            shapes = moved(level, shapes, values)
            seen.append(from_box(shapes, frames))
        return np.array(seen, np.float32)


def intensity(image: Image) -> GreyImage:
    """The grey picture that the trees look at: (R + G + B) / 3, rounded down, as dlib takes it."""
    return np.asarray(check_image(image).sum(axis=2, dtype=np.uint16) // 3, np.uint8)


def places(
    boxes: NDArray[np.float32],
    shapes: NDArray[np.float32],
    mean: NDArray[np.float32],
    level: TreeLevel,
) -> NDArray[np.intp]:
    """The pixels (N, P, 2), x and y, that a level looks at in N faces; some may lie outside.

    ``shapes``: (N, K, 2) relative to ``boxes`` (N, 4). A place turns and grows with the shape, and
    so stays at the same spot of the face.
    """
    turn = turn_and_scale(mean, shapes).astype(np.complex64)[:, None]
    dx, dy = level.deltas.T
    # subtle: in float32 and in this order, as in dlib: if a place is rounded differently it is
    # another pixel, which may send a face down another branch.
    across = turn.real * dx - turn.imag * dy
    down = turn.imag * dx + turn.real * dy
    spots = np.stack([across, down], axis=-1) + shapes[:, level.anchors]  # (N, P, 2)
    return np.floor(from_box(spots, boxes) + 0.5).astype(np.intp)


def look(
    pictures: NDArray[np.uint8], which: NDArray[np.intp], spots: NDArray[np.intp]
) -> NDArray[np.float32]:
    """The grey values (N, P) at ``places`` (N, P, 2) of N faces; 0 outside the picture.

    ``pictures``: (M, H, W); face n is in picture ``which[n]``.
    """
    x, y = spots.transpose(2, 0, 1)
    height, width = pictures.shape[1:]
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    values = pictures[which[:, None], np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
    return np.where(inside, values, 0).astype(np.float32)


def moved(
    level: TreeLevel, shapes: NDArray[np.float32], values: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The shapes (N, K, 2) after the answers of all the level's trees to the grey values (N, P)."""
    answers = level.leaves[np.arange(len(level.leaves)), leaf_of(level, values)]  # (N, T, K, 2)
    every = np.concatenate([shapes[:, None], answers], axis=1)
    return np.asarray(np.add.reduce(every, axis=1), np.float32)  # one after another, as dlib adds


def leaf_of(level: TreeLevel, values: NDArray[np.float32]) -> NDArray[np.intp]:
    """The leaf (N, T) in which each tree puts each face, from the grey values (N, P).

    Question i asks whether the first place is brighter than the second by more than the threshold;
    yes leads to question 2 i + 1, no to 2 i + 2.
    """
    trees = np.arange(len(level.pairs))
    questions = level.thresholds.shape[1]
    node = np.zeros((len(values), len(trees)), np.intp)
    for _ in range(questions.bit_length()):  # the depth: 2^D - 1 has D bits
        pair = level.pairs[trees, node]  # (N, T, 2)
        difference = np.take_along_axis(values, pair[..., 0], axis=1)
        difference = difference - np.take_along_axis(values, pair[..., 1], axis=1)
        node = 2 * node + np.where(difference > level.thresholds[trees, node], 1, 2)
    return np.asarray(node - questions, np.intp)
