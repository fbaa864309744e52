"""What every detector is: something that finds faces in a picture."""

from __future__ import annotations

from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facenet_lite.types import Detections, Image

Name: TypeAlias = Literal["haar", "ssd", "hog", "mmod"]


class Detector(Protocol):
    """Finds faces in a picture."""

    @property
    def name(self) -> Name:
        """The name that ``detect.load`` knows it by."""
        ...

    def detect(self, image: Image) -> Detections:
        """Find the faces in an RGB picture, surest first; none found is N = 0.

        Boxes may leave the picture: a face at its border is framed as if it went on.
        Raises InputError for anything that is not an RGB picture, uint8 (H, W, 3).
        """
        ...


def from_dlib(rectangles: Any, scores: Any) -> Detections:
    """Turn dlib's rectangles into detections: its right and bottom are included, ours are not."""
    corners = [(r.left(), r.top(), r.right() + 1, r.bottom() + 1) for r in rectangles]
    return Detections.sorted(
        np.array(corners, np.float32).reshape(-1, 4), np.array(scores, np.float32)
    )


def contiguous(image: Image) -> NDArray[np.uint8]:
    """The picture with its rows laid out one after another, as C++ code reads it."""
    return np.ascontiguousarray(image)
