"""The book's colours, and the form in which a drawing reaches the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from itertools import count
from typing import Final

from facenet_lite.detect import DETECTORS
from facenet_lite.errors import InputError

COLOURS: Final = ("#0a8a9c", "#d1562b", "#7c6fd6", "#4d8f3a")
"""Line colours, each with a contrast of at least 3:1 against the white and the dark page."""

DETECTOR_COLOURS: Final = {name: detector.colour for name, detector in DETECTORS.items()}

_drawings = count(1)


@dataclass(frozen=True)
class Drawing:
    """An SVG for the page, in the text's own colour, with a text that says what it shows."""

    svg: str
    alt: str

    def _repr_html_(self) -> str:
        """The drawing as HTML; ids are made new, since a page must not have one twice."""
        prefix = f"d{next(_drawings)}-"
        svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', self.svg)
        svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}\1)", svg)
        return re.sub(r'((?:xlink:)?href)="#([^"]+)"', rf'\1="#{prefix}\2"', svg)


def drawing(svg: str, alt: str) -> Drawing:
    """Make a drawing of an SVG that begins with ``<svg``; ``alt`` becomes its accessible name.

    Raises InputError for an empty ``alt``.
    """
    style = 'class="fl-drawing" style="max-width:100%;height:auto"'
    head = f'<svg role="img" aria-label="{escape(check_alt(alt))}" {style} '
    return Drawing(svg.replace("<svg ", head, 1), alt)


def check_alt(alt: str) -> str:
    """Return ``alt``, or raise InputError where it says nothing."""
    if not isinstance(alt, str) or len(alt.strip()) < 10:
        raise InputError(f"alt: expected a sentence that says what the picture shows, got {alt!r}")
    return alt
