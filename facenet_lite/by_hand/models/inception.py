"""An Inception module in NumPy: four paths from one map, with their outputs stacked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from facenet_lite.errors import InputError

if TYPE_CHECKING:
    from facenet_lite.models.blocks import Inception

Map: TypeAlias = NDArray[np.floating]
Kernel: TypeAlias = tuple[NDArray[np.floating], NDArray[np.floating]]
"""A kernel is its weights (D, C, k, k) and a bias (D,)."""
Paths: TypeAlias = Mapping[str, Sequence[Kernel]]


def windows(x: Map, size: int, stride: int = 1, *, outside: float = 0.0) -> Map:
    """Cut a map (C, H, W) into windows (C, rows, columns, size, size), one around each place.

    ``outside``: the value beyond the border. A stride of 2 leaves out every other place.
    """
    half = size // 2
    edges = ((0, 0), (half, half), (half, half))
    padded = np.pad(x, edges, constant_values=outside)
    return sliding_window_view(padded, (size, size), axis=(1, 2))[:, ::stride, ::stride]


def convolve(x: Map, kernel: Kernel, stride: int = 1) -> Map:
    """Convolution and ReLU: (C, H, W) to (D, rows, columns)."""
    weights, bias = kernel
    around = windows(x, weights.shape[-1], stride)
    sums = np.tensordot(weights, around, axes=([1, 2, 3], [0, 3, 4]))
    return np.maximum(sums + bias[:, None, None], 0)


def max_pool(x: Map, stride: int = 1) -> Map:
    """The largest value of 3 x 3 places, channel by channel."""
    largest: Map = windows(x, 3, stride, outside=-np.inf).max(axis=(3, 4))
    return largest


def l2_pool(x: Map) -> Map:
    """The root of the sum of the squares of 3 x 3 places, channel by channel."""
    pooled: Map = np.sqrt(np.square(windows(x, 3)).sum(axis=(3, 4)))
    return pooled


def inception(x: Map, paths: Paths, *, pool: Literal["", "max", "L2"] = "", stride: int = 1) -> Map:
    """Send a map (C, H, W) through every path, and stack what comes out: (D, rows, columns).

    ``paths``: by name, the convolutions of "one", "three" and "five", and those after the "pool".
    ``stride``: that of the larger convolutions and the pool, not of the 1 x 1 before them.
    """
    maps = []
    for name, kernels in paths.items():
        way = x
        if name == "pool":
            way = max_pool(x, stride) if pool == "max" else l2_pool(x)
        for kernel in kernels:
            large = kernel[0].shape[-1] > 1
            way = convolve(way, kernel, stride if large else 1)
        maps.append(way)
    return np.concatenate(maps)


def kernels_of(module: Inception) -> Paths:
    """The kernels of one of the package's modules, by path, as ``inception`` takes them.

    Raises InputError for a module with batch normalisation, which ``inception`` does not do.
    """
    import torch

    layers = [*module.modules()]
    if any(isinstance(layer, torch.nn.BatchNorm2d) for layer in layers):
        raise InputError("module: expected one without batch normalisation; use norm='local'")
    return {
        name: [
            (layer.weight.detach().numpy(), layer.bias.detach().numpy())
            for layer in path.modules()
            if isinstance(layer, torch.nn.Conv2d) and layer.bias is not None
        ]
        for name, path in module.paths.items()
    }
