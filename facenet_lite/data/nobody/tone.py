"""The tone curve: a sum of components has no bounds, a picture's grey levels have."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array

KNEE: Final = 40
"""Grey levels from either end within which the curve bends."""


def tone_curve(levels: ArrayLike) -> NDArray[np.uint8]:
    """Grey levels of any size (N,) as uint8 (N,): the same in the middle, never cut off hard.

    Within ``KNEE`` of black or white, and beyond, the curve approaches the end exponentially, with
    the slope that it has in the middle: what film does, and what keeps detail in bright skin.
    """
    x = check_array(levels, "levels", shape=(None,), dtype=np.float64)
    low, high = float(KNEE), 255.0 - KNEE
    dark = KNEE * np.exp(np.minimum(x - low, 0) / KNEE)
    bright = 255 - KNEE * np.exp(np.minimum(high - x, 0) / KNEE)
    bent = np.where(x < low, dark, np.where(x > high, bright, x))
    return np.rint(bent).astype(np.uint8)
