"""Histograms of directions as stars: a line per direction in each cell, as bright as its votes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array, check_number
from facenet_lite.book.plots.pictures import draw_text, svg
from facenet_lite.book.plots.style import Drawing, drawing
from facenet_lite.errors import InputError

LEVELS: Final = 6
"""A line has one of this many shades; lines fainter than half a shade are left out."""
GAP: Final = 12
TITLE: Final = 20
"""Maps are this many pixels apart, and a title is this many pixels high."""


def stars(
    histograms: Sequence[ArrayLike],
    titles: Sequence[str] | None = None,
    *,
    alt: str,
    columns: int = 4,
    signed: bool = False,
    first_centre: float = 0.5,
    width: int = 640,
) -> Drawing:
    """Draw maps of histograms side by side, each (rows, cols, orientations) with its title.

    Unsigned, a line runs along the edge, across the gradient that voted; signed, a ray points from
    the cell's centre to the brighter side. The opacity is the entry divided by the map's greatest;
    negative entries are not drawn. ``first_centre``: the first bin's direction, in bins; 0.5 where
    bins begin at 0 degrees, 0 where they are centred on it, as in ``fhog``.
    Raises InputError where there is no map, or titles and maps are not as many.
    """
    check_number(columns, "columns", low=1, integer=True)
    maps = [
        check_array(each, f"histograms[{i}]", shape=(None, None, None), dtype=np.float64)
        for i, each in enumerate(histograms)
    ]
    if not maps or (titles is not None and len(titles) != len(maps)):
        given = "none" if titles is None else len(titles)
        raise InputError(
            f"titles: expected one for each of {len(maps)} maps (at least one), got {given}"
        )
    columns = min(columns, len(maps))
    side = (width - GAP * (columns - 1)) / columns
    line = TITLE if titles is not None else 0
    body, top = [], 0.0
    for start in range(0, len(maps), columns):
        row = maps[start : start + columns]
        tall = max(side * each.shape[0] / each.shape[1] for each in row)
        for place, each in enumerate(row):
            left = place * (side + GAP)
            body.append(_star_map(each, left, top, side / each.shape[1], signed, first_centre))
            if titles is not None:
                body.append(draw_text(left, top + tall + 15, titles[start + place]))
        top += tall + line + GAP
    return drawing(svg(width, round(top - GAP), body), alt)


def _star_map(
    histogram: np.ndarray, left: float, top: float, step: float, signed: bool, first_centre: float
) -> str:
    rows, cols, orientations = histogram.shape
    shade = np.round(LEVELS * histogram / max(histogram.max(initial=0.0), 1e-12)).astype(int)
    angle = (np.arange(orientations) + first_centre) * (2 if signed else 1) * np.pi / orientations
    angle = angle if signed else angle + np.pi / 2
    reach = 0.46 * step * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    paths = defaultdict(list)
    for y, x, o in np.argwhere(shade > 0):
        cx, cy = left + (x + 0.5) * step, top + (y + 0.5) * step
        dx, dy = reach[o]
        if signed:
            paths[shade[y, x, o]].append(f"M{cx:.1f} {cy:.1f}l{dx:.1f} {dy:.1f}")
        else:
            paths[shade[y, x, o]].append(f"M{cx - dx:.1f} {cy - dy:.1f}l{2 * dx:.1f} {2 * dy:.1f}")
    frame = f'x="{left:.1f}" y="{top:.1f}" width="{cols * step:.1f}" height="{rows * step:.1f}"'
    drawn = [f'<rect {frame} fill="none" stroke="currentColor" stroke-opacity=".3"/>']
    for level, lines in sorted(paths.items()):
        style = f'stroke="currentColor" stroke-width="1.3" stroke-opacity="{level / LEVELS:.2f}"'
        drawn.append(f'<path {style} fill="none" d="{"".join(lines)}"/>')
    return "".join(drawn)
