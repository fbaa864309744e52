"""The interface of every landmarker: it finds the landmarks of faces whose boxes are known."""

from __future__ import annotations

from typing import Final, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite.types import Image

Count: TypeAlias = Literal[5, 68]

COUNTS: Final[tuple[Count, ...]] = (5, 68)


class Landmarker(Protocol):
    """Finds the landmarks of faces whose boxes are known."""

    def locate(self, image: Image, boxes: ArrayLike) -> NDArray[np.float32]:
        """The points (N, K, 2), x and y in pixels, of the faces in ``boxes`` (N, 4)."""
        ...
