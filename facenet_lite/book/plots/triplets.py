"""Plots of triplets: gradients at three points, one anchor's distances, paths of points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array, check_number
from facenet_lite.book.plots.charts import axes, figure
from facenet_lite.book.plots.style import COLOURS, Drawing
from facenet_lite.errors import InputError

NAMES: Final = ("a", "p", "n")
MARKERS: Final = ("o", "s", "^", "D")
"""Marks tell the people apart, besides their colours."""


def slopes(points: ArrayLike, gradient: ArrayLike, *, alt: str, rate: float = 1.0) -> Drawing:
    """Draw anchor, positive and negative (3, 2), each with an arrow against its gradient (3, 2).

    An arrow is as long as a step of ``rate``.
    """
    places = check_array(points, "points", shape=(3, 2), dtype=np.float64)
    steps = -rate * check_array(gradient, "gradient", shape=(3, 2), dtype=np.float64)
    fig, ax = axes(width=4.6, height=3.2)
    colours = ("#000000", COLOURS[0], COLOURS[1])
    for i, line in ((1, "-"), (2, "--")):
        ax.plot(*places[[0, i]].T, line, color=colours[i], lw=1)
    for name, place, step, colour in zip(NAMES, places, steps, colours, strict=True):
        ax.annotate(
            "", place + step, place, arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 2}
        )
        ax.plot(*place, "o", color=colour, markersize=8)
        ax.annotate(name, place, (8, 5), textcoords="offset points", fontsize=12, color="#000000")
    reach = np.concatenate([places, places + steps])
    ax.set_xlim(reach[:, 0].min() - 0.15, reach[:, 0].max() + 0.15)
    ax.set_ylim(reach[:, 1].min() - 0.15, reach[:, 1].max() + 0.2)
    ax.set_aspect("equal")
    return figure(fig, alt=alt)


def reach(to_positives: ArrayLike, to_negatives: ArrayLike, margin: float, *, alt: str) -> Drawing:
    """Draw one anchor's negatives on a line, and above it how far each positive's margin reaches.

    Each positive is labelled with the number of negatives that its margin reaches.
    """
    positives = np.sort(check_array(to_positives, "to_positives", shape=(None,), dtype=np.float64))
    negatives = check_array(to_negatives, "to_negatives", shape=(None,), dtype=np.float64)
    check_number(margin, "margin", low=0)
    fig, ax = axes(width=6.4, height=0.42 * len(positives) + 1.2)
    ax.plot(negatives, np.zeros(len(negatives)), "|", color=COLOURS[1], markersize=16, mew=2)
    for row, distance in enumerate(positives, start=1):
        end = distance + margin
        ax.plot([distance, end], [row, row], color=COLOURS[0], lw=3)
        ax.plot(distance, row, "o", color=COLOURS[0], markersize=7)
        ax.plot([end, end], [row, 0], ":", color=COLOURS[0], lw=1)
        count = (negatives < end).sum()
        ax.annotate(f"k = {count}", (end, row), (-4, 4), textcoords="offset points", ha="right")
    ax.set_yticks([0, *range(1, len(positives) + 1)], ["negatives", *["positive"] * len(positives)])
    ax.set_ylim(-0.6, len(positives) + 0.6)
    ax.set_xlabel("squared distance from the anchor")
    return figure(fig, alt=alt)


def paths(runs: Mapping[str, ArrayLike], people: Sequence[int], *, alt: str) -> Drawing:
    """Draw how points in the plane moved: by title, their places (S + 1, B, 2) step by step.

    A small dot is where a point began, a large mark where it ended; colour and mark tell its
    person. Raises InputError where there is nothing to draw.
    """
    if not runs:
        raise InputError("runs: expected at least one, got none")
    across = min(3, len(runs))
    down = -(-len(runs) // across)
    fig, panels = axes(down, across, width=2.3 * across, height=2.6 * down, squeeze=False)
    for ax, (title, run) in zip(panels.flat, runs.items(), strict=False):
        steps = check_array(run, title, shape=(None, len(people), 2), dtype=np.float64)
        for i, who in enumerate(people):
            colour, mark = COLOURS[who % len(COLOURS)], MARKERS[who % len(MARKERS)]
            ax.plot(*steps[:, i].T, color=colour, lw=1)
            ax.plot(*steps[0, i], ".", color=colour, markersize=4)
            ax.plot(*steps[-1, i], mark, color=colour, markersize=6)
        _square(ax, steps)
        ax.set_title(title, fontsize=10)
    for ax in panels.flat[len(runs) :]:
        ax.set_visible(False)
    return figure(fig, alt=alt)


def _square(ax: Any, steps: ArrayLike) -> None:
    """Equal scales, with a little room around."""
    places = np.reshape(steps, (-1, 2))
    middle = (places.max(axis=0) + places.min(axis=0)) / 2
    half = 0.55 * max(float(np.ptp(places, axis=0).max()), 1e-3)
    ax.set_xlim(middle[0] - half, middle[0] + half)
    ax.set_ylim(middle[1] - half, middle[1] + half)
    ax.set_aspect("equal")
