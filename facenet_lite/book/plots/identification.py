"""Plots of galleries that grow, of clusters by threshold, and of the cost of a search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array
from facenet_lite.book.plots.charts import axes, figure
from facenet_lite.book.plots.style import COLOURS, Drawing
from facenet_lite.errors import InputError


def ranks(curves: Mapping[str, ArrayLike], *, alt: str) -> Drawing:
    """Draw CMC curves: the share of probes (k,) whose person is among the nearest 1 to k.

    Raises InputError where there is none, or more than four.
    """
    if not 1 <= len(curves) <= len(COLOURS):
        raise InputError(f"curves: expected 1 to {len(COLOURS)}, got {len(curves)}")
    fig, ax = axes(width=5.6, height=2.8)
    lowest = 1.0
    for (name, given), mark in zip(curves.items(), "osD^", strict=False):
        shares = check_array(given, name, shape=(None,), dtype=np.float64)
        ax.plot(np.arange(1, len(shares) + 1), shares, f"{mark}-", ms=4, lw=2, label=name)
        lowest = min(lowest, float(shares.min()))
    ax.set(xlabel="rank k", ylabel="share of probes", ylim=(max(0, lowest - 0.05), 1.01))
    ax.legend(loc="lower right")
    return figure(fig, alt=alt)


def false_accepts(recorded: Mapping[str, ArrayLike], *, alt: str) -> Drawing:
    """Draw the share of strangers who match somebody against the gallery's size, and the formula.

    ``recorded``: ``sizes``, ``measured``, ``low``, ``high`` and ``formula``, (S,) each, as
    ``evaluate.FalseAccepts`` has them.
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
    rows: Sequence[Mapping[str, Any]], *, threshold: float | None = None, alt: str
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


def search_costs(rows: Sequence[Mapping[str, Any]], *, alt: str) -> Drawing:
    """Draw each index's recall against the processor time of a query, a line per index and size.

    ``rows``: ``speed`` of ``results.load("identification")``; rows of one index and size, with
    different numbers of lists searched, are joined. Raises InputError
    for none.
    """
    if not rows:
        raise InputError("rows: expected at least one measurement, got none")
    groups: dict[tuple[int, str], list[tuple[float, float]]] = {}
    for row in rows:
        point = (1000 * row["single_cpu_s"], row["recall"])
        groups.setdefault((row["vectors"], row["index"]), []).append(point)
    names = list(dict.fromkeys(index for _, index in groups))
    sizes = sorted({size for size, _ in groups})
    fig, ax = axes(width=6.4, height=3.2)
    for (size, index), points in groups.items():
        times, recalls = np.transpose(points)
        small = size != sizes[-1]
        colour, mark = COLOURS[names.index(index) % len(COLOURS)], "osD^"[names.index(index) % 4]
        label = f"{index}, {size:,}"
        face = "none" if small else colour
        ax.plot(times, recalls, "--" if small else "-", color=colour, lw=1.5)
        ax.plot(times, recalls, mark, color=colour, mfc=face, ms=6, label=label)
    ax.set(xscale="log", ylim=(0, 1.04), xlabel="milliseconds a query", ylabel="recall")
    ax.legend(loc="lower right", fontsize=8, ncols=2)
    return figure(fig, alt=alt)
