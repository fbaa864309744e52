"""dlib's landmarker: a cascade of regression trees (Kazemi and Sullivan 2014)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite import assets
from facenet_lite._checks import check_boxes, check_choice, check_image
from facenet_lite._native import Lent, Native, lendable
from facenet_lite.landmarks.base import COUNTS, Count
from facenet_lite.types import Image

if TYPE_CHECKING:
    import dlib


@dataclass(frozen=True)
class ShapePredictor:
    """dlib's cascade of regression trees; it expects boxes like those of dlib's HOG detector.

    ``boxes.reframe`` converts the boxes of other detectors, by each detector's ``frame``.
    """

    model: Lent[dlib.shape_predictor] = field(repr=False)
    count: Count

    def __post_init__(self) -> None:
        object.__setattr__(self, "model", lendable(self.model))

    @classmethod
    def load(cls, count: Count = 5) -> ShapePredictor:
        """Read the model for ``count`` points; raises InputError for another count."""
        check_choice(count, "count", COUNTS)
        return cls(Native(partial(_read, count)), count)

    def locate(self, image: Image, boxes: ArrayLike) -> NDArray[np.float32]:
        """Find the landmarks of each face.

        ``image``: RGB uint8 (H, W, 3); ``boxes``: (N, 4), x1 y1 x2 y2, right and bottom excluded,
        rounded to whole pixels. Returns float32 (N, K, 2), x and y in pixels, always whole numbers
        (pixel centres) because dlib gives no others; N = 0 for no boxes. Points may lie outside
        the picture. Raises InputError for other shapes.
        """
        import dlib

        pixels = np.ascontiguousarray(check_image(image))
        corners = np.rint(check_boxes(boxes)).astype(int).tolist()
        points = np.zeros((len(corners), self.count, 2), np.float32)
        with self.model.lent() as model:
            for row, (x1, y1, x2, y2) in zip(points, corners, strict=True):
                shape = model(pixels, dlib.rectangle(x1, y1, x2 - 1, y2 - 1))
                row[:] = [(point.x, point.y) for point in shape.parts()]
        return points


def _read(count: Count) -> dlib.shape_predictor:
    import dlib

    return dlib.shape_predictor(str(assets.fetch(f"landmarks_{count}")))
