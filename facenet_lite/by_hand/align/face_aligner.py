"""imutils' ``FaceAligner`` (0.5.4): what it computes, and how to call it today.

It passes NumPy integers to OpenCV's ``getRotationMatrix2D``, which expects Python's numbers and
says "Can't parse 'center'". Nothing else is wrong with the call.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_number
from facenet_lite.align.similarity import turn
from facenet_lite.align.templates import EYES

EYES_AT: Final = (0.35, 0.35)
"""By default it puts the eye on the crop's left here, as shares of the crop's sides."""


def transform(
    landmarks: ArrayLike, size: int = 256, eyes_at: tuple[float, float] = EYES_AT
) -> NDArray[np.float64]:
    """The matrix (2, 3) that ``FaceAligner`` makes of one face's 68 points, (68, 2).

    The steps are its own, and so are its three losses: the middles of the eyes are truncated to
    whole pixels, so is the point between them, and places in the crop are counted from the first
    pixel's edge.
    """
    points = check_array(landmarks, "landmarks", shape=(68, 2), dtype=np.float64)
    check_number(size, "size", low=1, integer=True)
    # It truncates to integers; dlib's points are whole anyway.
    left, right = (points[list(eye)].astype(int).mean(0).astype(int) for eye in EYES[68])
    right_to_left = left - right
    angle = np.degrees(np.arctan2(-right_to_left[1], -right_to_left[0])) - 180
    scale = (1 - 2 * eyes_at[0]) * size / np.hypot(*right_to_left)
    between = (left + right) // 2
    matrix = turn(angle, scale=float(scale), about=(float(between[0]), float(between[1])))
    matrix[:, 2] += [size * 0.5, size * eyes_at[1]] - between
    return matrix


@contextmanager
def python_numbers() -> Iterator[None]:
    """Inside this context imutils' aligner gives OpenCV numbers that it accepts.

    Only the name ``cv2`` inside imutils' own module is replaced; OpenCV stays as it is.
    """
    from imutils.face_utils import facealigner

    before = facealigner.cv2

    def lenient(center: Any, angle: Any, scale: Any) -> Any:
        x, y = center
        return before.getRotationMatrix2D((float(x), float(y)), float(angle), float(scale))

    facealigner.cv2 = SimpleNamespace(**vars(before) | {"getRotationMatrix2D": lenient})
    try:
        yield
    finally:
        facealigner.cv2 = before
