"""Plots of distances, of rates and of their uncertainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array, check_number
from facenet_lite.book.plots.charts import axes, figure
from facenet_lite.book.plots.style import COLOURS, Drawing
from facenet_lite.errors import InputError
from facenet_lite.evaluate import Interval, Roc
from facenet_lite.evaluate.verification import check_pairs

DASHES: Final = ("-", "--", "-.", ":")
MOST: Final = 200
"""At most this many points of a curve are drawn."""


def strip(
    squared_distances: ArrayLike, is_same: ArrayLike, *, threshold: float | None = None, alt: str
) -> Drawing:
    """Draw every pair (P,) as a mark at its squared distance, same pairs above different ones.

    Raises InputError as ``evaluate.roc`` does for its arguments.
    """
    distances, same = check_pairs(squared_distances, is_same)
    fig, ax = axes(width=6.4, height=1.5)
    kinds = ((same, 1, "o", COLOURS[0]), (~same, 0, "D", COLOURS[1]))
    for rows, height, marker, colour in kinds:
        ax.plot(distances[rows], np.full(rows.sum(), height), marker, color=colour, ms=6)
    if threshold is not None:
        ax.axvline(float(check_number(threshold, "threshold")), color="black", lw=1.5)
    ax.set(xlabel="squared distance", ylim=(-0.6, 1.6))
    ax.set_yticks([0, 1], ["two people", "one person"])
    ax.set_xlim(left=0)
    return figure(fig, alt=alt)


def rocs(curves: Mapping[str, Roc], *, floor: float = 1e-4, alt: str) -> Drawing:
    """Draw VAL against FAR, the latter on a logarithmic axis from ``floor`` on.

    A curve begins at the lowest FAR that its different pairs can show. Of more than ``MOST`` points
    only some are drawn, evenly spaced on the axis. Raises InputError where there is no curve, or
    more than four.
    """
    check_number(floor, "floor", low=0, high=0.5, low_included=False)
    if not 1 <= len(curves) <= len(DASHES):
        raise InputError(f"curves: expected 1 to {len(DASHES)}, got {len(curves)}")
    fig, ax = axes(width=6.0, height=3.6)
    for (name, found), dash in zip(curves.items(), DASHES, strict=False):
        last = np.flatnonzero(np.diff(found.far, append=2) > 0)  # the highest VAL at each FAR
        last = last[found.far[last] > 0]
        wanted = np.geomspace(found.far[last[0]], 1, MOST)
        last = last[np.unique(np.searchsorted(found.far[last], wanted, side="right") - 1)]
        ax.step(found.far[last], found.val[last], dash, where="post", lw=2, label=name)
    ax.set(xscale="log", xlim=(floor, 1), ylim=(0, 1.01), xlabel="FAR", ylabel="VAL")
    ax.legend(loc="center left", bbox_to_anchor=(0, 0.36))
    return figure(fig, alt=alt)


def intervals(rows: Mapping[str, Interval | Sequence[float]], *, xlabel: str, alt: str) -> Drawing:
    """Draw values with their intervals, one row each: value, low, high.

    Raises InputError where there is none.
    """
    if not rows:
        raise InputError("rows: expected at least one interval, got none")
    table = check_array([list(row) for row in rows.values()], "rows", shape=(None, 3), dtype=float)
    fig, ax = axes(width=6.2, height=0.42 * len(rows) + 0.9)
    places = np.arange(len(rows))
    ax.hlines(places, table[:, 1], table[:, 2], lw=6, color=COLOURS[0], alpha=0.45)
    ax.plot(table[:, 0], places, "o", color=COLOURS[0])
    ax.set_yticks(places, list(rows))
    ax.invert_yaxis()
    ax.set(xlabel=xlabel, ylim=(len(rows) - 0.5, -0.5))
    return figure(fig, alt=alt)
