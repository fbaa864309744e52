"""The SSD's prior boxes: the fixed places and shapes that the network corrects and scores.

::

    feature map (rows x columns)          the picture, 300 x 300
    ┌──┬──┬──┐                             centre of cell (i, j):
    │  │  │  │   each cell is the centre      x = (j + offset) * step
    ├──┼──┼──┤   of a few prior boxes         y = (i + offset) * step
    │  │ij│  │   -------------------------> sizes: min x min, sqrt(min * max) squared,
    └──┴──┴──┘                                and one of each aspect ratio, in pixels

Wei Liu et al., "SSD: Single Shot MultiBox Detector", ECCV 2016, section 2.2; the sizes, steps and
aspect ratios of a network stand in its prototxt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facenet_lite._checks import check_number
from facenet_lite.detect.prototxt import Block, parse
from facenet_lite.errors import InputError


@dataclass(frozen=True)
class PriorBoxLayer:
    """One PriorBox layer's parameters, in the words of the prototxt.

    ``name``: the layer; ``source``: its feature map; ``min_size``, ``max_size`` (0: none) and
    ``step`` (0: picture / feature map) in input pixels; ``aspect_ratios``: width / height other
    than 1, each with its inverse if ``flip``; ``clip``: whether boxes are cut off at the picture's
    edge; ``offset``: the centre within its cell; the four ``variances``.
    """

    name: str
    source: str
    min_size: float
    max_size: float
    aspect_ratios: tuple[float, ...]
    flip: bool
    clip: bool
    step: float
    offset: float
    variances: tuple[float, float, float, float]

    def sizes(self) -> NDArray[np.float32]:
        """Widths and heights (K, 2) in input pixels of the K boxes in each cell, in their order."""
        sides = [(self.min_size, self.min_size)]
        if self.max_size:
            middle = np.sqrt(self.min_size * self.max_size)
            sides.append((middle, middle))
        for ratio in self.aspect_ratios:
            for r in (ratio, 1 / ratio)[: 1 + self.flip]:
                sides.append((self.min_size * np.sqrt(r), self.min_size / np.sqrt(r)))
        return np.array(sides, np.float32)

    def centres(
        self, shape: tuple[int, int], picture: tuple[int, int] = (300, 300)
    ) -> NDArray[np.float32]:
        """Centres x, y (rows * columns, 2) in input pixels, row by row.

        ``shape``: rows and columns of the feature map; ``picture``: height and width of the input.
        """
        rows, columns = (check_number(n, "shape", low=1, integer=True) for n in _pair(shape))
        height, width = (check_number(n, "picture", low=1, integer=True) for n in _pair(picture))
        x = (np.arange(columns) + self.offset) * (self.step or width / columns)
        y = (np.arange(rows) + self.offset) * (self.step or height / rows)
        grid = np.stack(np.meshgrid(x, y), axis=-1)  # (rows, columns, 2)
        return grid.reshape(-1, 2).astype(np.float32)

    def boxes(
        self, shape: tuple[int, int], picture: tuple[int, int] = (300, 300)
    ) -> NDArray[np.float32]:
        """All prior boxes (rows * columns * K, 4): x1 y1 x2 y2 as fractions of the input's sides.

        Cell by cell, and in each cell in the order of ``sizes``, as the network's outputs are.
        Raises InputError for a shape without cells.
        """
        half = self.sizes() / 2  # (K, 2)
        centres = self.centres(shape, picture)[:, None]  # (cells, 1, 2)
        corners = np.concatenate([centres - half, centres + half], axis=-1)  # (cells, K, 4)
        height, width = picture
        sides = np.array([width, height, width, height], np.float32)
        boxes: NDArray[np.float32] = np.divide(corners.reshape(-1, 4), sides, dtype=np.float32)
        return np.clip(boxes, 0, 1) if self.clip else boxes


def read_prior_box_layers(text: str) -> tuple[PriorBoxLayer, ...]:
    """The PriorBox layers of a prototxt, in its order.

    Raises InputError where there is none, or one lacks a parameter.
    """
    layers = [layer for layer in parse(text).get("layer", []) if layer.get("type") == ["PriorBox"]]
    if not layers:
        raise InputError(
            "text: expected a prototxt with PriorBox layers, got none; "
            "assets.fetch('ssd_res10_prototxt') is one"
        )
    return tuple(_layer(layer) for layer in layers)


def _layer(layer: Block) -> PriorBoxLayer:
    name = layer["name"][0]
    (block,) = layer.get("prior_box_param", [{}])
    variances = tuple(block.get("variance", ()))
    if "min_size" not in block or len(variances) != 4:
        raise InputError(f"text: expected min_size and four variances in {name!r}, got {block}")

    def first(field: str, default: Any) -> Any:
        return block.get(field, [default])[0]

    # Defaults are OpenCV's (clip is true there, and false in Caffe).
    return PriorBoxLayer(
        name=name,
        source=layer["bottom"][0],
        min_size=float(block["min_size"][0]),
        max_size=float(first("max_size", 0)),
        aspect_ratios=tuple(float(ratio) for ratio in block.get("aspect_ratio", ())),
        flip=first("flip", True),
        clip=first("clip", True),
        step=float(first("step", 0)),
        offset=float(first("offset", 0.5)),
        variances=variances,
    )


def _pair(value: tuple[int, int]) -> tuple[int, int]:
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise InputError(f"shape, picture: expected two whole numbers, got {value!r}")
    return value[0], value[1]
