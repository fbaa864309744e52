"""The interface of every detector: something that finds faces in a picture."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from facenet_lite import imaging
from facenet_lite.boxes import Frame
from facenet_lite.errors import ImageError
from facenet_lite.types import Detections, Image

log = logging.getLogger(__name__)


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
        and no two threads use one native object at the same time.
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


def bounded(
    image: Image, detect: Callable[[NDArray[np.uint8]], Detections], *, most: int, smallest: int
) -> Detections:
    """Detect in a picture, or in a smaller copy where it has more than ``most`` pixels.

    Memory and time grow with the pixels, so a large picture is reduced to ``most`` of them first,
    which the log says, and its boxes are scaled back. ``smallest``: the side in pixels of the
    smallest face that the detector finds, for the log. Raises ImageError where memory runs out.
    """
    height, width = image.shape[:2]
    scale = min(1.0, (most / (height * width)) ** 0.5)
    small = image
    if scale < 1:
        small = imaging.resize(image, height=max(1, round(height * scale)))
        log.info(
            "a picture of %.1f megapixels is searched at %.1f: faces below %d pixels are not found",
            height * width / 1e6, small.shape[0] * small.shape[1] / 1e6,
            round(smallest * height / small.shape[0]),
        )  # fmt: skip
    try:
        found = detect(contiguous(small))
    except MemoryError as error:  # also what dlib makes of std::bad_alloc
        raise ImageError(
            f"there is not enough memory to search a picture of {width} x {height} pixels; make "
            "it smaller, or lower max_pixels"
        ) from error
    if scale < 1:
        factors = np.tile([width / small.shape[1], height / small.shape[0]], 2)
        found = Detections((found.boxes * factors).astype(np.float32), found.scores)
    return seen(found, image)


def contiguous(image: Image) -> NDArray[np.uint8]:
    """The picture with its rows laid out one after another, as C++ code reads it."""
    return np.ascontiguousarray(image)
