"""One layer of a convolutional network, in NumPy."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_number
from facenet_lite.errors import InputError


def convolve(
    x: ArrayLike, weights: ArrayLike, bias: ArrayLike, *, stride: int = 1, pad: int = 0
) -> NDArray[np.float32]:
    """Slide every filter over a map, as a network's convolution layer does (no filter is flipped).

    ``x`` float32 (C, H, W), ``weights`` (D, C, k, k), ``bias`` (D,): one map per filter,
    float32 (D, (H + 2 pad - k) // stride + 1, ...). Outside the map there are zeros.
    Raises InputError where the channels differ or the filter is larger than the padded map.
    """
    maps = check_array(x, "x", shape=(None, None, None), dtype=np.float32)
    filters = check_array(weights, "weights", shape=(None, None, None, None), dtype=np.float32)
    offsets = check_array(bias, "bias", shape=(len(filters),), dtype=np.float32)
    check_number(stride, "stride", low=1, integer=True)
    check_number(pad, "pad", low=0, integer=True)
    padded = np.pad(maps, ((0, 0), (pad, pad), (pad, pad)))
    if filters.shape[1] != len(maps):
        raise InputError(
            f"weights: expected {len(maps)} channels, as x has, got {filters.shape[1]}"
        )
    size = filters.shape[2:]
    if size[0] > padded.shape[1] or size[1] > padded.shape[2]:
        raise InputError(f"x: expected a map of at least {size}, got {padded.shape[1:]}; pad it")
    windows = sliding_window_view(padded, size, axis=(1, 2))[:, ::stride, ::stride]
    out = np.tensordot(filters, windows, axes=([1, 2, 3], [0, 3, 4]))  # (D, rows, columns)
    return np.asarray(out + offsets[:, None, None])
