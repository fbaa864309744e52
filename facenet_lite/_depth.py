"""Bring grey pictures of more than 8 bits to 8, by one rule; what fits no rule is refused."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite.errors import ImageError

DEPTHS: Final = (8, 10, 12, 16)
"""The bits that cameras and scanners give a pixel in a file of 16 or 32."""
REMEDY: Final = "save it with 8 bits a pixel, black as 0 and white as 255"


def to_8_bits(levels: NDArray[Any], name: str, *, depth: int | None = None) -> NDArray[np.uint8]:
    """Grey levels (H, W), whole numbers or floats, as uint8 (H, W).

    Whole numbers have the fewest of 8, 10, 12 or 16 bits that hold the largest of them, or
    ``depth`` where the file says it; their upper 8 are kept. A dark picture of 16 bits may thereby
    become brighter, but one of 12 never becomes black. Floats are from 0, black, to 1, white.

    Raises ImageError, which calls the picture ``name``, for numbers outside of these ranges.
    """
    low, high = float(levels.min()), float(levels.max())
    if levels.dtype.kind == "f":
        if not (low >= 0 and high <= 1):  # also NaN
            raise ImageError(
                f"{name}: expected grey levels from 0 to 1 in a picture of floats, "
                f"got {low:g} to {high:g}; {REMEDY}"
            )
        return np.asarray(np.rint(levels * 255), np.uint8)
    if low < 0 or high > 65535:
        raise ImageError(
            f"{name}: expected grey levels of at most 16 bits, 0 to 65,535, "
            f"got {low:,.0f} to {high:,.0f}; {REMEDY}"
        )
    bits = depth or next(bits for bits in DEPTHS if high < 1 << bits)
    return np.asarray(levels >> (bits - 8), np.uint8)


def check_colours(upper: NDArray[np.uint8], name: str) -> None:
    """Refuse a colour picture of 16 bits whose numbers need only 12, or fewer.

    ``upper``: what is left after Pillow has cut off the lower 8 bits, which would be nearly black.
    """
    high = int(upper.max())
    if high < 1 << 4:
        raise ImageError(
            f"{name}: expected colours that use all of their 16 bits, got none brighter than "
            f"{(high << 8) + 255:,} of 65,535; {REMEDY}"
        )
