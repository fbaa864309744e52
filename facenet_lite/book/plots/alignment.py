"""What alignment does to a face, and what it is worth, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array, check_image
from facenet_lite.book.plots.drawing import COLOURS, Drawing, axes, check_count, composed, figure
from facenet_lite.book.plots.pictures import (
    LINE,
    check_lengths,
    draw_dot,
    draw_photo,
    draw_text,
    grid,
)
from facenet_lite.errors import InputError
from facenet_lite.types import Image

LABELS: Final = {
    "centre": "centre of the picture",
    "box": "detector's box",
    "eyes": "two eyes",
    "points5": "five points",
    "points68": "68 points (dlib's chip)",
}
AXES: Final = {
    "rotation": "face turned by (degrees)",
    "shift": "box shifted by (shares of its side)",
}
MARKERS: Final = {"box": "s", "points5": "o"}


def landing(
    crops: Sequence[Image],
    points: ArrayLike,
    places: ArrayLike,
    titles: Sequence[str],
    *,
    alt: str | None = None,
    width: int = 640,
) -> Drawing:
    """Draw crops with a ring where a landmark belongs and a dot where it has come to lie.

    ``points``: (N, K, 2), in each crop's own pixels; ``places``: (K, 2), the same for all.
    Raises InputError where there are not as many points or titles as crops, and for no crop.
    """
    number = len(crops)
    rings = check_array(places, "places", shape=(None, 2), dtype=np.float64)
    dots = check_array(points, "points", shape=(number, len(rings), 2), dtype=np.float64)
    check_lengths(number, titles=titles)
    frames, height = grid([check_image(crop).shape for crop in crops], number, width, LINE)
    body = []
    for i, (left, _, side, tall) in enumerate(frames):
        scale = side / crops[i].shape[1]
        body.append(draw_photo(crops[i], left, 0, side, tall))
        for (x, y), (u, v) in zip((dots[i] + 0.5) * scale, (rings + 0.5) * scale, strict=True):
            body += [
                f'<circle cx="{left + u:.1f}" cy="{v:.1f}" r="6" fill="none" stroke="{stroke}" '
                f'stroke-width="{thick}"/>'
                for stroke, thick in (("#111", 4), ("#fff", 2))
            ]
            body.append(draw_dot(left + x, y))
        body.append(draw_text(left, side + 15, titles[i]))
    return composed(width, round(height), body, alt=alt)


def accuracies(ways: Mapping[str, Mapping[str, Any]], *, alt: str | None = None) -> Drawing:
    """Draw the mean accuracy of each way of alignment, with one standard error either side.

    ``ways``: by name, ``accuracy`` and ``standard_error`` as recorded; the folds' own accuracies
    under ``folds`` are small ticks. Names that are no way of alignment are shown as they are.
    Raises InputError where there is nothing to draw.
    """
    check_count(ways, "ways")
    fig, ax = axes(width=5.6, height=0.5 * len(ways) + 0.9)
    for row, found in enumerate(ways.values()):
        mean, error = 100 * found["accuracy"], 100 * found["standard_error"]
        folds = 100 * np.asarray(found.get("folds", []))
        ax.plot(folds, [row] * len(folds), "|", color=COLOURS[1], markersize=9)
        ax.plot([mean - error, mean + error], [row, row], color=COLOURS[0], lw=3)
        ax.plot(mean, row, "o", color=COLOURS[0], markersize=8)
    ax.set_yticks(range(len(ways)), [LABELS.get(name, name) for name in ways])
    ax.invert_yaxis()
    ax.margins(y=0.15)
    ax.set_xlabel("accuracy (per cent); ticks: folds")
    return figure(fig, alt=alt)


def misplaced(rows: Sequence[Mapping[str, Any]], *, alt: str | None = None) -> Drawing:
    """Draw accuracy against how far faces are turned and boxes shifted, with 95 % intervals.

    ``rows``: ``kind``, ``level`` and ``ways`` as recorded, among them the upright condition. Raises
    InputError without it.
    """
    upright = [row for row in rows if row["kind"] == "upright"]
    if not upright:
        raise InputError("rows: expected the upright condition among them")
    kinds = list(dict.fromkeys(row["kind"] for row in rows if row["kind"] != "upright"))
    fig, panels = axes(1, max(1, len(kinds)), width=6.4, height=2.9, sharey=True, squeeze=False)
    for ax, kind in zip(panels.flat, kinds, strict=False):
        series = upright + [row for row in rows if row["kind"] == kind]
        across = [row["level"] for row in series]
        for number, name in enumerate(MARKERS):
            found = [row["ways"][name] for row in series]
            up = [100 * one["accuracy"] for one in found]
            reach = [[100 * abs(one[end] - one["accuracy"]) for one in found] for end in ("low", "high")]  # fmt: skip # noqa: E501
            ax.errorbar(
                across, up, reach, marker=MARKERS[name], color=COLOURS[1 - number], lw=1.4,
                label=LABELS[name], capsize=2,
            )  # fmt: skip
        ax.set_xlabel(AXES[kind])
    panels.flat[0].set_ylabel("accuracy (per cent)")
    panels.flat[0].legend(frameon=False, loc="lower left")
    return figure(fig, alt=alt)
