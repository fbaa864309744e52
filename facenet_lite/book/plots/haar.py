"""Haar features over a face, and how many windows each stage leaves."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array, check_grey
from facenet_lite.book.plots.charts import axes, figure
from facenet_lite.book.plots.style import Drawing
from facenet_lite.by_hand.detect.cascade_file import Feature
from facenet_lite.errors import InputError
from facenet_lite.types import GreyImage, Image

ENLARGED: Final = 8
SHADE: Final = 0.6


def with_feature(window: GreyImage, feature: Feature) -> Image:
    """A grey window (H, W), eight times as large, with a feature's dark and light rectangles.

    Light is where the weights add up to more than zero. Raises InputError where the feature leaves
    the window.
    """
    height, width = check_grey(window, "window").shape
    weights = np.zeros((height, width))
    covered = np.zeros((height, width), bool)
    for part in feature.rectangles:
        if part.y + part.height > height or part.x + part.width > width:
            raise InputError(f"feature: expected rectangles inside the window, got {part}")
        inside = np.s_[part.y : part.y + part.height, part.x : part.x + part.width]
        weights[inside] += part.weight
        covered[inside] = True
    paint = np.where(weights > 0, 255.0, 0.0)
    mixed = np.where(covered, (1 - SHADE) * window + SHADE * paint, window)
    large = np.kron(mixed, np.ones((ENLARGED, ENLARGED)))
    return np.dstack([large.astype(np.uint8)] * 3)


def survivors(counts: ArrayLike, *, alt: str) -> Drawing:
    """Draw how many windows are left after each step, on a logarithmic scale.

    ``counts``: (stages + 2,): all windows, those with enough contrast, those after each stage.
    """
    left = check_array(counts, "counts", shape=(None,), dtype=np.float64)
    drawn, ax = axes(height=3.4)
    places = np.arange(len(left))
    ax.bar(places, left)
    ax.set_yscale("log")
    ax.set_ylabel("windows left")
    ax.set_xlabel("stages passed")
    ticks = [0, *range(6, len(left), 5)]
    ax.set_xticks(ticks, ["all", *(str(tick - 1) for tick in ticks[1:])])
    return figure(drawn, alt=alt)
