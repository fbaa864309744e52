"""The tone curve: it brings unbounded sums of components into a picture's grey levels."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array

KNEE: Final = 40
"""The curve bends within this many grey levels of black and of white."""


def tone_curve(levels: ArrayLike) -> NDArray[np.uint8]:
    """Any grey levels (N,) as uint8 (N,): unchanged in the middle, never clipped abruptly.

    Within ``KNEE`` of black or white, and beyond, the curve approaches that end exponentially and
    starts with the slope of the middle. Film does the same, and it keeps detail in bright skin.
    """
    x = check_array(levels, "levels", shape=(None,), dtype=np.float64)
    low, high = float(KNEE), 255.0 - KNEE
    dark = KNEE * np.exp(np.minimum(x - low, 0) / KNEE)
    bright = 255 - KNEE * np.exp(np.minimum(high - x, 0) / KNEE)
    bent = np.where(x < low, dark, np.where(x > high, bright, x))
    return np.rint(bent).astype(np.uint8)
