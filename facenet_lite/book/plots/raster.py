"""Boxes drawn into a picture's own pixels, for a file to keep."""

from __future__ import annotations

import numpy as np
import PIL.Image
from PIL import ImageColor, ImageDraw

from facenet_lite._checks import check_image
from facenet_lite.book.plots.style import COLOURS
from facenet_lite.types import Detections, Image


def with_boxes(image: Image, found: Detections) -> Image:
    """A copy of an RGB picture with each box drawn on it, and its score above."""
    canvas = PIL.Image.fromarray(check_image(image).copy())
    draw = ImageDraw.Draw(canvas)
    colour = ImageColor.getrgb(COLOURS[0])
    line = max(1, round(min(image.shape[:2]) / 200))
    for (x1, y1, x2, y2), score in found:
        draw.rectangle((x1, y1, x2 - 1, y2 - 1), outline=colour, width=line)
        draw.text((x1 + line + 1, y1 + line), f"{score:.2f}", fill=colour)
    return np.asarray(canvas, np.uint8)
