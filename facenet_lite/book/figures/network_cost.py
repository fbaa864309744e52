"""What NN2 costs, layer by layer, at the width and input size that the reader chooses."""

from __future__ import annotations

from typing import Any, Final

import traitlets as t

from facenet_lite import models
from facenet_lite.book.figures.base import Figure

WIDTHS: Final = (0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0)
SIZES: Final = (64, 96, 128, 160, 192, 224)


class NetworkCost(Figure, module="network_cost.mjs"):
    """NN2's layers with weights, as bars, for a choice of widths and sizes.

    ``names``: the layers'; ``weights``: for each width, those of each layer; ``madds``: for each
    width and size, those of each layer; ``width`` and ``size``: indices in ``widths`` and
    ``sizes``, where the published ones come last; ``stretch``: whether bars are scaled to this
    network's longest instead of the published network's.
    """

    alt = t.Unicode(
        "An interactive figure: two sliders set the width and the input size of NN2; bars show "
        "each layer's weights and multiply-adds, and a sentence says the totals beside the "
        "published ones."
    ).tag(sync=True)
    names: t.List[Any] = t.List().tag(sync=True)
    widths: t.List[Any] = t.List(list(WIDTHS)).tag(sync=True)
    sizes: t.List[Any] = t.List(list(SIZES)).tag(sync=True)
    weights: t.List[Any] = t.List().tag(sync=True)
    madds: t.List[Any] = t.List().tag(sync=True)
    width = t.Int(len(WIDTHS) - 1).tag(sync=True)
    size = t.Int(len(SIZES) - 1).tag(sync=True)
    stretch = t.Bool(False).tag(sync=True)

    @classmethod
    def of(cls) -> NetworkCost:
        """Count NN2 at each width and size, without allocating its weights."""
        import torch

        with torch.device("meta"):
            tables = [
                [models.summary(models.NN2(width=width, image_size=size)) for size in SIZES]
                for width in WIDTHS
            ]
        kept = [i for i, layer in enumerate(tables[0][0].layers) if layer.weights]
        return cls(
            names=[tables[0][0].layers[i].name for i in kept],
            weights=[[row[0].layers[i].weights for i in kept] for row in tables],
            madds=[[[table.layers[i].madds for i in kept] for table in row] for row in tables],
        )
