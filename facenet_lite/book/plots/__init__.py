"""Pictures and plots that follow the page's light and dark themes, each with a text for the blind.

Every function takes results and draws them; none computes any.
"""

from __future__ import annotations

from facenet_lite.book.plots.chain import chain
from facenet_lite.book.plots.charts import axes, figure
from facenet_lite.book.plots.pictures import picture, sheet
from facenet_lite.book.plots.style import COLOURS, DETECTOR_COLOURS, Drawing

__all__ = [
    "COLOURS",
    "DETECTOR_COLOURS",
    "Drawing",
    "axes",
    "chain",
    "figure",
    "picture",
    "sheet",
]
