"""Where dlib finds the faces of LFW's pictures, read from the copy or computed.

A copy may hold the answer already, in ``dlib-reference.npz``: for each of ``names``, such as
``AJ_Cook/AJ_Cook_0001.jpg``, a box with its right and bottom included. Where there is no such file
the boxes are computed in the way in which it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import align
from facenet_lite.data.lfw import Lfw
from facenet_lite.detect.hog import HogDetector
from facenet_lite.types import Boxes, Picture

REFERENCE: Final = "dlib-reference.npz"
NOT_DETECTED: Final = (78.0, 80.0, 173.0, 175.0)
"""The box of a picture in which HOG finds no face: about where funneling puts it."""


def boxes(copy: Lfw, pictures: Sequence[Picture]) -> Boxes:
    """The box of each picture's most central face by HOG, upsampled once: float32 (N, 4)."""
    stored = known(copy, pictures)
    if stored is not None:
        return stored
    detector = HogDetector.load(upsample=1)
    out = np.tile(np.array(NOT_DETECTED, np.float32), (len(pictures), 1))
    for row, picture in zip(out, pictures, strict=True):
        image = copy.picture(*picture)
        found = detector.detect(image).boxes
        height, width = image.shape[:2]
        for i in align.choose(found, "most_central", height=height, width=width):
            row[:] = found[i]
    return out


def known(copy: Lfw, pictures: Sequence[Picture]) -> NDArray[np.float32] | None:
    """What the copy's own file says about these pictures, None where there is no such file."""
    path = copy.root / REFERENCE
    if not path.is_file():
        return None
    with np.load(path) as stored:
        rows = {name: row for row, name in enumerate(stored["names"].tolist())}
        wanted = [rows[f"{name}/{name}_{number:04d}.jpg"] for name, number in pictures]
        # The right and the bottom become the first column and row outside.
        boxes: NDArray[np.float32] = stored["boxes"][wanted].astype(np.float32)
        return boxes + np.array([0, 0, 1, 1], np.float32)
