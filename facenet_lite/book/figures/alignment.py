"""Landmarks that the reader drags, and the aligned crop that follows them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import traitlets as t
from numpy.typing import ArrayLike

from facenet_lite import align
from facenet_lite._checks import check_array, check_boxes
from facenet_lite.book.figures.base import Figure, check_square
from facenet_lite.book.plots.pictures import photo_uri
from facenet_lite.errors import InputError
from facenet_lite.types import Image

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

    alt = t.Unicode(
        "An interactive figure: on the left a portrait with five landmarks that can be dragged, on "
        "the right the crop that is made of them, with the places where the template wants each "
        "landmark."
    ).tag(sync=True)
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
        cls, image: Image, points: ArrayLike, box: ArrayLike, *, names: tuple[str, ...]
    ) -> DragLandmarks:
        """Show a square picture with five landmarks (5, 2) and a box (4,), all in its pixels.

        ``names``: one for each landmark. Raises InputError for a picture that is not square.
        """
        side = check_square(image)
        places = check_array(points, "points", shape=(5, 2), dtype=np.float64).round(1).tolist()
        (corners,) = check_boxes([box], "box").astype(float).round(1).tolist()
        if len(names) != 5:
            raise InputError(f"names: expected 5, one for each landmark, got {len(names)}")
        return cls(
            picture=photo_uri(image, 480),
            side=side,
            points=places,
            start=places,
            names=list(names),
            box=corners,
        )
