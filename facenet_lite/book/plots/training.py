"""Curves of a training run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from facenet_lite.book.plots.drawing import Drawing, axes, figure

Rows = Sequence[Mapping[str, Any]]
DASHES: Final = ("-", "--", ":", "-.")


def run(steps: Rows, *, alt: str | None = None) -> Drawing:
    """Four panels of a run's log: loss, active triplets, mean distances, spread."""
    at = [int(row["step"]) for row in steps]
    drawn, panels = axes(2, 2, width=6.4, height=4.4, sharex=True)

    def line(panel: Any, name: str, label: str | None = None, dash: str = "-") -> None:
        panel.plot(at, [float(row[name]) for row in steps], dash, lw=1.2, label=label)

    (loss, active), (means, spread) = panels
    line(loss, "loss")
    loss.set(title="loss of the active triplets", ylim=(0, None))
    line(active, "active_fraction")
    active.set(title="share of triplets that are active", ylim=(0, 1))
    line(means, "mean_negative", "two people", "--")
    line(means, "mean_positive", "one person")
    means.set(title="mean squared distance", xlabel="step", ylim=(0, None))
    means.legend()
    line(spread, "spread")
    spread.set(title="spread", xlabel="step", ylim=(0, None))
    return figure(drawn, alt=alt)


def looks(runs: Mapping[str, Rows], *, alt: str | None = None) -> Drawing:
    """AUC and VAL on people held out, against the step, one line a run."""
    drawn, (auc, val) = axes(1, 2, width=6.4, height=2.8)
    for number, (name, rows) in enumerate(runs.items()):
        at = [int(float(row["step"])) for row in rows]
        dash = DASHES[number % 4]
        auc.plot(at, [float(row["auc"]) for row in rows], dash, label=name)
        val.plot(at, [float(row["val"] or "nan") for row in rows], dash, label=name)
    auc.set(title="AUC", xlabel="step", ylim=(0.5, 1))
    val.set(title="VAL at FAR 0.01", xlabel="step", ylim=(0, 1))
    if len(runs) > 1:
        auc.legend()
    return figure(drawn, alt=alt)


def compare(runs: Mapping[str, Rows], *, alt: str | None = None) -> Drawing:
    """Loss and spread of several runs, one line a run; the spread on a scale of powers of 10."""
    drawn, (loss, spread) = axes(1, 2, width=6.4, height=2.8)
    for number, (name, rows) in enumerate(runs.items()):
        dash, at = DASHES[number % 4], [int(row["step"]) for row in rows]
        for panel, key in ((loss, "loss"), (spread, "spread")):
            panel.plot(at, [float(row[key]) for row in rows], dash, lw=1.4, label=name)
    loss.set(title="loss of the active triplets", xlabel="step", ylim=(0, None))
    spread.set(title="spread", xlabel="step", yscale="log")
    drawn.legend(*spread.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure(drawn, alt=alt)


def rates(rates: Mapping[str, Sequence[float]], *, alt: str | None = None) -> Drawing:
    """Learning rates against the step, one line a schedule."""
    drawn, panel = axes(width=4.8, height=2.2)
    for number, (name, values) in enumerate(rates.items()):
        dash = DASHES[number % 4]
        panel.plot(np.arange(len(values)), values, dash, label=name)
    panel.set(xlabel="step", ylabel="learning rate", ylim=(0, None))
    panel.legend()
    return figure(drawn, alt=alt)
