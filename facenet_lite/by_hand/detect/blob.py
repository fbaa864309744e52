"""What OpenCV's ``dnn.blobFromImage`` does to a picture, in NumPy.

::

    RGB uint8 (H, W, 3) --resize--> (300, 300, 3) --BGR, - mean--> float32 (1, 3, 300, 300)
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite._checks import check_image, check_number
from facenet_lite.detect.ssd import MEAN_BGR
from facenet_lite.errors import InputError
from facenet_lite.types import Image

WEIGHT_BITS: Final = 11
"""OpenCV's weights for uint8 pictures have this many bits: INTER_RESIZE_COEF_BITS in resize.cpp."""


def resize_linear(image: Image, *, height: int, width: int) -> Image:
    """Resize a picture as ``cv2.resize`` does by default: bilinear, in OpenCV's whole numbers.

    Values are the same on x86-64, and elsewhere within 1 grey level, since OpenCV may use the
    processor's own routines. Nothing is smoothed before shrinking: fine patterns alias, as they do
    in OpenCV.
    """
    check_image(image)
    check_number(height, "height", low=1, integer=True)
    check_number(width, "width", low=1, integer=True)
    pixels = image.astype(np.int64)
    low, high, weight = _taps(image.shape[1], width)
    one = 1 << WEIGHT_BITS
    weight = weight[:, None]
    rows = pixels[:, low] * (one - weight) + pixels[:, high] * weight  # (H, width, 3)
    low, high, weight = _taps(image.shape[0], height)
    weight = weight[:, None, None]
    upper = ((rows[low] >> 4) * (one - weight)) >> 16
    lower = ((rows[high] >> 4) * weight) >> 16
    return ((upper + lower + 2) >> 2).astype(np.uint8)


def input_blob(
    image: Image, *, size: tuple[int, int] = (300, 300), mean: tuple[float, float, float] = MEAN_BGR
) -> NDArray[np.float32]:
    """The network's input from an RGB picture: float32 (1, 3, height, width), BGR minus ``mean``.

    ``size`` is OpenCV's (width, height), not NumPy's. Raises InputError for other pictures,
    or a size that is not two whole numbers.
    """
    if not isinstance(size, tuple | list) or len(size) != 2:
        raise InputError(f"size: expected (width, height), got {size!r}")
    width, height = size
    resized = resize_linear(image, height=height, width=width)
    bgr = resized[..., ::-1].astype(np.float32) - np.array(mean, np.float32)
    return np.ascontiguousarray(bgr.transpose(2, 0, 1)[None])


def _taps(old: int, new: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]]:
    """The two old pixels that each new pixel lies between, and the weight of the second."""
    at = ((np.arange(new) + 0.5) * (old / new) - 0.5).astype(np.float32)
    low = np.floor(at).astype(np.intp)
    weight = np.rint((at - low.astype(np.float32)) * (1 << WEIGHT_BITS)).astype(np.int64)
    return np.clip(low, 0, old - 1), np.clip(low + 1, 0, old - 1), weight
