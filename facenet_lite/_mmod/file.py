"""dlib's CNN detector read from its file: a network with its batch normalisations multiplied in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from facenet_lite import assets
from facenet_lite.dlib_file import DlibReader

LOSS: Final = "loss_mmod_"
INPUT: Final = "input_rgb_image_pyramid"
LAYER, FIRST_LAYER = 2, 3
"""The version numbers that announce a layer, and the layer that takes the picture."""


class Convolution(NamedTuple):
    """Filters ``weights`` (D, C, k, k) and ``bias`` (D,), whose sums below 0 become 0 if ``relu``;
    ``stride`` and zero padding ``pad``."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    stride: int
    pad: int
    relu: bool = False

    @property
    def size(self) -> int:
        """How wide the filters are, k."""
        return len(self.weights[0, 0])


@dataclass(frozen=True)
class MmodFile:
    """What the file says.

    ``window``: width and height of the box around a cell of the score map, in pixels of the input;
    ``nms_iou``: of two boxes that overlap by more the weaker is dropped; ``mean``: what is
    subtracted from R, G and B; ``layers``: those without padding first, then those that keep the
    map's size.
    """

    window: tuple[int, int]
    nms_iou: float
    mean: tuple[float, float, float]
    layers: tuple[Convolution, ...] = field(repr=False)


def read(source: str | os.PathLike[str] | bytes | None = None) -> MmodFile:
    """Read the face detector of a dlib file, or its bytes (None: the package's own).

    Raises DlibFileError for a file that is cut off, is of another kind, or has bytes left over.
    """
    file = DlibReader.of(assets.fetch("mmod_detector") if source is None else source)
    file.version(1, what="a network with a loss")
    _expect(file, LOSS)
    file.version(1, what="the detector's options")
    window = (file.integer(), file.integer())
    *_, nms_iou, _, _, _ = (file.real() for _ in range(7))  # the others serve training alone
    count = 1
    while file.version(LAYER, FIRST_LAYER, what="a layer") != FIRST_LAYER:
        count += 1
    _expect(file, INPUT)
    mean = (file.real(), file.real(), file.real())
    layers = tuple(_layers(file, count))
    if not file.at_end:
        raise file.error("expected the end of the file, got more bytes")
    if any(layer.pad and layer.stride != 1 for layer in layers):
        raise file.error("expected layers without padding, or with a stride of 1")
    return MmodFile(window, nms_iou, mean, layers)


def _layers(file: DlibReader, count: int) -> Iterator[Convolution]:
    """The convolutions, each with the scale, the shift and the relu that follow it."""
    last: Convolution | None = None
    for number in range(count):
        kind = file.text()
        if kind == "con_4":
            if last is not None:
                yield last
            last = _convolution(file)
        elif kind == "bn_con2" and last is not None:
            scale, shift = _scale_and_shift(file)
            weights = last.weights * scale[:, None, None, None]
            last = last._replace(weights=weights, bias=last.bias * scale + shift)
        elif kind == "relu_" and last is not None:
            last = last._replace(relu=True)
        else:
            raise file.error(f"expected a layer of dlib's CNN face detector, got {kind!r}")
        for _ in range(3):
            file.truth()
        for _ in range(3):
            file.tensor()  # what only training needs: empty in a finished network
        if number == 0:
            file.version(1, what="a sample")
    if last is not None:
        yield last


def _convolution(file: DlibReader) -> Convolution:
    numbers = file.tensor().ravel()
    filters, size, _, stride, _, pad, _ = (file.integer() for _ in range(7))
    shape, _ = file.alias(), file.alias()
    _skip_rates(file)
    split = int(np.prod(shape))
    if shape[0] != filters or shape[2:] != (size, size) or len(numbers) != split + filters:
        raise file.error(f"expected square filters, got {shape} with {len(numbers):,} numbers")
    return Convolution(numbers[:split].reshape(shape), numbers[split:], stride, pad)


def _scale_and_shift(file: DlibReader) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What a batch normalisation does to each channel in a finished network."""
    numbers = file.tensor().ravel()
    file.alias(), file.alias()
    _, _, mean, variance = (file.tensor().ravel() for _ in range(4))
    file.integer(), file.integer()  # updates, and over how many the mean runs
    _skip_rates(file)
    if not numbers.size == 2 * mean.size == 2 * variance.size:
        raise file.error(f"expected {2 * mean.size} numbers, got {numbers.size}")
    gamma, beta = np.split(numbers, 2)
    scale = gamma / np.sqrt(variance + np.float32(file.real()))
    return scale, beta - scale * mean


def _skip_rates(file: DlibReader) -> None:
    for _ in range(4):
        file.real()  # how fast weights and biases were learned


def _expect(file: DlibReader, name: str) -> None:
    found = file.text()
    if found != name:
        raise file.error(f"expected {name!r}, got {found!r}; mmod_human_face_detector.dat has it")
