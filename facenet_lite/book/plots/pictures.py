"""Photographs with boxes and points on them: a small JPEG under vectors."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence, Sized
from html import escape
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array, check_boxes, check_image, check_number
from facenet_lite.book.plots.drawing import COLOURS, DETECTOR_COLOURS, Drawing, composed
from facenet_lite.errors import InputError
from facenet_lite.imaging import jpeg_bytes, resize
from facenet_lite.types import Detections, Image

BoxesLike: TypeAlias = ArrayLike | Detections

QUALITY: Final = 78
"""The quality of the JPEG that a photograph becomes."""
GAP: Final = 8
LINE: Final = 22
"""The gap between pictures, and the height of a line of text, in pixels of the page."""


def picture(
    image: Image,
    boxes: BoxesLike | Mapping[str, BoxesLike] | None = None,
    labels: Sequence[str] | None = None,
    points: ArrayLike | None = None,
    *,
    alt: str | None = None,
    width: int = 400,
) -> Drawing:
    """Draw a picture, boxes on it, and points.

    ``boxes``: (N, 4) or Detections, or a mapping from names to them, which gives each name a colour
    and a place in the legend: detectors have their own, of other names there may be four.
    ``labels``: a text for each box of a single set.
    ``points``: (..., 2), x and y. ``width``: in pixels on the page. Raises InputError for boxes of
    another shape, labels that are not as many as the boxes, or more names than colours.
    """
    rows, columns = check_image(image).shape[:2]
    check_number(width, "width", low=16, integer=True)
    scale = width / columns
    sets = _sets(boxes)
    others = [name for name in sets if name not in DETECTOR_COLOURS]
    if len(others) > len(COLOURS):
        raise InputError(f"boxes: expected {len(COLOURS)} names at most, got {len(others)}")
    longest = max(map(len, sets), default=0)
    across = max(1, int(width // max(100, 7.4 * (longest + 6) + 18)))  # names in a line
    legend = LINE * math.ceil(len(sets) / across) if isinstance(boxes, Mapping) else 0
    height = round(rows * scale)
    body = [draw_photo(image, 0, 0, width, height)]
    for number, (name, rectangles) in enumerate(sets.items()):
        colour = DETECTOR_COLOURS.get(name, COLOURS[number % len(COLOURS)])
        texts = labels if labels is not None else [""] * len(rectangles)
        if len(texts) != len(rectangles):
            raise InputError(
                f"labels: expected one for each of {len(rectangles)} boxes, got {len(texts)}"
            )
        for box, text in zip(rectangles * scale, texts, strict=True):
            body.append(draw_box(box, colour, text, width, height))
        if legend:
            x, y = (number % across) * width / across, height + LINE * (number // across) + 6
            body += [
                f'<rect x="{x:.1f}" y="{y:.1f}" width="12" height="12" fill="{colour}"/>',
                draw_text(x + 18, y + 11, f"{name}: {len(rectangles) or 'none'}"),
            ]
    if points is not None:
        dots = np.asarray(points, np.float64).reshape(-1, 2)
        check_array(dots, "points", shape=(None, 2), dtype=np.float64)
        body += [draw_dot((x + 0.5) * scale, (y + 0.5) * scale) for x, y in dots]
    return composed(width, height + legend, body, alt=alt)


def sheet(
    images: Sequence[Image],
    titles: Sequence[str] | None = None,
    *,
    alt: str | None = None,
    columns: int = 4,
    boxes: Sequence[BoxesLike] | None = None,
    width: int = 640,
) -> Drawing:
    """Draw pictures in rows of ``columns``, with a title under each, and boxes on each.

    ``boxes``: one (N, 4) or Detections for each picture. Raises InputError where there are no
    pictures, or not as many titles or boxes as pictures.
    """
    check_lengths(len(images), images=images, titles=titles, boxes=boxes)
    shapes = [check_image(image).shape for image in images]
    places, bottom = grid(shapes, columns, width, LINE if titles is not None else 0)
    body = []
    for i, (left, top, side, height) in enumerate(places):
        body.append(draw_photo(images[i], left, top, side, height))
        for box in _boxes(boxes[i]) if boxes is not None else []:
            shifted = box * (side / shapes[i][1]) + np.array([left, top, left, top])
            body.append(draw_box(shifted, COLOURS[0], "", width, top + height))
        if titles is not None:
            body.append(draw_text(left, top + height + 15, titles[i]))
    return composed(width, math.ceil(bottom), body, alt=alt)


def check_lengths(number: int, **lists: Sized | None) -> None:
    """Raise InputError for no pictures, or a list that has not one thing for each of them."""
    for name, given in lists.items():
        if given is not None and (len(given) != number or number == 0):
            raise InputError(f"{name}: expected {max(1, number)}, got {len(given)}")


def grid(
    shapes: Sequence[tuple[int, ...]], columns: int, width: float, line: int, *, gap: int = GAP
) -> tuple[list[tuple[float, float, float, float]], float]:
    """Places in rows of ``columns`` for pictures of these shapes (height, width, ...).

    Each is left, top, width, height; under it is room for a title of height ``line``. Also returns
    where the last row ends, all in pixels of the page.
    """
    columns = min(check_number(columns, "columns", low=1, integer=True), len(shapes))
    side = (width - gap * (columns - 1)) / columns
    heights = [side * rows / across for rows, across, *_ in shapes]
    places, top = [], 0.0
    for start in range(0, len(shapes), columns):
        row = heights[start : start + columns]
        places += [(place * (side + gap), top, side, height) for place, height in enumerate(row)]
        top += max(row) + line + gap
    return places, top - gap


def photo_uri(image: Image, width: int, quality: int = QUALITY) -> str:
    """The picture as a JPEG of at most ``width`` pixels, in a ``data:`` address."""
    small = resize(image, width=width) if image.shape[1] > width else image
    return "data:image/jpeg;base64," + base64.b64encode(jpeg_bytes(small, quality=quality)).decode()


def _sets(boxes: BoxesLike | Mapping[str, BoxesLike] | None) -> dict[str, np.ndarray]:
    if boxes is None:
        return {}
    if isinstance(boxes, Mapping):
        return {name: _boxes(some) for name, some in boxes.items()}
    return {"": _boxes(boxes)}


def _boxes(boxes: BoxesLike) -> np.ndarray:
    given = boxes.boxes if isinstance(boxes, Detections) else boxes
    array = np.asarray(given, np.float64)
    return check_boxes(array.reshape(0, 4) if array.size == 0 else array)


def draw_photo(image: Image, x: float, y: float, width: float, height: float) -> str:
    """A photograph at a place, in the page's pixels."""
    # A little sharper than the page, 400 pixels at most: a page stays under 1.5 MB.
    uri = photo_uri(image, min(400, max(16, round(width * 1.2))))
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<image {place} preserveAspectRatio="none" href="{uri}"/>'


def draw_box(box: np.ndarray, colour: str, text: str, width: float, bottom: float) -> str:
    """A box x1 y1 x2 y2 in the page's pixels, and its text, kept within the picture."""
    x1, y1, x2, y2 = box
    place = f'x="{x1:.1f}" y="{y1:.1f}" width="{x2 - x1:.1f}" height="{y2 - y1:.1f}" fill="none"'
    # A white line under the coloured one keeps it visible on any picture.
    lines = f'<rect {place} stroke="#fff" stroke-width="4" stroke-opacity=".7"/>'
    lines += f'<rect {place} stroke="{colour}" stroke-width="2"/>'
    if not text:
        return lines
    long = 7.4 * len(text) + 8
    x, y = min(max(0, x1), width - long), min(max(0.0, y1 - 18), bottom - 18)
    plate = f'<rect x="{x:.1f}" y="{y:.1f}" width="{long:.1f}" height="18" fill="#111"/>'
    return lines + plate + draw_text(x + 4, y + 13, text, "#fff")


def draw_dot(x: float, y: float, radius: float = 3.5) -> str:
    """A landmark."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="#ffd400" stroke="#111"/>'


def draw_text(x: float, y: float, text: str, colour: str = "currentColor") -> str:
    """A line of text that begins at x, with its base line at y."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" font-family="sans-serif" '
        f'fill="{colour}">{escape(text)}</text>'
    )
