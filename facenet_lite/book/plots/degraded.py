"""How much VAL falls as faces are degraded, drawn beside the paper's table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from facenet_lite.book.plots.charts import axes, figure
from facenet_lite.book.plots.style import COLOURS, Drawing
from facenet_lite.errors import InputError

TITLES: Final = {"nobody": "drawn people", "lfw": "LFW, View 1's test"}
PAPER: Final = "FaceNet's NN1 on its own data:\nthe shape compares, the height does not"
MARKS: Final = "osD^"
APART: Final = 0.13
"""Networks stand this far apart in one condition, so that intervals do not hide each other."""


def curves(
    measured: Mapping[str, Any], published: Mapping[int, float], *, xlabel: str, alt: str
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
        if not 1 <= len(nets) <= len(COLOURS):
            raise InputError(f"nets: expected 1 to {len(COLOURS)}, got {len(nets)}")
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
