"""dlib's face recognition network in PyTorch: the same weights, and the same numbers in less time.

dlib's own code spends most of its time on other things than multiplications; ``make races`` says
how much.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from facenet_lite.errors import InputError
from facenet_lite.models import dlib_network
from facenet_lite.models.dlib_network import DlibLayer, DlibNetwork
from facenet_lite.models.dlib_resnet import SPEC
from facenet_lite.models.spec import ModelSpec, embed_in_batches


class _Step(NamedTuple):
    """A layer, its weights as PyTorch wants them, and its bias."""

    layer: DlibLayer
    weights: Tensor
    bias: Tensor


@dataclass(frozen=True)
class DlibTorch:
    """Turns crops of 150 x 150 pixels into dlib's 128 numbers, equal to about 1e-6."""

    steps: tuple[_Step, ...] = field(repr=False)
    spec: ModelSpec = SPEC

    @classmethod
    def load(cls, source: str | os.PathLike[str] | bytes | None = None) -> DlibTorch:
        """Read the weights of a dlib file, or its bytes (None: the package's own).

        Raises DlibFileError for another file, and InputError as ``of`` does.
        """
        return cls.of(dlib_network.read(source))

    @classmethod
    def of(cls, network: DlibNetwork) -> DlibTorch:
        """Take the layers of a network that was read already.

        Each scale after a convolution is multiplied into the convolution's weights. Raises
        InputError for a network of another image size or with other values subtracted from R, G
        and B than the one that dlib published.
        """
        mean = np.round(network.mean, 3)
        if network.image_size != SPEC.image_size or list(mean) != list(SPEC.mean):
            raise InputError(
                f"source: expected pictures of {SPEC.image_size} pixels less {SPEC.mean}, "
                f"got {network.image_size} less {tuple(mean.tolist())}"
            )
        return cls(tuple(_prepared(layer) for layer in _folded(network.layers)))

    def embed(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Embed crops, RGB uint8 (N, 150, 150, 3): float32 (N, 128), not of unit length."""

        def run(some: NDArray[np.uint8]) -> NDArray[np.float32]:
            return np.asarray(self.forward(torch.from_numpy(self.spec.prepare(some))).numpy())

        with torch.inference_mode():
            return embed_in_batches(crops, self.spec, run)

    def forward(self, pictures: Tensor) -> Tensor:
        """Send pictures (N, 3, S, S), which ``spec.prepare`` makes, through all layers: (N, D)."""
        x = aside = pictures.contiguous(memory_format=torch.channels_last)
        for step in self.steps:
            x, aside = _after(step, x, aside)
        return x


def _folded(layers: Sequence[DlibLayer]) -> Iterator[DlibLayer]:
    """The layers, with each scale after a convolution multiplied into the convolution's weights."""
    before: DlibLayer | None = None
    for layer in layers:
        if layer.kind == "scale" and before is not None:
            weights = before.weights * layer.weights[:, None, None, None]
            yield replace(before, weights=weights, bias=before.bias * layer.weights + layer.bias)
            before = None
            continue
        if before is not None:
            yield before
        before = layer if layer.kind == "convolution" else None
        if before is None:
            yield layer
    if before is not None:
        yield before


def _prepared(layer: DlibLayer) -> _Step:
    weights = torch.from_numpy(layer.weights)
    if layer.kind == "convolution":
        weights = weights.contiguous(memory_format=torch.channels_last)
    return _Step(layer, weights, torch.from_numpy(layer.bias))


def _after(step: _Step, x: Tensor, aside: Tensor) -> tuple[Tensor, Tensor]:
    """The map in hand and the one set aside, after a layer."""
    layer, weights, bias = step
    if layer.kind == "convolution":
        x = functional.conv2d(x, weights, bias, layer.stride, layer.pad)
    elif layer.kind == "scale":
        x = x * weights[:, None, None] + bias[:, None, None]
    elif layer.kind == "relu":
        x = functional.relu(x)
    elif layer.kind == "max pool":
        x = functional.max_pool2d(x, layer.size, layer.stride, layer.pad)
    elif layer.kind == "mean pool":
        x = functional.avg_pool2d(x, layer.size or x.shape[-1], layer.stride, layer.pad)
    elif layer.kind == "keep":
        aside = x
    elif layer.kind == "swap":
        x, aside = aside, x
    elif layer.kind == "add":
        x = _sum(x, aside)
    else:
        x = x.flatten(1) @ weights
    return x, aside


def _sum(x: Tensor, y: Tensor) -> Tensor:
    """Add two maps, counting as 0 the channels, rows and columns that one of them lacks."""
    channels, height, width = (max(x.shape[i], y.shape[i]) for i in (1, 2, 3))
    both = [
        functional.pad(
            part,
            (0, width - part.shape[3], 0, height - part.shape[2], 0, channels - part.shape[1]),
        )
        for part in (x, y)
    ]
    return both[0] + both[1]
