"""Plots of distances, of rates and their uncertainty, and of search in growing galleries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array, check_number
from facenet_lite.book.plots.drawing import COLOURS, Drawing, axes, check_count, figure
from facenet_lite.errors import InputError
from facenet_lite.evaluate import Interval, Roc
from facenet_lite.evaluate.verification import check_pairs

DASHES: Final = ("-", "--", "-.", ":")
FLOOR: Final = 1e-4
"""The lowest FAR of the axis."""
MOST: Final = 200
"""At most this many points of a curve are drawn."""


def strip(
    squared_distances: ArrayLike,
    is_same: ArrayLike,
    *,
    threshold: float | None = None,
    alt: str | None = None,
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


def rocs(curves: Mapping[str, Roc], *, alt: str | None = None) -> Drawing:
    """Draw VAL against FAR, the latter on a logarithmic axis from ``FLOOR`` on.

    A curve begins at the lowest FAR that its different pairs can show. Of more than ``MOST`` points
    only some are drawn, evenly spaced on the axis. Raises InputError where there is no curve, or
    more than four.
    """
    check_count(curves, "curves", most=len(DASHES))
    fig, ax = axes(width=6.0, height=3.6)
    for (name, found), dash in zip(curves.items(), DASHES, strict=False):
        last = np.flatnonzero(np.diff(found.far, append=2) > 0)  # the highest VAL at each FAR
        last = last[found.far[last] > 0]
        wanted = np.geomspace(found.far[last[0]], 1, MOST)
        last = last[np.unique(np.searchsorted(found.far[last], wanted, side="right") - 1)]
        ax.step(found.far[last], found.val[last], dash, where="post", lw=2, label=name)
    ax.set(xscale="log", xlim=(FLOOR, 1), ylim=(0, 1.01), xlabel="FAR", ylabel="VAL")
    ax.legend(loc="center left", bbox_to_anchor=(0, 0.36))
    return figure(fig, alt=alt)


def intervals(
    rows: Mapping[str, Interval | Sequence[float]], *, xlabel: str, alt: str | None = None
) -> Drawing:
    """Draw values with their intervals, one row each: value, low, high.

    Raises InputError where there is none.
    """
    check_count(rows, "rows")
    table = check_array([list(row) for row in rows.values()], "rows", shape=(None, 3), dtype=float)
    fig, ax = axes(width=6.2, height=0.42 * len(rows) + 0.9)
    places = np.arange(len(rows))
    ax.hlines(places, table[:, 1], table[:, 2], lw=6, color=COLOURS[0], alpha=0.45)
    ax.plot(table[:, 0], places, "o", color=COLOURS[0])
    ax.set_yticks(places, list(rows))
    ax.invert_yaxis()
    ax.set(xlabel=xlabel, ylim=(len(rows) - 0.5, -0.5))
    return figure(fig, alt=alt)


def ranks(curves: Mapping[str, ArrayLike], *, alt: str | None = None) -> Drawing:
    """Draw CMC curves: the share of probes (k,) whose person is among the nearest 1 to k.

    Raises InputError where there is none, or more than four.
    """
    check_count(curves, "curves", most=len(COLOURS))
    fig, ax = axes(width=5.6, height=2.8)
    lowest = 1.0
    for (name, given), mark in zip(curves.items(), "osD^", strict=False):
        shares = check_array(given, name, shape=(None,), dtype=np.float64)
        ax.plot(np.arange(1, len(shares) + 1), shares, f"{mark}-", ms=4, lw=2, label=name)
        lowest = min(lowest, float(shares.min()))
    ax.set(xlabel="rank k", ylabel="share of probes", ylim=(max(0, lowest - 0.05), 1.01))
    ax.legend(loc="lower right")
    return figure(fig, alt=alt)


def false_accepts(recorded: Mapping[str, ArrayLike], *, alt: str | None = None) -> Drawing:
    """Draw the share of strangers who match somebody against the gallery's size, and the formula.

    ``recorded``: ``sizes``, ``measured``, ``low``, ``high`` and ``formula``, (S,) each, as
    ``experiments.identification`` records them.
    """
    names = ("sizes", "measured", "low", "high", "formula")
    rows = {n: check_array(recorded[n], n, shape=(None,), dtype=np.float64) for n in names}
    fig, ax = axes(width=6.0, height=3.0)
    ax.fill_between(rows["sizes"], rows["low"], rows["high"], color=COLOURS[1], alpha=0.25, lw=0)
    ax.plot(rows["sizes"], rows["measured"], "o-", color=COLOURS[1], lw=2, label="measured")
    ax.plot(rows["sizes"], rows["formula"], "--", color="black", lw=1.5, label="1 - (1 - FAR)^N")
    ax.set(xscale="log", ylim=(0, 1.02), xlabel="people in the gallery")
    ax.set_ylabel("strangers who match")
    ax.legend(loc="lower right")
    return figure(fig, alt=alt)


def clusters(
    rows: Sequence[Mapping[str, Any]], *, threshold: float | None = None, alt: str | None = None
) -> Drawing:
    """Draw precision and recall of clusters by threshold: by pairs, and picture by picture.

    ``rows``: each with ``threshold``, and ``pairwise`` and ``b_cubed``, of precision and recall.
    ``threshold``: where a line is drawn. Raises InputError for fewer than two rows.
    """
    if len(rows) < 2:
        raise InputError(f"rows: expected two thresholds or more, got {len(rows)}")
    places = [row["threshold"] for row in rows]
    fig, parts = axes(1, 2, width=6.6, height=2.8, sharey=True)
    for ax, (key, name) in zip(parts, (("pairwise", "pairs"), ("b_cubed", "B-cubed")), strict=True):
        precision, recall = np.transpose([row[key] for row in rows])
        ax.plot(places, precision, "o-", ms=3.5, color=COLOURS[1], label="precision")
        ax.plot(places, recall, "s--", ms=3.5, color=COLOURS[0], label="recall")
        if threshold is not None:
            ax.axvline(threshold, color="black", lw=1.2)
        ax.set(xlabel="threshold", title=name, ylim=(-0.02, 1.02))
    parts[0].legend(loc="best")
    return figure(fig, alt=alt)


def search_costs(rows: Sequence[Mapping[str, Any]], *, alt: str | None = None) -> Drawing:
    """Draw each index's recall against the processor time of a query, a line per index and size.

    ``rows``: ``speed`` of ``results.load("identification")``; rows of one index and size, with
    different numbers of lists searched, are joined. Raises InputError for none.
    """
    check_count(rows, "rows")
    groups: dict[tuple[int, str], list[tuple[float, float]]] = {}
    for row in rows:
        point = (1000 * row["single_cpu_s"], row["recall"])
        groups.setdefault((row["vectors"], row["index"]), []).append(point)
    names = list(dict.fromkeys(index for _, index in groups))
    sizes = sorted({size for size, _ in groups})
    fig, ax = axes(width=6.4, height=3.2)
    for (size, index), points in groups.items():
        times, recalls = np.transpose(points)
        number = names.index(index) % 4
        colour, mark = COLOURS[number], "osD^"[number]
        dash, face = ("-", colour) if size == sizes[-1] else ("--", "none")
        ax.plot(times, recalls, dash, color=colour, lw=1.5)
        ax.plot(times, recalls, mark, color=colour, mfc=face, ms=6, label=f"{index}, {size:,}")
    ax.set(xscale="log", ylim=(0, 1.04), xlabel="milliseconds a query", ylabel="recall")
    ax.legend(loc="lower right", fontsize=8, ncols=2)
    return figure(fig, alt=alt)
