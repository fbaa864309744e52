"""Networks compared: trained with other settings, on degraded faces, and by what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from facenet_lite._checks import check_choice
from facenet_lite.book.plots.drawing import COLOURS, Drawing, axes, check_count, figure
from facenet_lite.errors import InputError

LABELS: Final = {
    "auc": "AUC, drawn people",
    "val": "VAL at FAR 0.01, drawn people",
    "lfw_auc": "AUC, LFW's View 1",
    "lfw_auc_mirrored": "AUC, LFW's View 1, mirrored too",
    "lfw_accuracy": "accuracy, LFW's View 1",
    "lfw_accuracy_mirrored": "accuracy, LFW's View 1, mirrored too",
}
"""The metrics of ``experiments.trained.runs``, as axes name them."""
PUBLISHED: Final = "VAL at FAR 0.001, the paper's faces"
TITLES: Final = {"nobody": "drawn people", "lfw": "LFW, View 1's test"}
PAPER: Final = "FaceNet's NN1 on its own data:\nthe shape compares, the height does not"
MARKS: Final = "osD^"
APART: Final = 0.13
"""Networks stand this far apart in one condition, so that intervals do not hide each other."""
ROOM: Final = 130
"""The longest name is this many pixels wide."""
LINE: Final = 16
"""A line of text is this many pixels high."""


def dimensions(
    recorded: Mapping[str, Any], *, metric: str = "val", alt: str | None = None
) -> Drawing:
    """Draw a metric against the embedding's length, beside the paper's Table 5.

    ``recorded``: ``data`` of ``results.load("embedding_dim")``. Ours has 95 % intervals of the mean
    over seeds, the paper's one standard error either side, as it prints them. Raises
    InputError for a metric that was not measured.
    """
    rows = _measured(recorded, metric)
    fig, (ours, theirs) = axes(1, 2, width=6.6, height=2.9)
    places = [int(row["name"]) for row in rows]
    _means(ours, places, [row["summary"][metric] for row in rows], COLOURS[0], "o")
    paper = recorded["paper"]
    levels = [row["level"] for row in paper]
    theirs.errorbar(
        levels, [row["val"] for row in paper], [row["standard_error"] for row in paper],
        marker="D", color=COLOURS[1], lw=1.2,
    )  # fmt: skip
    for ax, ticks in ((ours, places), (theirs, levels)):
        ax.set(xscale="log", xlabel="dimensions")
        ax.set_xticks(ticks, [str(tick) for tick in ticks])
        ax.minorticks_off()
    ours.set_title(LABELS[metric], fontsize=9)
    theirs.set_title(PUBLISHED, fontsize=9)
    return figure(fig, alt=alt)


def amounts(recorded: Mapping[str, Any], *, metric: str = "auc", alt: str | None = None) -> Drawing:
    """Draw a metric against the number of people, and of pictures, beside the paper's Table 6.

    ``recorded``: ``data`` of ``results.load("training_data")``. Dashed: the fitted trend. Raises
    InputError for a metric that was not measured.
    """
    summaries = {row["name"]: row["summary"][metric] for row in _measured(recorded, metric)}
    fig, (people, pictures, theirs) = axes(1, 3, width=6.8, height=2.9)
    endless = recorded["identities"]
    _series(people, endless["settings"], "people", summaries, COLOURS[0], "o", "every one new")
    _line(people, endless["trend"].get(metric), COLOURS[0])
    finite = recorded["pictures"]
    for number, (each, trend) in enumerate(finite["trend"].items()):
        some = [row for row in finite["settings"] if str(row["each"]) == each]
        colour, mark = COLOURS[2 + number % 2], "s^"[number % 2]
        _series(pictures, some, "pictures", summaries, colour, mark, f"{each} each")
        _line(pictures, trend.get(metric), colour)
    table = recorded["paper"]["table"]
    theirs.plot([r["level"] for r in table], [r["val"] for r in table], "D-", color=COLOURS[1])
    people.set(xlabel="people", ylabel=LABELS[metric])
    pictures.set(xlabel="pictures, again and again")
    theirs.set(xlabel="pictures, the paper's", title="VAL, the paper's")
    theirs.title.set_fontsize(9)
    for ax in (people, pictures, theirs):
        ax.set_xscale("log")
        ax.minorticks_off()
    low, high = (f(ax.get_ylim()[i] for ax in (people, pictures)) for i, f in ((0, min), (1, max)))
    for ax in (people, pictures):
        ax.set_ylim(low, high)  # one scale for the two
        ax.legend(loc="lower right", fontsize=8)
    return figure(fig, alt=alt)


def settings(
    recorded: Mapping[str, Any],
    *,
    metrics: Sequence[str] = ("val", "lfw_auc"),
    alt: str | None = None,
) -> Drawing:
    """Draw a row per setting and a panel per metric: mean, 95 % interval, and each seed's value.

    ``recorded``: ``data`` of a result such as ``results.load("margin")``; a dotted line shows the
    untrained network. Raises InputError for no metric, or one that was not measured.
    """
    check_count(metrics, "metrics")
    rows = recorded["settings"]
    height = 0.38 * len(rows) + 1.0
    fig, panels = axes(1, len(metrics), width=6.6, height=height, sharey=True, squeeze=False)
    for ax, metric in zip(panels.flat, metrics, strict=True):
        _measured(recorded, metric)
        for place, row in enumerate(rows):
            found = row["summary"][metric]
            if found is None:
                ax.annotate("not estimable", (0.02, place), xycoords=("axes fraction", "data"),
                            va="center", fontsize=8)  # fmt: skip
                continue
            ax.hlines(place, found["low"], found["high"], lw=5, color=COLOURS[0], alpha=0.4)
            ax.plot(found["values"], [place] * len(found["values"]), "|", color=COLOURS[1], ms=9)
            ax.plot(found["mean"], place, "o", color=COLOURS[0])
        before = recorded["untrained"][metric]
        if before is not None:
            ax.axvline(before["mean"], color="black", lw=1, ls=":")
        ax.set(xlabel=LABELS[metric], ylim=(len(rows) - 0.5, -0.5))
    panels.flat[0].set_yticks(range(len(rows)), [row["name"] for row in rows])
    return figure(fig, alt=alt)


def _measured(recorded: Mapping[str, Any], metric: str) -> list[Mapping[str, Any]]:
    """The settings of which a metric was measured; raises InputError where there is none."""
    check_choice(metric, "metric", LABELS)
    rows = [row for row in recorded["settings"] if row["summary"][metric] is not None]
    if not rows:
        raise InputError(f"metric: {metric!r} was not measured; LFW's need a copy of LFW")
    return rows


def _means(
    ax: Any, places: Sequence[float], found: Sequence[Mapping[str, Any]], colour: str, mark: str,
    label: str | None = None,
) -> None:  # fmt: skip
    """Means with their intervals, and small ticks for the seeds."""
    ax.vlines(places, [f["low"] for f in found], [f["high"] for f in found], color=colour, lw=1.2)
    for place, one in zip(places, found, strict=True):
        ax.plot([place] * len(one["values"]), one["values"], "_", color=colour, ms=8)
    ax.plot(places, [f["mean"] for f in found], mark, color=colour, label=label)


def _series(
    ax: Any, settings: Sequence[Mapping[str, Any]], size: str, summaries: Mapping[str, Any],
    colour: str, mark: str, label: str,
) -> None:  # fmt: skip
    known = [row for row in settings if row["name"] in summaries]
    found = [summaries[row["name"]] for row in known]
    _means(ax, [row[size] for row in known], found, colour, mark, label)


def _line(ax: Any, trend: Mapping[str, Any] | None, colour: str) -> None:
    if trend is not None:
        ax.plot(*zip(*trend["line"], strict=True), "--", color=colour, lw=1)


def curves(
    measured: Mapping[str, Any],
    published: Mapping[int, float],
    *,
    xlabel: str,
    alt: str | None = None,
) -> Drawing:
    """Draw each network's VAL at every level with its 95 % interval, and the paper's, dashed.

    ``measured``: the ``data`` of the results ``jpeg_quality`` or ``image_size``; a set that is None
    there is left out. ``published``: the paper's VAL by level. The levels are evenly spaced, worst
    first and the undegraded faces last; each set's VAL is at the FAR in its title, the paper's at
    0.001. Raises InputError where nothing was measured, for more than four networks, and
    for a set too small to show any rate.
    """
    sets = {key: measured[key] for key in TITLES if measured.get(key) is not None}
    if not sets:
        raise InputError(f"measured: expected {' or '.join(TITLES)}, got neither")
    fig, panels = axes(1, len(sets), width=6.8, height=3.6, sharey=True, squeeze=False)
    for ax, (key, found) in zip(panels.flat, sets.items(), strict=True):
        nets = found["nets"]
        check_count(nets, "nets", most=len(COLOURS))
        if found["far"] is None:
            raise InputError(f"{key}: expected a VAL to draw, got too few pairs for any FAR")
        levels = [row["level"] for row in next(iter(nets.values()))["levels"]]
        for number, (name, net) in enumerate(nets.items()):
            places = [i + APART * (number - (len(nets) - 1) / 2) for i in range(len(levels))]
            up, low, high = zip(*(row["val"] for row in net["levels"]), strict=True)
            ax.vlines(places, low, high, color=COLOURS[number], lw=1.4)
            ax.plot(
                places, up, f"{MARKS[number]}-", color=COLOURS[number], ms=4, lw=1.2, label=name
            )
        known = [(levels.index(level), val) for level, val in published.items() if level in levels]
        ax.plot(*zip(*known, strict=True), "--", color="black", lw=1.5, label=PAPER)
        names = ["undegraded" if level is None else f"{level:,}" for level in levels]
        ax.set_xticks(range(len(levels)), names, rotation=35, ha="right")
        ax.set(xlabel=xlabel, title=f"{TITLES[key]}, FAR {found['far']:g}", ylim=(0, 1.03))
        ax.title.set_fontsize(10)
    panels.flat[0].set_ylabel("VAL")
    handles = panels.flat[0].get_legend_handles_labels()
    fig.legend(*handles, loc="outside lower center", ncols=(len(handles[0]) + 2) // 2, fontsize=9)
    return figure(fig, alt=alt)


def costs(recorded: Mapping[str, Any], *, alt: str | None = None) -> Drawing:
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


def times(recorded: Mapping[str, Any], *, alt: str | None = None) -> Drawing:
    """Draw each network's processor time against its multiply-adds, for each size of batch.

    ``recorded`` is as for ``costs``; bars reach from the lower to the upper quartile. Raises
    InputError for no network.
    """
    networks = recorded["networks"]
    check_count(networks, "networks")
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
