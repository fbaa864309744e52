"""Landmarks that the reader drags, and the aligned crop that follows them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import traitlets as t
from numpy.typing import ArrayLike

from facenet_lite import align
from facenet_lite._checks import check_array, check_boxes, check_choice, check_image, check_number
from facenet_lite.book.figures.base import Figure
from facenet_lite.book.plots.pictures import photo_uri
from facenet_lite.errors import InputError
from facenet_lite.types import Image

ALT: Final = (
    "An interactive figure: on the left a portrait with five landmarks that can be dragged, on the "
    "right the crop that is made of them, with the places where the template wants each landmark."
)
SIZE: Final = 150
"""Positions and errors are given in pixels of a crop of this side."""
WAYS: Final = ("least squares", "eyes only", "box")


class DragLandmarks(Figure, module="alignment.mjs"):
    """A face whose five landmarks, tilt and crop margin the reader changes, beside its crop.

    ``picture``: data URI of a square picture of ``side`` pixels; ``points``: five [x, y], in its
    pixels; ``start``: the initial points; ``names``: the points' names; ``box``: x1 y1 x2 y2;
    ``template``: where landmarks belong in a crop of side 1 without margin; ``turn``: the
    rotation of the whole picture, in degrees counter-clockwise.
    """

    picture = t.Unicode("").tag(sync=True)
    side = t.Int(1).tag(sync=True)
    points: t.List[Any] = t.List().tag(sync=True)
    start: t.List[Any] = t.List().tag(sync=True)
    names: t.List[Any] = t.List().tag(sync=True)
    box: t.List[Any] = t.List().tag(sync=True)
    template: t.List[Any] = t.List(align.TEMPLATE_5.tolist()).tag(sync=True)
    size = t.Int(SIZE).tag(sync=True)
    crop_margin = t.Float(0.25).tag(sync=True)
    turn = t.Int(0).tag(sync=True)
    way = t.Unicode(WAYS[0]).tag(sync=True)

    @classmethod
    def of(
        cls,
        image: Image,
        points: ArrayLike,
        box: ArrayLike,
        *,
        names: tuple[str, ...],
        way: str = WAYS[0],
        turn: int = 0,
        alt: str = ALT,
    ) -> DragLandmarks:
        """Show a square picture with five landmarks (5, 2) and a box (4,), all in its pixels.

        ``names``: one for each landmark. Raises InputError for a picture that is not square.
        """
        height, width = check_image(image).shape[:2]
        if height != width:
            raise InputError(f"image: expected a square picture, got {height} x {width}; crop it")
        places = check_array(points, "points", shape=(5, 2), dtype=np.float64).round(1).tolist()
        (corners,) = check_boxes([box], "box").astype(float).round(1).tolist()
        if len(names) != 5:
            raise InputError(f"names: expected 5, one for each landmark, got {len(names)}")
        return cls(
            alt=alt,
            picture=photo_uri(image, 480),
            side=width,
            points=places,
            start=places,
            names=list(names),
            box=corners,
            way=check_choice(way, "way", WAYS),
            turn=int(check_number(turn, "turn", low=-180, high=180, integer=True)),
        )
