"""What NN2 costs, layer by layer, at the width and input size that the reader chooses."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, Final

import traitlets as t

from facenet_lite import models
from facenet_lite._checks import check_number
from facenet_lite.book.figures.base import Figure
from facenet_lite.errors import InputError

ALT: Final = (
    "An interactive figure: two sliders set the width and the input size of NN2; bars show each "
    "layer's weights and multiply-adds, and a sentence says the totals beside the published ones."
)
WIDTHS: Final = (0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0)
SIZES: Final = (64, 96, 128, 160, 192, 224)


@functools.cache
def counted(width: float, size: int) -> models.Summary:
    """NN2's table at that width and size, counted without allocating its weights."""
    import torch

    with torch.device("meta"):
        return models.summary(models.NN2(width=width, image_size=size))


class NetworkCost(Figure, module="network_cost.mjs"):
    """NN2's layers with weights, as bars, for a choice of widths and sizes.

    ``names``: the layers'; ``weights``: for each width, those of each layer; ``madds``: for each
    width and size, those of each layer; ``width`` and ``size``: indices in ``widths`` and
    ``sizes``, where the published ones come last; ``stretch``: whether bars are scaled to this
    network's longest instead of the published network's.
    """

    names: t.List[Any] = t.List().tag(sync=True)
    widths: t.List[Any] = t.List().tag(sync=True)
    sizes: t.List[Any] = t.List().tag(sync=True)
    weights: t.List[Any] = t.List().tag(sync=True)
    madds: t.List[Any] = t.List().tag(sync=True)
    width = t.Int(0).tag(sync=True)
    size = t.Int(0).tag(sync=True)
    stretch = t.Bool(False).tag(sync=True)

    @classmethod
    def of(
        cls,
        widths: Sequence[float] = WIDTHS,
        sizes: Sequence[int] = SIZES,
        *,
        alt: str = ALT,
    ) -> NetworkCost:
        """Count NN2 at each width and size, ascending; the figure begins with the last of each.

        Raises InputError where there are none, or they are not in ascending order.
        """
        for name, values in (("widths", widths), ("sizes", sizes)):
            if not values or list(values) != sorted(set(values)):
                raise InputError(f"{name}: expected at least one, ascending, got {list(values)}")
            for value in values:
                check_number(value, name, low=0, low_included=False)
        tables = [[counted(width, size) for size in sizes] for width in widths]
        kept = [i for i, layer in enumerate(tables[0][0].layers) if layer.weights]
        return cls(
            alt=alt,
            names=[tables[0][0].layers[i].name for i in kept],
            widths=list(widths),
            sizes=list(sizes),
            weights=[[row[0].layers[i].weights for i in kept] for row in tables],
            madds=[[[table.layers[i].madds for i in kept] for table in row] for row in tables],
            width=len(widths) - 1,
            size=len(sizes) - 1,
        )
