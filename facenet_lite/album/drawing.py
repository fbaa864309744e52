"""A picture of a comparison: the photographs with boxes and points, the crops, the distance."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from facenet_lite.album.verification import Verification
from facenet_lite.embed import Faces
from facenet_lite.types import Image

HEIGHT: Final = 360
"""The height of each photograph, in pixels."""
GAP: Final = 24
CROP: Final = 150
LINE: Final = 130
PAPER: Final = (255, 255, 255)
INK: Final = (38, 50, 56)
CHOSEN: Final = (10, 138, 156)
"""The colour of the face compared; the others are grey."""
OTHER: Final = (150, 158, 163)
STRANGERS: Final = (209, 86, 43)


def verification_picture(a: Image, b: Image, found: Verification) -> Image:
    """Draw a comparison of the pictures ``a`` and ``b``, RGB uint8 (H, W, 3); returns another.

    The two photographs, with every face's box, and box and points of the two that are compared in
    colour; below them their crops, and the squared distance on a line with the threshold.
    """
    shown = [
        _photograph(image, faces, row)
        for image, faces, row in zip((a, b), (found.a, found.b), found.pair, strict=True)
    ]
    width = max(sum(p.width for p in shown) + 3 * GAP, 2 * CROP + LINE + 5 * GAP, 560)
    height = HEIGHT + CROP + LINE + 4 * GAP
    canvas = Pictures.new("RGB", (width, height), PAPER)
    left = (width - sum(p.width for p in shown) - GAP) // 2
    for photograph in shown:
        canvas.paste(photograph, (left, GAP))
        left += photograph.width + GAP
    for side, faces, row in zip((-1, 1), (found.a, found.b), found.pair, strict=True):
        crop = Pictures.fromarray(faces.crops[row]).resize((CROP, CROP))
        x = width // 2 + (side * (CROP + GAP) - CROP) // 2
        canvas.paste(crop, (x, HEIGHT + 2 * GAP))
    _draw_line(ImageDraw.Draw(canvas), found, width, HEIGHT + CROP + 3 * GAP)
    return np.asarray(canvas, np.uint8)


def _photograph(image: Image, faces: Faces, row: int) -> Pictures.Image:
    scale = HEIGHT / image.shape[0]
    picture = Pictures.fromarray(image).resize((max(1, round(image.shape[1] * scale)), HEIGHT))
    draw = ImageDraw.Draw(picture)
    for face in sorted(range(len(faces)), key=lambda one: one == row):  # the chosen one last
        colour = CHOSEN if face == row else OTHER
        draw.rectangle(tuple(scale * float(v) for v in faces.boxes[face]), outline=colour, width=3)
    for x, y in faces.landmarks[row] * scale:
        draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=PAPER, outline=CHOSEN, width=2)
    return picture


def _draw_line(draw: ImageDraw.ImageDraw, found: Verification, width: int, top: int) -> None:
    """The squared distance on a line from 0 to beyond both it and the threshold."""
    font, small = (ImageFont.load_default(size) for size in (18, 14))
    distance, limit = found.squared_distance, found.threshold
    left, right, y = 2 * GAP, width - 2 * GAP, top + 60
    most = 1.25 * max(distance, 2 * limit)

    def place(value: float) -> float:
        return left + (right - left) * value / most

    draw.text((width / 2, top), found.verdict, fill=INK, font=font, anchor="ma")
    draw.rectangle((left, y - 4, place(limit), y + 4), fill=CHOSEN)
    draw.rectangle((place(limit), y - 4, right, y + 4), fill=STRANGERS)
    draw.text((left, y + 30), "0", fill=INK, font=small, anchor="la")
    draw.line((place(limit), y - 12, place(limit), y + 12), fill=INK, width=2)
    draw.text((place(limit), y + 30), f"threshold {limit:.2f}", fill=INK, font=small, anchor="ma")
    x = place(distance)
    draw.polygon([(x, y - 6), (x - 8, y - 20), (x + 8, y - 20)], fill=INK)
    draw.text((x, y + 12), f"{distance:.3f}", fill=INK, font=small, anchor="ma")
