"""Landmarks: named points of a face, found inside its box (Kazemi and Sullivan 2014)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite import assets
from facenet_lite._checks import check_boxes, check_choice, check_image
from facenet_lite.types import Image

if TYPE_CHECKING:
    import dlib

Count: TypeAlias = Literal[5]

COUNTS: Final[tuple[Count, ...]] = (5,)

POINTS_5: Final = (
    "left eye, outer corner",
    "left eye, inner corner",
    "right eye, outer corner",
    "right eye, inner corner",
    "base of the nose",
)
"""The five points in order; left and right are the person's own."""


class Landmarker(Protocol):
    """Finds the landmarks of faces whose boxes are known."""

    def locate(self, image: Image, boxes: ArrayLike) -> NDArray[np.float32]:
        """The points (N, K, 2), x and y in pixels, of the faces in ``boxes`` (N, 4)."""
        ...


@dataclass(frozen=True)
class ShapePredictor:
    """dlib's cascade of regression trees; it wants boxes framed as dlib's detectors frame them."""

    model: dlib.shape_predictor = field(repr=False)
    count: Count = 5

    def locate(self, image: Image, boxes: ArrayLike) -> NDArray[np.float32]:
        """Find the landmarks of each face.

        ``image``: RGB uint8 (H, W, 3); ``boxes``: (N, 4), x1 y1 x2 y2, right and bottom excluded.
        Returns float32 (N, K, 2), x and y in pixels; N = 0 for no boxes. Points may lie outside the
        picture. Raises InputError on other shapes.
        """
        import dlib

        pixels = np.ascontiguousarray(check_image(image))
        corners = np.rint(check_boxes(boxes)).astype(int).tolist()
        points = np.zeros((len(corners), self.count, 2), np.float32)
        for row, (x1, y1, x2, y2) in zip(points, corners, strict=True):
            shape = self.model(pixels, dlib.rectangle(x1, y1, x2 - 1, y2 - 1))
            row[:] = [(point.x, point.y) for point in shape.parts()]
        return points


def load(count: Count = 5) -> Landmarker:
    """Load the landmarker for ``count`` points; raises InputError for another count."""
    import dlib

    check_choice(count, "count", COUNTS)
    return ShapePredictor(dlib.shape_predictor(str(assets.fetch(f"landmarks_{count}"))), count)
