"""Any matplotlib figure as a drawing of the page."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final

from facenet_lite._extras import named
from facenet_lite.book.plots.style import COLOURS, Drawing, check_alt, drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE: Final[Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "book",
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "legend.framealpha": 0,
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def axes(
    rows: int = 1, columns: int = 1, *, width: float = 6.4, height: float = 3.2, **sharing: bool
) -> tuple[Figure, Any]:
    """A matplotlib figure and its axes in the book's style; ``figure`` shows it.

    ``width`` and ``height`` in inches; ``sharing``: sharex, sharey.
    """
    with named():
        import matplotlib as mpl
        from cycler import cycler
        from matplotlib import pyplot as plt

    with mpl.rc_context({**STYLE, "axes.prop_cycle": cycler(color=COLOURS)}):
        return plt.subplots(rows, columns, figsize=(width, height), layout="constrained", **sharing)  # type: ignore[call-overload,no-any-return,unused-ignore]


def figure(drawn: Figure, *, alt: str) -> Drawing:
    """Turn a matplotlib figure into a drawing whose black follows the text's colour."""
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    check_alt(alt)
    for legend in filter(None, (*drawn.legends, *(ax.get_legend() for ax in drawn.axes))):
        legend.get_frame().set_visible(False)  # its white would stay white in the dark
    buffer = io.StringIO()
    with mpl.rc_context(STYLE):
        drawn.savefig(
            buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
    plt.close(drawn)
    svg = buffer.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = svg.replace("#000000", "currentColor").replace("<svg ", '<svg fill="currentColor" ', 1)
    return drawing(re.sub(r"\n\s*", "\n", svg), alt)
