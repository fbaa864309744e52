"""Networks trained with other settings, drawn: means with intervals, and each seed's value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from facenet_lite._checks import check_choice
from facenet_lite.book.plots.charts import axes, figure
from facenet_lite.book.plots.style import COLOURS, Drawing
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
PAPER: Final = "VAL at FAR 0.001, the paper's faces"


def dimensions(recorded: Mapping[str, Any], *, metric: str = "val", alt: str) -> Drawing:
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
    theirs.set_title(PAPER, fontsize=9)
    return figure(fig, alt=alt)


def amounts(recorded: Mapping[str, Any], *, metric: str = "auc", alt: str) -> Drawing:
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
    names: Mapping[str, str] | None = None,
    alt: str,
) -> Drawing:
    """Draw a row per setting and a panel per metric: mean, 95 % interval, and each seed's value.

    ``recorded``: ``data`` of a result such as ``results.load("margin")``; a dotted line shows the
    untrained network. ``names``: other names for settings. Raises InputError for no metric, or one
    that was not measured.
    """
    if not metrics:
        raise InputError("metrics: expected at least one, got none")
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
    labels = [(names or {}).get(row["name"], row["name"]) for row in rows]
    panels.flat[0].set_yticks(range(len(rows)), labels)
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
