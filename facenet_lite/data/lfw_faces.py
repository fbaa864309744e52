"""Where dlib finds the faces in LFW's pictures, read from the copy or computed.

A copy may already have the answer, in the file that ``data.lfw_reference`` reads. Without that file
the boxes are computed in the same way as the file is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import align
from facenet_lite.data import lfw_reference
from facenet_lite.data.lfw import Lfw
from facenet_lite.detect.hog import HogDetector
from facenet_lite.errors import AssetMissingError
from facenet_lite.types import Boxes, Image, Picture

NOT_DETECTED: Final = (78.0, 80.0, 173.0, 175.0)
"""The box used if HOG finds no face in a picture: about where funneling puts the face."""


def boxes(copy: Lfw, pictures: Sequence[Picture]) -> Boxes:
    """The box of each picture's most central face by HOG, upsampled once: float32 (N, 4)."""
    stored = known(copy, pictures)
    if stored is not None:
        return stored
    detector = HogDetector.load(upsample=1)
    out = np.tile(np.array(NOT_DETECTED, np.float32), (len(pictures), 1))
    for row, picture in zip(out, pictures, strict=True):
        for box in most_central(detector, decoded(copy, picture)):
            row[:] = box
    return out


def known(copy: Lfw, pictures: Sequence[Picture]) -> NDArray[np.float32] | None:
    """The boxes of these pictures from the copy's own file; None if there is no such file."""
    if not lfw_reference.path(copy).is_file():
        return None
    found: NDArray[np.float32] = lfw_reference.read(copy, "boxes", pictures).astype(np.float32)
    # In the file right and bottom are inside; here they are the first column and row outside.
    return found + np.array([0, 0, 1, 1], np.float32)


def most_central(detector: HogDetector, image: Image) -> Boxes:
    """The box (1, 4) of the face nearest to the centre of the picture; (0, 4) without a face."""
    found = detector.detect(image).boxes
    height, width = image.shape[:2]
    return found[align.choose(found, "most_central", height=height, width=width)]


def decoded(copy: Lfw, picture: Picture) -> Image:
    """A picture as dlib's own JPEG reader decodes it: RGB uint8 (250, 250, 3).

    JPEG stores colours at half the resolution, and dlib does not interpolate them as Pillow and
    OpenCV do. The difference of a few grey levels moves about one box in fifteen and most landmarks
    by a pixel. Raises AssetMissingError if there is no such picture.
    """
    import dlib

    path = copy.path(*picture)
    if not path.is_file():
        raise AssetMissingError(f"{path}: this copy of LFW has no such picture")
    image: Image = dlib.load_rgb_image(str(path))
    return image
