"""dlib's cascade on one face, level by level, from a box that the reader moves and scales."""

from __future__ import annotations

import itertools
from typing import Any, Final

import numpy as np
import traitlets as t
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_boxes, check_image
from facenet_lite.book.figures.base import Figure, packed
from facenet_lite.book.plots.pictures import photo_uri
from facenet_lite.by_hand.landmarks.cascade import TreeCascade
from facenet_lite.landmarks import GROUPS
from facenet_lite.types import Image

SHIFTS: Final = (-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3)
SCALES: Final = (0.7, 1.0, 1.4)
LEVELS: Final = (0, 1, 3, 15)
AROUND: Final = 1.15
"""Half the side of the picture shown, in sides of the face's box."""


class CascadeLevels(Figure, module="cascade_levels.mjs"):
    """What the real landmarker answers after some of its levels, from many boxes.

    ``picture``: data URI of the square around the face; ``box``: x1 y1 x2 y2 in it, from 0 to 1;
    ``shifts``: of the box, in its sides; ``scales``; ``levels``: how many levels were run;
    ``points``: base64 of bytes, x and y of each point in 255ths of the square, by right shift, down
    shift, scale and level; ``groups``: the indices of the points of each part of the face.
    """

    alt = t.Unicode(
        "An interactive figure: sliders move and scale the box around a face, and another steps "
        "through the cascade's levels; the sixty-eight points go from the mean shape to their "
        "places, or, from a box too far off, to wrong ones."
    ).tag(sync=True)
    picture = t.Unicode("").tag(sync=True)
    box: Any = t.List().tag(sync=True)
    shifts: Any = t.List(list(SHIFTS)).tag(sync=True)
    scales: Any = t.List(list(SCALES)).tag(sync=True)
    levels: Any = t.List(list(LEVELS)).tag(sync=True)
    points = t.Unicode("").tag(sync=True)
    groups: Any = t.Dict().tag(sync=True)
    right = t.Int(SHIFTS.index(0), min=0).tag(sync=True)
    down = t.Int(SHIFTS.index(0), min=0).tag(sync=True)
    scale = t.Int(SCALES.index(1), min=0).tag(sync=True)
    level = t.Int(0, min=0).tag(sync=True)

    @classmethod
    def of(cls, image: Image, box: ArrayLike, *, cascade: TreeCascade) -> CascadeLevels:
        """Run the cascade from every box, and keep some of its levels.

        ``image``: RGB uint8 (H, W, 3); ``box``: x1 y1 x2 y2, as HOG frames the face. Raises
        InputError for another picture or box.
        """
        check_image(image)
        face = check_boxes([box], "box")[0]
        corner, side, shown = _square(image, face)
        stages = cascade.stages(image, _boxes(face))[list(LEVELS)]  # (L, N, K, 2)
        within = (stages.transpose(1, 0, 2, 3) + 0.5 - corner) / side
        groups = GROUPS[68 if len(cascade.mean) == 68 else 5]
        return cls(
            picture=photo_uri(shown, 400),
            box=[round(float(v), 4) for v in (face - np.tile(corner, 2)) / side],
            points=packed(np.clip(np.rint(within * 255), 0, 255).astype(np.uint8)),
            groups={name: list(numbers) for name, numbers in groups.items()},
        )


def _square(image: Image, face: NDArray[np.float32]) -> tuple[NDArray[np.intp], int, Image]:
    """The square around a face, with edges repeated beyond the picture: corner, side, pixels."""
    reach = round(AROUND * float((face[2:] - face[:2]).max()))
    corner = np.rint((face[:2] + face[2:]) / 2).astype(np.intp) - reach
    padded = np.pad(image, ((reach, reach), (reach, reach), (0, 0)), mode="edge")
    x, y = (int(v) + reach for v in corner)
    return corner, 2 * reach, padded[max(y, 0) : y + 2 * reach, max(x, 0) : x + 2 * reach]


def _boxes(face: NDArray[np.float32]) -> NDArray[np.float32]:
    """A face's box at every shift and scale."""
    centre, size = (face[:2] + face[2:]) / 2, face[2:] - face[:2]
    boxes = []
    for right, down, scale in itertools.product(SHIFTS, SHIFTS, SCALES):
        moved, half = centre + size * [right, down], size * scale / 2
        boxes.append(np.concatenate([moved - half, moved + half]))
    return np.array(boxes, np.float32)
