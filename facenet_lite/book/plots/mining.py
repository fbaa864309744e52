"""Plots of what mining picks, and of what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array, check_number
from facenet_lite.book.plots.charts import axes, figure
from facenet_lite.book.plots.style import COLOURS, Drawing
from facenet_lite.errors import InputError
from facenet_lite.losses import Diagnosis
from facenet_lite.miners import Census

KINDS: Final = {"hard": COLOURS[1], "semi-hard": COLOURS[0], "easy": "#8c8c8c"}
"""The three kinds of negatives, from near to far, and their colours."""


def census(counts: Mapping[str, Census], *, alt: str) -> Drawing:
    """Draw a bar for each batch: the shares of its triplets that are hard, semi-hard and easy.

    Raises InputError where there is no batch, or one without triplets.
    """
    if not counts or any(count.total == 0 for count in counts.values()):
        raise InputError("counts: expected at least one batch, and triplets in each")
    fig, ax = axes(width=6.2, height=0.55 * len(counts) + 1.1)
    left = np.zeros(len(counts))
    for name, colour in KINDS.items():
        share = [100 * getattr(c, name.replace("-", "_")) / c.total for c in counts.values()]
        ax.barh(range(len(counts)), share, left=left, color=colour, label=name, height=0.6)
        left += share
    ax.set_yticks(range(len(counts)), list(counts))
    ax.invert_yaxis()
    ax.set(xlabel="per cent of all valid triplets", xlim=(0, 100))
    ax.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure(fig, alt=alt)


def on_a_line(to_positive: float, to_negatives: ArrayLike, margin: float, *, alt: str) -> Drawing:
    """Draw an anchor's negatives by squared distance, with one positive and its margin.

    ``to_negatives``: (N,). Raises InputError for NaN, or a distance below 0.
    """
    near = float(check_number(to_positive, "to_positive", low=0))
    edge = near + float(check_number(margin, "margin", low=0))
    far = check_array(to_negatives, "to_negatives", shape=(None,), dtype=np.float64)
    kinds = [far <= near, (far > near) & (far < edge), far >= edge]
    fig, ax = axes(width=6.4, height=1.7)
    for rows, (name, colour), marker in zip(kinds, KINDS.items(), ("v", "D", "o"), strict=True):
        ax.plot(
            far[rows], np.zeros(rows.sum()), marker, color=colour, label=name, ms=6, clip_on=False
        )
    ax.axvspan(near, edge, color=COLOURS[0], alpha=0.18, lw=0)
    ax.axvline(near, color=COLOURS[0], lw=2, label="the positive")
    ax.set(xlabel="squared distance from the anchor", yticks=[], ylim=(-1, 1))
    ax.set_xlim(left=0)
    ax.spines["left"].set_visible(False)
    ax.legend(frameon=False, ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure(fig, alt=alt)


def spreads(
    histories: Mapping[str, Sequence[Diagnosis]],
    *,
    every: int = 1,
    bound: float | None = None,
    alt: str,
) -> Drawing:
    """Draw the spread of the embeddings and the share of active triplets over the steps.

    ``every``: steps from one diagnosis to the next; ``bound``: a line in the first panel.
    Raises InputError where there is no history.
    """
    if not histories:
        raise InputError("histories: expected at least one, got none")
    fig, (left, right) = axes(1, 2, width=6.6, height=2.8)
    for number, (name, history) in enumerate(histories.items()):
        look = {"color": COLOURS[number % len(COLOURS)], "ls": ("-", "--", ":", "-.")[number % 4]}
        steps = every * np.arange(len(history))
        left.plot(steps, [step.spread for step in history], label=name, **look)
        right.plot(steps, [100 * step.active_fraction for step in history], label=name, **look)
    if bound is not None:
        left.axhline(bound, color="#8c8c8c", lw=1)
    left.set(xlabel="step", ylabel="spread", yscale="log")
    right.set(xlabel="step", ylabel="active, per cent of all")
    right.legend(frameon=False)
    return figure(fig, alt=alt)


def stale(shares: Mapping[str, Sequence[float]], *, alt: str) -> Drawing:
    """Draw the share of mined triplets that still have a loss 0, 1, 2, ... steps later.

    Raises InputError where there is nothing to draw.
    """
    if not shares:
        raise InputError("shares: expected at least one, got none")
    fig, ax = axes(width=5.6, height=2.6)
    for number, (name, share) in enumerate(shares.items()):
        style = ("-", "--", ":", "-.")[number % 4]
        ax.plot(100 * np.array(share), style, color=COLOURS[number % len(COLOURS)], label=name)
    ax.set(xlabel="steps since they were mined", ylabel="per cent still active", ylim=(0, 104))
    ax.legend(frameon=False)
    return figure(fig, alt=alt)
