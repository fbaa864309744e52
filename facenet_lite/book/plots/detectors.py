"""What the detectors' test measured, drawn: recall curves, times, operating points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import cycle
from typing import Any, Final

from facenet_lite._checks import describe
from facenet_lite.book.plots.drawing import DETECTOR_COLOURS, Drawing, axes, check_count, figure
from facenet_lite.detect import DETECTORS
from facenet_lite.errors import InputError

LABELS: Final = {name: detector.label for name, detector in DETECTORS.items()}
MARKERS: Final = dict(zip(DETECTORS, cycle("os^DvPX*"), strict=False))
"""A shape for each detector: colour is not all that tells them apart."""
APART: Final = 0.07
"""How far detectors stand apart at one level, so that their intervals do not hide each other."""

Counts = Mapping[str, Mapping[str, Any]]


def recall_curves(
    panels: Mapping[str, Sequence[tuple[str, Counts]]],
    *,
    alt: str | None = None,
) -> Drawing:
    """Draw one small plot a panel: for each level a dot per detector with its interval.

    ``panels``: by title, the levels in order, each a name for the axis and the detectors' counts as
    recorded (``recall``, ``low``, ``high``; without the last two no interval is drawn). Raises
    InputError where there is nothing to draw.
    """
    if not panels or not all(panels.values()):
        raise InputError(f"panels: expected at least one level in each, got {describe(panels)}")
    columns = min(2, len(panels))
    rows = -(-len(panels) // columns)
    fig, grid = axes(rows, columns, width=2.7 * columns, height=2.0 * rows + 0.4, squeeze=False)
    for ax, (title, levels) in zip(grid.flat, panels.items(), strict=False):
        names = list(levels[0][1])
        for place, name in enumerate(names):
            shift = APART * (place - (len(names) - 1) / 2)
            across = [i + shift for i in range(len(levels))]
            counts = [by_name[name] for _, by_name in levels]
            look = {"color": DETECTOR_COLOURS[name], "marker": MARKERS[name], "markersize": 4}
            up = [count["recall"] for count in counts]
            ax.plot(across, up, lw=1.3, label=LABELS[name], **look)
            for x, count in zip(across, counts, strict=True):
                if "low" in count:
                    ax.plot(
                        [x, x], [count["low"], count["high"]], color=look["color"], lw=1, alpha=0.8
                    )
        ax.set_title(title, fontsize=10)
        ax.set_xticks(range(len(levels)), [level for level, _ in levels])
        ax.set_ylim(-0.04, 1.04)
    for ax in grid.flat[len(panels) :]:
        ax.set_visible(False)
    lines, labels = grid.flat[0].get_legend_handles_labels()
    fig.legend(lines, labels, loc="outside upper center", ncols=len(labels))
    return figure(fig, alt=alt)


def timing_dots(times: Mapping[str, Mapping[str, float]], *, alt: str | None = None) -> Drawing:
    """Draw milliseconds per picture, logarithmic: a dot, and a bar from ``p10`` to ``p90``.

    ``times``: by detector, ``cpu_ms``, ``p10``, ``p90``, and, where there is one, the recorded time
    ``peer_ms``, drawn hollow. Raises InputError where there is nothing to draw.
    """
    check_count(times, "times")
    fig, ax = axes(width=5.2, height=0.45 * len(times) + 1.0)
    for row, (name, time) in enumerate(times.items()):
        style = {"color": DETECTOR_COLOURS[name], "marker": MARKERS[name], "markersize": 7}
        ax.plot([time["p10"], time["p90"]], [row, row], color=style["color"], lw=2)
        ax.plot(time["cpu_ms"], row, linestyle="", **style)
        right = 1.15 * max(time["p90"], time.get("peer_ms", 0))
        ax.text(right, row, f"{time['cpu_ms']:.0f} ms", va="center")
        if "peer_ms" in time:
            ax.plot(time["peer_ms"], row, linestyle="", markerfacecolor="none", **style)
    if any("peer_ms" in time for time in times.values()):
        ax.set_title("filled: here; hollow: recorded", fontsize=10)
    ax.set_xscale("log")
    ax.margins(x=0.15, y=0.2)
    ax.set_yticks(range(len(times)), [LABELS[name] for name in times])
    ax.invert_yaxis()
    ax.set_xlabel("processor time per picture, milliseconds")
    return figure(fig, alt=alt)


def operating_curves(
    points: Mapping[str, Sequence[Mapping[str, float]]], *, alt: str | None = None
) -> Drawing:
    """Draw recall against false alarms per picture as each detector's threshold moves.

    ``points``: by detector, ``recall``, ``false_alarms``, and ``default`` where it is the default.
    """
    check_count(points, "points")
    fig, ax = axes(width=5.2, height=3.2)
    for name, curve in points.items():
        across = [point["false_alarms"] for point in curve]
        up = [point["recall"] for point in curve]
        ax.plot(across, up, color=DETECTOR_COLOURS[name], label=LABELS[name], lw=1.5)
        for x, y, point in zip(across, up, curve, strict=True):
            face = DETECTOR_COLOURS[name] if point.get("default") else "none"
            look = {"color": DETECTOR_COLOURS[name], "markerfacecolor": face, "markersize": 7}
            ax.plot(x, y, MARKERS[name], **look)
    ax.set_xscale("symlog", linthresh=0.1)
    ax.set_xlim(left=-0.01)
    ax.set(xlabel="false alarms per picture", ylabel="recall")
    ax.legend()
    return figure(fig, alt=alt)


@dataclass(frozen=True)
class Table:
    """A table for the page."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


def decision_table(rows: Sequence[Mapping[str, Any]], *, caption: str) -> Table:
    """A table of recall in per cent, a row a condition, the leaders in bold with a dot before them.

    ``rows``: ``what``, ``recall`` by detector, ``leaders``. Raises InputError where there is none.
    """
    check_count(rows, "rows")
    names = list(rows[0]["recall"])
    head = "".join(f'<th scope="col">{escape(LABELS[name])}</th>' for name in names)
    body = []
    for row in rows:
        shares = {name: f"{100 * row['recall'][name]:.0f}" for name in names}
        cells = "".join(
            f"<td><strong>•{shares[name]}</strong></td>"
            if name in row["leaders"]
            else f"<td>{shares[name]}</td>"
            for name in names
        )
        body.append(f'<tr><th scope="row">{escape(row["what"])}</th>{cells}</tr>')
    head = f'<thead><tr><th scope="col">what is changed</th>{head}</tr></thead>'
    return Table(
        f'<table class="table"><caption>{escape(caption)}</caption>{head}'
        f"<tbody>{''.join(body)}</tbody></table>"
    )
