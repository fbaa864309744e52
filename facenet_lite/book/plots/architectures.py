"""What networks cost and how good they are, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from facenet_lite.book.plots.charts import axes, figure
from facenet_lite.book.plots.style import COLOURS, Drawing
from facenet_lite.errors import InputError

ROOM: Final = 130
"""The longest name is this many pixels wide."""
LINE: Final = 16
"""A line of text is this many pixels high."""


def costs(recorded: Mapping[str, Any], *, alt: str) -> Drawing:
    """Draw accuracy against cost: the paper's networks, in the manner of its Figure 4, and ours.

    ``recorded``: ``data`` of ``results.load("architectures")``. The paper's networks have Table 3's
    VAL with one standard error either side, against multiply-adds (Figure 4 has VAL on the personal
    photos). Ours have the accuracy with its 95 % interval, against the measured time of one picture
    with its quartiles; one that was timed in two libraries, such as "dlib in PyTorch", has two
    points. Raises InputError where no trained network was judged.
    """
    times = {row["name"]: row["milliseconds"]["1"] for row in recorded["networks"]}
    known = [
        (row["name"] if form == row["architecture"] else form, times[form], row["mirrored"])
        for row in recorded["trained"]
        for form in times
        if form == row["architecture"] or form.startswith(f"{row['architecture']} in ")
    ]
    if not known:
        raise InputError("recorded: expected a trained network that was timed and judged on LFW")
    fig, (theirs, ours) = axes(1, 2, width=6.8, height=3.1)
    for row in recorded["paper"]:
        if "madds" in row:
            theirs.errorbar(row["madds"], row["val"], row["standard_error"], marker="D",
                            color=COLOURS[1])  # fmt: skip
    for _, taken, rates in known:
        found = rates["accuracy"]
        ours.hlines(found["value"], taken["lower"], taken["upper"], color=COLOURS[0], lw=2)
        ours.vlines(taken["median"], found["low"], found["high"], color=COLOURS[0], lw=1.2)
        ours.plot(taken["median"], found["value"], "o", color=COLOURS[0])
    named = [(name, taken["median"], rates["accuracy"]["value"]) for name, taken, rates in known]
    theirs.set(xscale="log", xlabel="multiply-adds a picture", ylabel="VAL at FAR 0.001")
    theirs.set_title("the paper's networks and faces", fontsize=9)
    ours.set(xscale="log", xlabel="milliseconds a picture", ylabel="accuracy")
    ours.set_title("LFW's View 1", fontsize=9)
    for ax in (theirs, ours):
        ax.margins(x=0.35)
    _names(theirs, [(r["name"], r["madds"], r["val"]) for r in recorded["paper"] if "madds" in r])
    _names(ours, named)
    return figure(fig, alt=alt)


def times(recorded: Mapping[str, Any], *, alt: str) -> Drawing:
    """Draw each network's processor time against its multiply-adds, for each size of batch.

    ``recorded`` is as for ``costs``; bars reach from the lower to the upper quartile. Raises
    InputError for no network.
    """
    networks = recorded["networks"]
    if not networks:
        raise InputError("recorded: expected at least one network, got none")
    fig, ax = axes(width=6.2, height=3.4)
    for number, batch in enumerate(networks[0]["milliseconds"]):
        colour, mark = COLOURS[number % len(COLOURS)], "osD^"[number % 4]
        found = [row["milliseconds"][batch] for row in networks]
        across = [row["madds"] for row in networks]
        low, high = ([one[end] for one in found] for end in ("lower", "upper"))
        ax.vlines(across, low, high, color=colour, lw=2)
        middle = [one["median"] for one in found]
        ax.plot(across, middle, mark, color=colour, label=f"{batch} at once")
    first = next(iter(networks[0]["milliseconds"]))
    named = [(r["name"], r["madds"], r["milliseconds"][first]["median"]) for r in networks]
    ax.set(xscale="log", yscale="log", xlabel="multiply-adds a picture")
    ax.set_ylabel("milliseconds a picture")
    ax.margins(x=0.5)
    _names(ax, named)
    ax.legend(loc="lower right")
    return figure(fig, alt=alt)


def _names(ax: Any, points: Sequence[tuple[str, float, float]]) -> None:
    """Write points' names to their right, or to their left where another point is in the way.

    The scales and margins of the axes must be set already.
    """
    ax.autoscale_view()
    places = ax.transData.transform([point[1:] for point in points])
    for (text, x, y), place in zip(points, places, strict=True):
        across, up = (places - place).T
        near = (across > 0) & (across < ROOM) & (abs(up) < LINE)
        near |= (abs(across) < LINE / 4) & (up > 0) & (up < LINE)  # right above
        away, side = ((-6, 3), "right") if near.any() else ((6, 3), "left")
        ax.annotate(text, (x, y), xytext=away, textcoords="offset points", ha=side, fontsize=8)
