"""Pictures and plots that follow the page's light and dark themes, each with alternative text.

Every function draws results that it is given, and computes none.
"""

from facenet_lite.book.plots.drawing import COLOURS, DETECTOR_COLOURS, axes, figure
from facenet_lite.book.plots.embeddings import chain
from facenet_lite.book.plots.pictures import picture, sheet

__all__ = ["COLOURS", "DETECTOR_COLOURS", "axes", "chain", "figure", "picture", "sheet"]
