"""The CNN's score maps over a picture, level by level, for the reader to explore."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import traitlets as t

from facenet_lite._checks import check_image
from facenet_lite.book.figures.base import Figure, packed
from facenet_lite.book.plots.pictures import photo_uri
from facenet_lite.by_hand.detect.mmod import MmodNetwork, map_output_to_input
from facenet_lite.by_hand.detect.mmod_pyramid import Scan, scan
from facenet_lite.types import Image

LOWEST: Final = -6.0
STEP: Final = 2e-4
"""Scores are sent as whole numbers: the number of these steps above the lowest score."""


class MmodScores(Figure, module="mmod_scores.mjs"):
    """The real network's score at every place of a picture, at every size.

    ``picture``: data URI; ``width`` and ``height`` of the original in pixels; ``levels``: for each
    size its number, height and width, the rows and columns of cells that lie on it, the first
    cell's box (``x``, ``y``, ``side``) and the ``step`` between two cells in the picture's pixels,
    and the ``scores``: base64 of little-endian uint16, row by row, in units of STEP above LOWEST.
    """

    alt = t.Unicode(
        "An interactive figure: a slider moves through the sizes of a picture's pyramid and shows "
        "the network's score for every place as a heat map; a second one sets the confidence from "
        "which a place becomes a box."
    ).tag(sync=True)
    picture = t.Unicode("").tag(sync=True)
    width = t.Int(1).tag(sync=True)
    height = t.Int(1).tag(sync=True)
    levels: Any = t.List().tag(sync=True)
    lowest = t.Float(LOWEST).tag(sync=True)
    score_step = t.Float(STEP).tag(sync=True)
    max_iou = t.Float(0.5).tag(sync=True)
    level = t.Int(0, min=0).tag(sync=True)
    threshold = t.Float(0.0).tag(sync=True)
    show_map = t.Bool(True).tag(sync=True)
    all_levels = t.Bool(False).tag(sync=True)

    @classmethod
    def of(cls, image: Image, *, network: MmodNetwork) -> MmodScores:
        """Run the network over all sizes of an RGB picture, and keep the cells of each size.

        Cells between two sizes, and sizes too small to hold a cell, are left out. Scores are
        rounded to 0.0002. Raises InputError for other pictures.
        """
        height, width = check_image(image).shape[:2]
        return cls(
            picture=photo_uri(image, 400, quality=72),
            width=width,
            height=height,
            levels=_levels(network, scan(network, image)),
            max_iou=network.options.nms_iou,
        )


def _levels(network: MmodNetwork, seen: Scan) -> list[dict[str, Any]]:
    rows, columns = np.indices(seen.scores.shape)
    centres = map_output_to_input(network.convolutions, np.stack([columns, rows], axis=-1))
    half = (network.options.window[0] - 1) / 2
    found = []
    for number, at in enumerate(seen.canvas.levels):
        low, high = (at.left, at.top), (at.left + at.width, at.top + at.height)
        on: Any = ((centres >= low) & (centres < high)).all(axis=-1)
        if not on.any():
            continue
        down, across = np.flatnonzero(on.any(axis=1)), np.flatnonzero(on.any(axis=0))
        first = centres[down[0], across[0]]
        spots = np.stack([first - half, first + half, first + 8 - half])
        corner, opposite, beside = seen.canvas.to_picture(spots, np.full(3, number))
        scores = np.clip(np.rint((seen.scores[on] - LOWEST) / STEP), 0, 65_535)
        found.append(
            {
                "number": number,
                "height": at.height,
                "width": at.width,
                "rows": len(down),
                "columns": len(across),
                "x": round(float(corner[0]), 2),
                "y": round(float(corner[1]), 2),
                "side": round(float(opposite[0] - corner[0]) + 1, 3),
                "step": round(float(beside[0] - corner[0]), 4),
                "scores": packed(scores.astype("<u2")),
            }
        )
    return found
