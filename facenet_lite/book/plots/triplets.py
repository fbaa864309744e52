"""Plots of triplets: their gradients and distances, what mining picks, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array, check_number
from facenet_lite.book.plots.drawing import COLOURS, Drawing, axes, check_count, figure
from facenet_lite.errors import InputError
from facenet_lite.losses import Diagnosis
from facenet_lite.miners import Census

NAMES: Final = ("a", "p", "n")
MARKERS: Final = ("o", "s", "^", "D")
"""Marks tell the people apart, besides their colours."""
KINDS: Final = {"hard": COLOURS[1], "semi-hard": COLOURS[0], "easy": "#8c8c8c"}
"""The three kinds of negatives, from near to far, and their colours."""


def slopes(
    points: ArrayLike, gradient: ArrayLike, *, alt: str | None = None, rate: float = 1.0
) -> Drawing:
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
        arrow = {"arrowstyle": "-|>", "color": colour, "lw": 2}
        ax.annotate("", place + step, place, arrowprops=arrow)
        ax.plot(*place, "o", color=colour, markersize=8)
        ax.annotate(name, place, (8, 5), textcoords="offset points", fontsize=12, color="#000000")
    reach = np.concatenate([places, places + steps])
    (left, bottom), (right, top) = reach.min(axis=0), reach.max(axis=0)
    ax.set(aspect="equal", xlim=(left - 0.15, right + 0.15), ylim=(bottom - 0.15, top + 0.2))
    return figure(fig, alt=alt)


def reach(
    to_positives: ArrayLike, to_negatives: ArrayLike, margin: float, *, alt: str | None = None
) -> Drawing:
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
    ax.set(xlabel="squared distance from the anchor", ylim=(-0.6, len(positives) + 0.6))
    return figure(fig, alt=alt)


def paths(
    runs: Mapping[str, ArrayLike], people: Sequence[int], *, alt: str | None = None
) -> Drawing:
    """Draw how points in the plane moved: by title, their places (S + 1, B, 2) step by step.

    A small dot is where a point began, a large mark where it ended; colour and mark tell its
    person. Raises InputError where there is nothing to draw.
    """
    check_count(runs, "runs")
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
        places = steps.reshape(-1, 2)
        middle = (places.max(axis=0) + places.min(axis=0)) / 2
        half = 0.55 * max(float(np.ptp(places, axis=0).max()), 1e-3)
        ax.set(aspect="equal", xlim=middle[0] + [-half, half], ylim=middle[1] + [-half, half])
        ax.set_title(title, fontsize=10)
    for ax in panels.flat[len(runs) :]:
        ax.set_visible(False)
    return figure(fig, alt=alt)


def census(counts: Mapping[str, Census], *, alt: str | None = None) -> Drawing:
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
    ax.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure(fig, alt=alt)


def on_a_line(
    to_positive: float, to_negatives: ArrayLike, margin: float, *, alt: str | None = None
) -> Drawing:
    """Draw an anchor's negatives by squared distance, with one positive and its margin.

    ``to_negatives``: (N,). Raises InputError for NaN, or a distance below 0.
    """
    near = float(check_number(to_positive, "to_positive", low=0))
    edge = near + float(check_number(margin, "margin", low=0))
    far = check_array(to_negatives, "to_negatives", shape=(None,), dtype=np.float64)
    kinds = [far <= near, (far > near) & (far < edge), far >= edge]
    fig, ax = axes(width=6.4, height=1.7)
    for rows, (name, colour), marker in zip(kinds, KINDS.items(), ("v", "D", "o"), strict=True):
        look = {"color": colour, "label": name, "ms": 6, "clip_on": False}
        ax.plot(far[rows], np.zeros(rows.sum()), marker, **look)
    ax.axvspan(near, edge, color=COLOURS[0], alpha=0.18, lw=0)
    ax.axvline(near, color=COLOURS[0], lw=2, label="the positive")
    ax.set(xlabel="squared distance from the anchor", yticks=[], ylim=(-1, 1))
    ax.set_xlim(left=0)
    ax.spines["left"].set_visible(False)
    ax.legend(ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure(fig, alt=alt)


def spreads(
    histories: Mapping[str, Sequence[Diagnosis]],
    *,
    every: int = 1,
    bound: float | None = None,
    alt: str | None = None,
) -> Drawing:
    """Draw the spread of the embeddings and the share of active triplets over the steps.

    ``every``: steps from one diagnosis to the next; ``bound``: a line in the first panel.
    Raises InputError where there is no history.
    """
    check_count(histories, "histories")
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
    right.legend()
    return figure(fig, alt=alt)


def stale(shares: Mapping[str, Sequence[float]], *, alt: str | None = None) -> Drawing:
    """Draw the share of mined triplets that still have a loss 0, 1, 2, ... steps later.

    Raises InputError where there is nothing to draw.
    """
    check_count(shares, "shares")
    fig, ax = axes(width=5.6, height=2.6)
    for number, (name, share) in enumerate(shares.items()):
        style = ("-", "--", ":", "-.")[number % 4]
        ax.plot(100 * np.array(share), style, color=COLOURS[number % len(COLOURS)], label=name)
    ax.set(xlabel="steps since they were mined", ylabel="per cent still active", ylim=(0, 104))
    ax.legend()
    return figure(fig, alt=alt)
