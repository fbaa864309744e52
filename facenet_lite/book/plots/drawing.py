"""The book's colours, and how a drawing, matplotlib's or the package's own, reaches the page."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence, Sized
from dataclasses import dataclass
from html import escape
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from facenet_lite._extras import named
from facenet_lite.book.plots.described import described
from facenet_lite.detect import DETECTORS
from facenet_lite.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS: Final = ("#0a8a9c", "#d1562b", "#7c6fd6", "#4d8f3a")
"""Line colours, each with a contrast of at least 3:1 against the white and the dark page."""

DETECTOR_COLOURS: Final = {name: detector.colour for name, detector in DETECTORS.items()}

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

_drawings = count(1)


@dataclass(frozen=True)
class Drawing:
    """An SVG for the page, in the text's own colour, with a text that says what it shows.

    ``alt``: None, where the notebook's cell says it (``describe``).
    """

    svg: str
    alt: str | None = None

    def _repr_html_(self) -> str:
        """The drawing as HTML; ids are made new, since a page must not have one twice."""
        prefix = f"d{next(_drawings)}-"
        svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', self.svg)
        if self.alt is None and (alt := described()):
            svg = named_svg(svg, alt)
        svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}\1)", svg)
        return re.sub(r'((?:xlink:)?href)="#([^"]+)"', rf'\1="#{prefix}\2"', svg)


def composed(
    width: float, height: float, body: Sequence[str], *, alt: str | None = None
) -> Drawing:
    """Make a drawing of SVG elements, of the given size in pixels of the page."""
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    return drawing(f'<svg {size} fill="currentColor">{"".join(body)}</svg>', alt)


def drawing(svg: str, alt: str | None = None) -> Drawing:
    """Make a drawing of an SVG that begins with ``<svg``; ``alt`` becomes its accessible name.

    Raises InputError for an ``alt`` that says nothing.
    """
    style = 'class="fl-drawing" style="max-width:100%;height:auto"'
    styled = svg.replace("<svg ", f"<svg {style} ", 1)
    return Drawing(styled if alt is None else named_svg(styled, check_alt(alt)), alt)


def named_svg(svg: str, alt: str) -> str:
    """Give an SVG its accessible name."""
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1)


def check_alt(alt: str) -> str:
    """Return ``alt``, or raise InputError where it says nothing."""
    if not isinstance(alt, str) or len(alt.strip()) < 10:
        raise InputError(f"alt: expected a sentence that says what the picture shows, got {alt!r}")
    return alt


def check_count(things: Sized, name: str, *, most: int | None = None) -> None:
    """Raise InputError where there are no things, or more than ``most``."""
    if not len(things) or (most is not None and len(things) > most):
        expected = "at least one" if most is None else f"1 to {most}"
        raise InputError(f"{name}: expected {expected}, got {len(things)}")


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


def figure(drawn: Figure, *, alt: str | None = None) -> Drawing:
    """Turn a matplotlib figure into a drawing whose black follows the text's colour."""
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    if alt is not None:
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
