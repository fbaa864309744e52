"""The integral image: the sum over any rectangle of a picture from four numbers.

::

    A ─────── B        the integral image holds at each point the sum of all pixels
    │ dark or │        above it and to its left; the rectangle's own sum is
    │  light  │
    C ─────── D        D - B - C + A

Viola and Jones 2001, section 2.1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from facenet_lite._checks import check_array, check_grey, check_number
from facenet_lite.errors import InputError


def integral_image(grey: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Sum a grey picture, uint8 (H, W), from its top left corner: int64 (H + 1, W + 1).

    Row y and column x hold the sum of ``grey[:y, :x]``, so row 0 and column 0 are zero.
    """
    return _summed(check_grey(grey).astype(np.int64))


def squared_integral_image(grey: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The integral image of the squared pixels of a grey picture (H, W): int64 (H + 1, W + 1)."""
    return _summed(check_grey(grey).astype(np.int64) ** 2)


def rectangle_sum(integral: NDArray[np.int64], x: int, y: int, width: int, height: int) -> int:
    """The sum over a rectangle of pixels, by four look-ups in the picture's integral image.

    ``x``, ``y`` is the rectangle's top left pixel; a width or height of 0 gives 0.
    Raises InputError where the rectangle leaves the picture.
    """
    table = check_array(integral, "integral", shape=(None, None), dtype=np.int64)
    for name, value in {"x": x, "y": y, "width": width, "height": height}.items():
        check_number(value, name, low=0, integer=True)
    rows, columns = table.shape[0] - 1, table.shape[1] - 1
    if x + width > columns or y + height > rows:
        raise InputError(
            f"rectangle: expected one inside the {columns} x {rows} picture, got x={x}, y={y}, "
            f"width={width}, height={height}; move or shrink it"
        )
    a, b = table[y, x], table[y, x + width]
    c, d = table[y + height, x], table[y + height, x + width]
    return int(d - b - c + a)


def _summed(values: NDArray[np.int64]) -> NDArray[np.int64]:
    padded: NDArray[Any] = np.pad(values, ((1, 0), (1, 0)))
    return padded.cumsum(axis=0).cumsum(axis=1)
