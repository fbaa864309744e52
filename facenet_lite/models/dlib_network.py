"""dlib's face recognition network read from its file, layer by layer, and counted.

A residual block (He et al. 2016) adds its input to what two convolutions make of it. As a list of
layers it needs a second place for a map, beside the one in hand. "keep" copies the map there, and
"add" adds what lies there::

    in hand     x ── convolution, scale, relu, convolution, scale ── y ── add ── y + x
    set aside      keep: x ──────────────────────────────────────────────┘

Where a block halves the map, its input x has to be averaged over 2 x 2 before the sum. "swap"
exchanges the two maps, so that the average is taken of x while y waits::

    in hand     x ── convolution, ..., scale ── y ┐ ┌ x ── mean pool ── add
    set aside      keep: x ───────────────────── x ┘ └ y ─────────────────┘
                                                swap

The averaged map has fewer channels than y, and its size may differ by one. The sum is as large as
the larger of both, and counts what is missing as 0.

The file announces the layers from the last down to the input, each by a version number, and then
describes them from the first to the last. Between the layers it announces marks (dlib's "tag" and
"skip"): a single mark is a "keep", two in a row are a "swap".
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facenet_lite import assets
from facenet_lite.dlib_file import DlibReader
from facenet_lite.models.layer_table import Cost

Kind: TypeAlias = Literal[
    "convolution", "scale", "relu", "max pool", "mean pool", "keep", "swap", "add", "linear"
]

LOSS: Final = "loss_metric_2"
INPUT: Final = "input_rgb_image_sized"
MARK, LAYER, FIRST_LAYER = 1, 2, 3
"""The version numbers that announce a mark, a layer, and the layer that takes the picture."""


@dataclass(frozen=True)
class DlibLayer:
    """One layer of the list.

    ``weights``: of a convolution (D, C, k, k), of a scale (D,), of a linear layer (C, D), otherwise
    empty; ``bias`` (D,) or empty; ``size``, ``stride`` and ``pad`` of a convolution or a pool,
    where a size of 0 is the whole map. "keep", "swap" and "add" are drawn at the head of this file.
    """

    kind: Kind
    weights: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    bias: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    size: int = 0
    stride: int = 1
    pad: int = 0

    def side(self, before: int) -> int:
        """The side of the map that comes out of one with the side ``before``."""
        if self.kind not in ("convolution", "max pool", "mean pool"):
            return before
        size = self.size or before
        return (before + 2 * self.pad - size) // self.stride + 1


@dataclass(frozen=True)
class DlibNetwork:
    """A network as its file describes it.

    ``image_size``: the side of the picture; ``mean``: what is subtracted from R, G and B;
    ``layers``: from the picture to the embedding.
    """

    image_size: int
    mean: tuple[float, float, float]
    layers: tuple[DlibLayer, ...] = field(repr=False)

    @property
    def parameters(self) -> int:
        """The number of values that were learned: weights, biases, scales and shifts."""
        return sum(layer.weights.size + layer.bias.size for layer in self.layers)

    @property
    def cost(self) -> Cost:
        """Weights and multiply-adds of convolutions and the linear layer, as papers count them."""
        working = ("convolution", "linear")
        costs = [
            (layer.weights.size, layer.weights.size * (side**2 if layer.kind != "linear" else 1))
            for layer, side in zip(self.layers, self.sides, strict=True)
            if layer.kind in working
        ]
        return Cost(sum(weights for weights, _ in costs), sum(madds for _, madds in costs))

    @property
    def sides(self) -> list[int]:
        """The side of the map in hand after each layer."""
        side, aside, out = self.image_size, 0, []
        for layer in self.layers:
            side = layer.side(side)
            if layer.kind == "keep":
                aside = side
            elif layer.kind == "swap":
                side, aside = aside, side
            elif layer.kind == "add":
                side = max(side, aside)
            out.append(side)
        return out


def read(source: str | os.PathLike[str] | bytes | None = None) -> DlibNetwork:
    """Read the face recognition network of a dlib file, or its bytes (None: the package's own).

    Raises DlibFileError for a file that is cut off, is of another kind, or has bytes left over.
    """
    file = DlibReader.of(assets.fetch("dlib_resnet") if source is None else source)
    file.version(1, what="a network with a loss")
    _expect(file, LOSS)
    file.real(), file.real()  # the loss's own margin, and the distance up to which faces match
    marks: list[int] = []  # from the last layer down to the input
    while not marks or marks[-1] != FIRST_LAYER:
        marks.append(file.version(MARK, LAYER, FIRST_LAYER, what="a layer"))
    _expect(file, INPUT)
    mean = (file.real(), file.real(), file.real())
    size, width = file.integer(), file.integer()
    if size != width:
        raise file.error(f"expected a square picture, got {size} x {width}")
    layers = tuple(_layers(file, marks[::-1]))
    if not file.at_end:
        raise file.error("expected the end of the file, got more bytes")
    return DlibNetwork(size, mean, layers)


def _layers(file: DlibReader, marks: Sequence[int]) -> Iterator[DlibLayer]:
    """Describe the layers from the first to the last, each announced by one of ``marks``."""
    run = 0
    for mark in marks:
        if mark == MARK:
            run += 1
            continue
        if run:
            yield DlibLayer("keep" if run == 1 else "swap")
        run = 0
        yield _layer(file)
        for _ in range(3):
            file.truth()
        for _ in range(3):
            file.tensor()  # what only training needs: empty in a finished network
        if mark == FIRST_LAYER:
            file.version(1, what="a sample")


def _layer(file: DlibReader) -> DlibLayer:
    kind = file.text()
    if kind == "con_4":
        return _convolution(file)
    if kind == "affine_":
        scale, shift = np.split(file.tensor().ravel(), 2)
        file.alias(), file.alias(), file.integer()
        return DlibLayer("scale", scale, shift)
    if kind == "fc_2":
        return _linear(file)
    if kind in ("max_pool_2", "avg_pool_2"):
        size, _, stride, _, pad, _ = (file.integer() for _ in range(6))
        name: Kind = "max pool" if kind == "max_pool_2" else "mean pool"
        return DlibLayer(name, size=size, stride=stride, pad=pad)
    if kind in ("relu_", "add_prev_"):
        return DlibLayer("relu" if kind == "relu_" else "add")
    raise file.error(f"expected a layer of dlib's face recognition network, got {kind!r}")


def _convolution(file: DlibReader) -> DlibLayer:
    numbers = file.tensor().ravel()
    filters, size, _, stride, _, pad, _ = (file.integer() for _ in range(7))
    shape, _ = file.alias(), file.alias()
    _skip_rates(file)
    split = int(np.prod(shape))
    if shape[0] != filters or shape[2:] != (size, size) or len(numbers) != split + filters:
        raise file.error(f"expected square filters, got {shape} with {len(numbers):,} numbers")
    weights = numbers[:split].reshape(shape)
    return DlibLayer("convolution", weights, numbers[split:], size, stride, pad)


def _linear(file: DlibReader) -> DlibLayer:
    outputs, inputs = file.integer(), file.integer()
    weights = file.tensor().reshape(-1, outputs)
    file.alias(), file.alias(), file.integer()
    _skip_rates(file)
    if len(weights) != inputs:
        raise file.error(f"expected {inputs} x {outputs} weights without a bias")
    return DlibLayer("linear", weights)


def _skip_rates(file: DlibReader) -> None:
    for _ in range(4):
        file.real()  # how fast weights and biases were learned


def _expect(file: DlibReader, name: str) -> None:
    found = file.text()
    if found != name:
        raise file.error(
            f"expected {name!r}, got {found!r}; dlib_face_recognition_resnet_model_v1.dat has it"
        )
