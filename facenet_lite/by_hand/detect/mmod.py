"""dlib's CNN face detector by hand: its file, its network and its score map.

The network is fully convolutional: it takes a picture of any size and gives one score for every
eighth pixel. It is read from its file and run with ``convolve`` alone; the pyramid that dlib lays
out on one canvas is in ``mmod_pyramid.py``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite import assets
from facenet_lite._checks import check_array, check_image
from facenet_lite.by_hand.detect.convolution import convolve
from facenet_lite.dlib_file import DlibReader
from facenet_lite.types import Image

MAGIC: Final = "loss_mmod_"
INPUT: Final = "input_rgb_image_pyramid"
LAYERS_OLDER, LAYER_FIRST = 2, 3
"""The version numbers of a layer above another one, and of the layer on the input."""


@dataclass(frozen=True)
class Convolution:
    """A layer of filters: ``weights`` (D, C, k, k), ``bias`` (D,), stride and zero padding."""

    weights: NDArray[np.float32] = field(repr=False)
    bias: NDArray[np.float32] = field(repr=False)
    stride: int
    pad: int

    @property
    def parameters(self) -> int:
        """How many numbers were learned."""
        return self.weights.size + self.bias.size

    def __call__(self, maps: NDArray[np.float32]) -> NDArray[np.float32]:
        """Filter maps (C, H, W)."""
        return convolve(maps, self.weights, self.bias, stride=self.stride, pad=self.pad)


@dataclass(frozen=True)
class BatchNorm:
    """Four numbers for each of D channels, which in a finished network are a scale and a shift."""

    gamma: NDArray[np.float32] = field(repr=False)
    beta: NDArray[np.float32] = field(repr=False)
    mean: NDArray[np.float32] = field(repr=False)
    variance: NDArray[np.float32] = field(repr=False)
    epsilon: float

    @property
    def parameters(self) -> int:
        """How many numbers were learned: a scale and a shift for each channel."""
        return self.gamma.size + self.beta.size

    def __call__(self, maps: NDArray[np.float32]) -> NDArray[np.float32]:
        """Bring every channel of (D, H, W) to its learned mean and spread."""
        scale = self.gamma / np.sqrt(self.variance + np.float32(self.epsilon))
        shift = self.beta - scale * self.mean
        return np.asarray(maps * scale[:, None, None] + shift[:, None, None])


@dataclass(frozen=True)
class Relu:
    """Negative values become 0."""

    parameters: int = field(default=0, init=False)

    def __call__(self, maps: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cut off what is below 0."""
        return np.maximum(maps, 0)


Layer: TypeAlias = Convolution | BatchNorm | Relu


@dataclass(frozen=True)
class Options:
    """What the file says about boxes and about training.

    ``window``: width and height of the box around a cell, in pixels of the network's input.
    ``nms_iou``, ``nms_covered``: a weaker box is dropped where its overlap with a stronger one is
    larger than this, as intersection over union or as a part of either box. The other three were
    used only in training: the loss of a false alarm, of a miss, and the overlap of a match.
    """

    window: tuple[int, int]
    loss_false_alarm: float
    loss_miss: float
    match_iou: float
    nms_iou: float
    nms_covered: float


@dataclass(frozen=True)
class MmodNetwork:
    """The network of a file: its options, the mean colour (R, G, B), and its layers in order."""

    options: Options
    mean: tuple[float, float, float]
    layers: tuple[Layer, ...] = field(repr=False)

    @classmethod
    def load(cls) -> MmodNetwork:
        """Read the detector that comes with the package."""
        return read_network(assets.fetch("mmod_detector"))

    @property
    def convolutions(self) -> tuple[Convolution, ...]:
        """The layers of filters alone."""
        return tuple(layer for layer in self.layers if isinstance(layer, Convolution))

    def __call__(self, maps: ArrayLike) -> NDArray[np.float32]:
        """Run the layers on an input (3, H, W), as ``normalise`` gives it: scores (rows, columns).

        Raises InputError for an input too small for the filters.
        """
        values = check_array(maps, "maps", shape=(3, None, None), dtype=np.float32)
        for layer in self.layers:
            values = layer(values)
        return np.asarray(values[0])

    def normalise(self, image: Image) -> NDArray[np.float32]:
        """The network's input for an RGB picture: (value - mean) / 256, float32 (3, H, W)."""
        mean = np.array(self.mean, np.float32)
        centred = (check_image(image) - mean) / np.float32(256)
        return np.ascontiguousarray(centred.transpose(2, 0, 1))


def read_network(source: str | os.PathLike[str] | bytes) -> MmodNetwork:
    """Read a dlib file with a detector trained with the max-margin loss (or its bytes).

    Raises DlibFileError for a file that is cut off, is of another kind, or has bytes left over.
    """
    file = DlibReader.of(source)
    file.version(1, what="a network with a loss")
    _expect(file, MAGIC)
    options = _options(file)
    count = 1
    while file.version(LAYERS_OLDER, LAYER_FIRST, what="a layer") == LAYERS_OLDER:
        count += 1  # the file announces every layer first, from the last down to the input
    _expect(file, INPUT)
    mean = (file.real(), file.real(), file.real())
    layers = []
    for number in range(count):
        layers.append(_layer(file))
        _skip_state(file)
        if number == 0:
            file.version(1, what="a sample")  # how many samples a picture makes
    if not file.at_end:
        raise file.error("expected the end of the file, got more bytes")
    return MmodNetwork(options, mean, tuple(layers))


def _expect(file: DlibReader, name: str) -> None:
    found = file.text()
    if found != name:
        raise file.error(f"expected {name!r}, got {found!r}; mmod_human_face_detector.dat has it")


def _options(file: DlibReader) -> Options:
    file.version(1, what="the detector's options")
    window = (file.integer(), file.integer())
    false_alarm, miss, match, nms_iou, nms_covered = (file.real() for _ in range(5))
    file.real(), file.real()  # overlaps with regions that training ignores
    return Options(window, false_alarm, miss, match, nms_iou, nms_covered)


def _layer(file: DlibReader) -> Layer:
    kind = file.text()
    if kind == "con_4":
        return _convolution(file)
    if kind == "bn_con2":
        return _batch_norm(file)
    if kind == "relu_":
        return Relu()
    raise file.error(f"expected the layer con_4, bn_con2 or relu_, got {kind!r}")


def _convolution(file: DlibReader) -> Convolution:
    numbers = file.tensor().ravel()
    filters, rows, columns, stride, stride_x, pad, pad_x = (file.integer() for _ in range(7))
    shape, bias_shape = file.alias(), file.alias()
    for _ in range(4):
        file.real()  # how fast weights and biases were learned
    split = int(np.prod(shape))
    fits = shape[0] == filters == bias_shape[1] and shape[2:] == (rows, columns) == (rows, rows)
    if not fits or (stride, pad) != (stride_x, pad_x) or len(numbers) != split + filters:
        raise file.error(f"expected square filters, got {shape} with {len(numbers):,} numbers")
    return Convolution(numbers[:split].reshape(shape), numbers[split:], stride, pad)


def _batch_norm(file: DlibReader) -> BatchNorm:
    numbers = file.tensor().ravel()
    channels = file.alias()[1]
    file.alias()
    _, _, mean, variance = (file.tensor().ravel() for _ in range(4))
    file.integer(), file.integer()  # updates, and over how many the mean runs
    for _ in range(4):
        file.real()
    epsilon = file.real()
    if not len(numbers) == 2 * channels == 2 * len(mean) == 2 * len(variance):
        raise file.error(f"expected {2 * channels} numbers for {channels} channels")
    return BatchNorm(numbers[:channels], numbers[channels:], mean, variance, epsilon)


def _skip_state(file: DlibReader) -> None:
    for _ in range(3):
        file.truth()
    for _ in range(3):
        file.tensor()  # what only training needs: empty in a finished network


def map_output_to_input(
    convolutions: tuple[Convolution, ...], cells: ArrayLike
) -> NDArray[np.float64]:
    """The input pixels (..., 2), x and y, at the centres of the cells (..., 2), column and row.

    From the last layer to the first, p becomes p x stride - padding + half a filter.
    """
    points = np.array(cells, np.float64)
    for layer in reversed(convolutions):
        points = points * layer.stride - layer.pad + layer.weights.shape[2] // 2
    return points


def receptive_field(convolutions: tuple[Convolution, ...]) -> list[tuple[int, int]]:
    """After each layer: how many input pixels wide a cell sees, and how far apart two cells look.

    A filter of k cells, each ``step`` pixels apart, sees (k - 1) x step pixels more.
    """
    seen, step, after = 1, 1, []
    for layer in convolutions:
        seen += (layer.weights.shape[2] - 1) * step
        step *= layer.stride
        after.append((seen, step))
    return after
