"""What classical detectors see: Haar's rectangles over a face, and HOG's directions as stars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array, check_grey
from facenet_lite.book.plots.drawing import Drawing, axes, composed, figure
from facenet_lite.book.plots.pictures import check_lengths, draw_text, grid
from facenet_lite.by_hand.detect.cascade_file import Feature
from facenet_lite.errors import InputError
from facenet_lite.types import GreyImage, Image

ENLARGED: Final = 8
SHADE: Final = 0.6
LEVELS: Final = 6
"""A line has one of this many shades; lines fainter than half a shade are left out."""
GAP: Final = 12
TITLE: Final = 20
"""Maps are this many pixels apart, and a title is this many pixels high."""


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


def survivors(counts: ArrayLike, *, alt: str | None = None) -> Drawing:
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


def stars(
    histograms: Sequence[ArrayLike],
    titles: Sequence[str] | None = None,
    *,
    alt: str | None = None,
    columns: int = 4,
    first_centre: float = 0.5,
    width: int = 640,
) -> Drawing:
    """Draw maps of histograms side by side, each (rows, cols, orientations) with its title.

    A line runs along the edge, across the gradient that voted. The opacity is the entry divided by
    the map's greatest; negative entries are not drawn. ``first_centre``: the first bin's direction,
    in bins; 0.5 where bins begin at 0 degrees, 0 where they are centred on it, as in ``fhog``.
    Raises InputError where there is no map, or titles and maps are not as many.
    """
    maps = [
        check_array(each, f"histograms[{i}]", shape=(None, None, None), dtype=np.float64)
        for i, each in enumerate(histograms)
    ]
    check_lengths(len(maps), histograms=maps, titles=titles)
    line = TITLE if titles is not None else 0
    places, bottom = grid([each.shape for each in maps], columns, width, line, gap=GAP)
    body = []
    for i, (left, top, side, height) in enumerate(places):
        body.append(_star_map(maps[i], left, top, side / maps[i].shape[1], first_centre))
        if titles is not None:
            body.append(draw_text(left, top + height + 15, titles[i]))
    return composed(width, round(bottom), body, alt=alt)


def _star_map(
    histogram: np.ndarray, left: float, top: float, step: float, first_centre: float
) -> str:
    rows, cols, orientations = histogram.shape
    shade = np.round(LEVELS * histogram / max(histogram.max(initial=0.0), 1e-12)).astype(int)
    angle = (np.arange(orientations) + first_centre) * np.pi / orientations + np.pi / 2
    reach = 0.46 * step * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    paths = defaultdict(list)
    for y, x, o in np.argwhere(shade > 0):
        cx, cy = left + (x + 0.5) * step, top + (y + 0.5) * step
        dx, dy = reach[o]
        paths[shade[y, x, o]].append(f"M{cx - dx:.1f} {cy - dy:.1f}l{2 * dx:.1f} {2 * dy:.1f}")
    frame = f'x="{left:.1f}" y="{top:.1f}" width="{cols * step:.1f}" height="{rows * step:.1f}"'
    drawn = [f'<rect {frame} fill="none" stroke="currentColor" stroke-opacity=".3"/>']
    for level, lines in sorted(paths.items()):
        style = f'stroke="currentColor" stroke-width="1.3" stroke-opacity="{level / LEVELS:.2f}"'
        drawn.append(f'<path {style} fill="none" d="{"".join(lines)}"/>')
    return "".join(drawn)
