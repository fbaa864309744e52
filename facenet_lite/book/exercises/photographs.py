"""The two demonstration photographs, and what dlib finds in them, as exercises use them."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from facenet_lite import imaging, landmarks
from facenet_lite.types import Image

FACE: Final = (175, 76, 266, 167)
"""dlib's HOG box around the astronaut's face: x1 y1 x2 y2, right and bottom excluded."""
HOPPER: Final = (180, 139, 367, 326)
"""dlib's HOG box around Grace Hopper's face."""


def sheet() -> Image:
    """Lay the astronaut and Grace Hopper side by side, uint8 (512, 1024, 3)."""
    return np.hstack([imaging.astronaut(), imaging.grace_hopper()[:512]])


_landmarker = cache(landmarks.load)


def astronaut_landmarks(points: Literal[5, 68], box: Any = FACE) -> NDArray[np.float32]:
    """dlib's 5 or 68 points (points, 2) of the astronaut's face in a box (4,)."""
    boxes = np.asarray(box, np.float32)[None]
    return np.asarray(_landmarker(points).locate(imaging.astronaut(), boxes)[0], np.float32)
