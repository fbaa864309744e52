"""Cells, directions and votes over a face, chosen by the reader."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import traitlets as t
from numpy.typing import ArrayLike

from facenet_lite import boxes as box_tools
from facenet_lite import imaging
from facenet_lite._checks import check_array, check_image
from facenet_lite.book.figures.base import Figure, packed
from facenet_lite.errors import InputError
from facenet_lite.types import GreyImage, Image

CELL_SIZES: Final = (4, 6, 8, 12, 16)
SIZE: Final = 128


class HogCells(Figure, module="hog_cells.mjs"):
    """A grey face whose cell histograms the page recounts for every choice.

    ``grey``: its pixels, base64 of ``size`` x ``size`` bytes; ``cell`` in pixels, one of 4, 6, 8,
    12 and 16; ``orientations`` 4 to 12; ``signed``; ``row`` and ``column`` of the cell that is
    shown in numbers; ``show_face``. The page counts as ``detect.by_hand.hog.cells`` does.
    """

    alt = (
        "An interactive figure: over a grey face, every cell shows the directions of its edges as "
        "a star. Cell size and number of directions can be chosen, and each cell's votes read."
    )
    grey = t.Unicode("").tag(sync=True)
    size = t.Int(SIZE).tag(sync=True)
    cell = t.Enum(CELL_SIZES, 8).tag(sync=True)
    orientations = t.Int(9, min=4, max=12).tag(sync=True)
    signed = t.Bool(False).tag(sync=True)
    show_face = t.Bool(True).tag(sync=True)
    row = t.Int(4).tag(sync=True)
    column = t.Int(5).tag(sync=True)

    @classmethod
    def of(cls, image: Image, box: ArrayLike) -> HogCells:
        """Cut one face out of an RGB picture (H, W, 3), with a fifth of its box on each side.

        ``box``: x1 y1 x2 y2, right and bottom excluded; what leaves the picture is cut off.
        Raises InputError for other shapes, or a box outside the picture.
        """
        return cls(grey=packed(face_of(image, box)))


def face_of(image: Image, box: ArrayLike, *, margin: float = 0.2, size: int = SIZE) -> GreyImage:
    """The grey face in a box with ``margin`` of it on each side: uint8 (size, size).

    Raises InputError as ``HogCells.of`` does.
    """
    height, width = check_image(image).shape[:2]
    wanted = check_array(box, "box", shape=(4,), dtype=np.float32)
    inside = box_tools.clip(box_tools.expand(wanted[None], margin), height=height, width=width)
    if len(inside) == 0:
        raise InputError(
            f"box: expected a box that shares pixels with the {width} x {height} picture, "
            f"got {wanted.tolist()}"
        )
    x1, y1, x2, y2 = np.round(inside[0]).astype(int)
    cut = imaging.to_grey(np.ascontiguousarray(image[y1 : max(y2, y1 + 1), x1 : max(x2, x1 + 1)]))
    return np.asarray(cv2.resize(cut, (size, size), interpolation=cv2.INTER_AREA), np.uint8)
