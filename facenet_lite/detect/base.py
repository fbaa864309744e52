"""The interface of every detector: something that finds faces in a picture."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from facenet_lite.boxes import Frame
from facenet_lite.types import Detections, Image


class Detector(Protocol):
    """Finds faces in a picture, and declares what other code needs to know about it.

    ``name``: its name for ``detect.load``. ``label``: its name in plots and tables.
    ``colour``: its colour there, ``#rrggbb``, with a contrast of at least 3:1 on the white page and
    on the dark one. ``frame``: how dlib's HOG detector would frame the same face, as seen
    from this detector's box, on average; ``facenet-lite experiment landmarks`` measures it.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    colour: ClassVar[str]
    frame: ClassVar[Frame]

    def detect(self, image: Image) -> Detections:
        """Find the faces in an RGB picture, highest score first; without faces N = 0.

        Boxes may extend beyond the picture: a face at its border is framed as if it were whole. No
        box lies wholly outside it. Threads and processes can share a detector: it can be pickled,
        and each thread has a native object of its own, made when it first detects.
        Raises InputError for anything that is not an RGB picture, uint8 (H, W, 3).
        """
        ...


class Loadable(Detector, Protocol):
    """A detector whose class loads it with default settings."""

    @classmethod
    def load(cls) -> Detector:
        """Load the detector; raises AssetError if its weights cannot be obtained."""
        ...


def from_dlib(rectangles: Any, scores: Any) -> Detections:
    """Turn dlib's rectangles, which include right and bottom, into detections, which do not."""
    corners = [(r.left(), r.top(), r.right() + 1, r.bottom() + 1) for r in rectangles]
    return Detections.sorted(
        np.array(corners, np.float32).reshape(-1, 4), np.array(scores, np.float32)
    )


def seen(found: Detections, image: Image) -> Detections:
    """Those detections whose box has some of the picture in it."""
    height, width = image.shape[:2]
    x1, y1, x2, y2 = found.boxes.T
    inside = (x1 < width) & (y1 < height) & (x2 > 0) & (y2 > 0)
    return found if inside.all() else found.take(inside)


def contiguous(image: Image) -> NDArray[np.uint8]:
    """The picture with its rows laid out one after another, as C++ code reads it."""
    return np.ascontiguousarray(image)
