"""What a convolution costs: counted while it is done, and computed by formula."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_number
from facenet_lite.errors import InputError
from facenet_lite.models.layer_table import Cost


def convolve(
    x: ArrayLike, weights: ArrayLike, *, stride: int = 1
) -> tuple[NDArray[np.float64], int]:
    """Convolve in plain loops, and count every multiplication with an addition.

    ``x`` (C, H, W) is padded with zeros by half a kernel; ``weights`` (D, C, k, k), k odd. Returns
    float64 (D, rows, columns) and the count, in which zeros of the padding count like other
    numbers, as in papers and tools. Raises InputError where the channels differ.
    """
    maps = check_array(x, "x", shape=(None, None, None), dtype=np.float64)
    filters = check_array(weights, "weights", shape=(None, None, None, None), dtype=np.float64)
    check_number(stride, "stride", low=1, integer=True)
    out, channels, size, _ = filters.shape
    if channels != len(maps) or size % 2 == 0:
        raise InputError(
            f"weights: expected {len(maps)} channels and an odd kernel, got {filters.shape}"
        )
    padded = np.pad(maps, ((0, 0), (size // 2, size // 2), (size // 2, size // 2)))
    rows, columns = (-(-side // stride) for side in maps.shape[1:])  # halves are rounded up
    result, count = np.zeros((out, rows, columns)), 0
    for d, r, c in np.ndindex(result.shape):
        for channel, i, j in np.ndindex(channels, size, size):
            value = padded[channel, r * stride + i, c * stride + j]
            result[d, r, c] += filters[d, channel, i, j] * value
            count += 1
    return result, count


def cost(inside: int, out: int, size: int, *, rows: int, columns: int) -> Cost:
    """The cost of a convolution from ``inside`` to ``out`` channels, ``size`` x ``size``.

    ``rows`` and ``columns`` are those of the map that comes out: each weight works once at each of
    its places.
    """
    given = {"inside": inside, "out": out, "size": size, "rows": rows, "columns": columns}
    for name, value in given.items():
        check_number(value, name, low=1, integer=True)
    weights = size * size * inside * out
    return Cost(weights, weights * rows * columns)
