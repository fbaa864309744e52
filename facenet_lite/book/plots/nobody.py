"""Plots of Faces of Nobody: outlines of shapes, covariances, and distances between faces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array
from facenet_lite.book.plots.drawing import COLOURS, Drawing, axes, check_count, composed, figure
from facenet_lite.book.plots.pictures import draw_text
from facenet_lite.errors import InputError

LINES: Final = (
    range(17), range(17, 22), range(22, 27), range(27, 31), range(31, 36),
    (*range(36, 42), 36), (*range(42, 48), 42), (*range(48, 60), 48), (*range(60, 68), 60),
)  # fmt: skip
"""Each line goes through these of the 68 points."""
STYLES: Final = ("-", "--", "-.", ":")
PANEL: Final = 260
GAP: Final = 24
TITLE: Final = 22
"""The sizes in pixels of a panel of outlines, of the gap between two, and of a title."""


def outlines(
    panels: Mapping[str, tuple[ArrayLike, ArrayLike]], *, alt: str | None = None
) -> Drawing:
    """Draw faces as lines through their landmarks, one panel beside the other.

    ``panels``: by title, faint shapes (N, 68, 2) and a bold one (68, 2) on top of them. Raises
    InputError for other shapes, or no panels.
    """
    check_count(panels, "panels")
    body = []
    for number, (title, (many, one)) in enumerate(panels.items()):
        faint = check_array(many, title, shape=(None, 68, 2), dtype=np.float64)
        strong = check_array(one, title, shape=(68, 2), dtype=np.float64)
        everything = np.concatenate([faint, strong[None]])
        low = everything.min(axis=(0, 1))
        scale = PANEL / max(float(np.ptp(everything, axis=(0, 1)).max()), 1e-9)
        left = number * (PANEL + GAP)
        *many_lines, bold = [_lines((shape - low) * scale + [left, TITLE]) for shape in everything]
        body.append(
            f'{draw_text(left, 13, title)}<path d="{"".join(many_lines)}" fill="none" '
            f'stroke="#8a8f96" stroke-width=".5"/><path d="{bold}" fill="none" '
            f'stroke="{COLOURS[1]}" stroke-width="2"/>'
        )
    return composed(len(panels) * (PANEL + GAP) - GAP, PANEL + TITLE, body, alt=alt)


def scatter(
    points: ArrayLike,
    labels: ArrayLike,
    ellipses: Mapping[str, ArrayLike],
    *,
    names: Sequence[str],
    alt: str | None = None,
) -> Drawing:
    """Draw points (N, 2), with the first four labels marked, and covariances as ellipses.

    ``ellipses``: by name, covariances (2, 2), drawn at two standard deviations around the mean of
    all points; ``names``: of the two axes. Raises InputError for other shapes.
    """
    at = check_array(points, "points", shape=(None, 2), dtype=np.float64)
    who = check_array(labels, "labels", shape=(len(at),), dtype=np.int64)
    fig, ax = axes(width=5.6, height=3.8)
    marked = np.unique(who)[:4]
    ax.plot(*at[~np.isin(who, marked)].T, ".", color="#8a8f96", ms=3, alpha=0.5)
    for marker, person in zip("os^D", marked, strict=False):
        ax.plot(*at[who == person].T, marker, ms=6, color=COLOURS[2], mec="#ffffff", mew=0.6)
    for number, (name, covariance) in enumerate(ellipses.items()):
        curve = at.mean(axis=0) + ellipse(check_array(covariance, name, shape=(2, 2), dtype=float))
        ax.plot(*curve.T, STYLES[number % 4], color=COLOURS[number % 2], lw=2, label=name)
    ax.set(xlabel=names[0], ylabel=names[1], aspect="equal")
    fig.legend(loc="outside upper center", ncols=max(1, len(ellipses)))
    return figure(fig, alt=alt)


def shares(parts: Mapping[str, ArrayLike], *, alt: str | None = None, xlabel: str) -> Drawing:
    """Draw which part of each of K components, numbered from 1, each source explains.

    ``parts``: by name, K numbers from 0 to 1, side by side in bars. Raises InputError for none.
    """
    check_count(parts, "parts")
    fig, ax = axes(height=2.6)
    width = 0.8 / len(parts)
    hatches = ("", "//", "xx", "--")
    for number, (name, values) in enumerate(parts.items()):
        tall = check_array(values, name, shape=(None,), dtype=np.float64)
        place = np.arange(1, len(tall) + 1) + (number - (len(parts) - 1) / 2) * width
        ax.bar(place, tall, 0.92 * width, label=name, hatch=hatches[number % 4], ec="#ffffff", lw=0)
    ax.set(xlabel=xlabel, ylabel="share of its variance", xticks=np.arange(1, len(tall) + 1))
    fig.legend(loc="outside upper center", ncols=len(parts))
    return figure(fig, alt=alt)


def distances(
    histograms: Mapping[str, ArrayLike], edges: ArrayLike, *, alt: str | None = None
) -> Drawing:
    """Draw recorded histograms of squared distances, each scaled to the same area.

    ``histograms``: by name, counts (K,); ``edges``: (K + 1,). Raises InputError for other shapes,
    or a histogram of nothing.
    """
    at = check_array(edges, "edges", shape=(None,), dtype=np.float64)
    fig, ax = axes(height=2.8)
    for number, (name, counts) in enumerate(histograms.items()):
        tall = check_array(counts, name, shape=(len(at) - 1,), dtype=np.float64)
        if tall.sum() <= 0:
            raise InputError(f"{name}: expected a histogram that counts something")
        style = {"color": COLOURS[number % 4], "linestyle": STYLES[number % 4], "lw": 2}
        ax.stairs(tall / tall.sum() / np.diff(at), at, label=name, **style)
    ax.set(xlabel="squared distance of dlib's embeddings", yticks=[], ylabel="share of the faces")
    fig.legend(loc="outside upper center", ncols=2)
    return figure(fig, alt=alt)


def _lines(shape: NDArray[np.float64]) -> str:
    """An SVG path through the landmarks (68, 2) of one face."""
    points = [f"{x:.0f} {y:.0f}" for x, y in shape]
    return "".join("M" + "L".join(points[i] for i in line) for line in LINES)


def ellipse(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (100, 2) two standard deviations from the origin, for a covariance (2, 2)."""
    angle = np.linspace(0, 2 * np.pi, 100)
    values, vectors = np.linalg.eigh(covariance)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    around: NDArray[np.float64] = 2 * circle * np.sqrt(np.maximum(values, 0)) @ vectors.T
    return around
