"""The whole way of one face as a strip: photograph, landmarks, crop and embedding."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array, check_boxes, check_image
from facenet_lite.book.plots.pictures import photo_uri
from facenet_lite.book.plots.style import COLOURS, Drawing, drawing
from facenet_lite.types import Image

SIDE: Final = 150
GAP: Final = 34
"""Each step's picture is this many pixels wide, and this far from the next."""


def chain(
    image: Image, box: ArrayLike, points: ArrayLike, crop: Image, embedding: ArrayLike, *, alt: str
) -> Drawing:
    """Draw what each step makes of one face, from left to right.

    ``image``: the photograph; ``box`` (4,); ``points`` (K, 2), x and y in the photograph;
    ``crop``: the aligned face; ``embedding`` (D,). Raises InputError on other shapes.
    """
    (x1, y1, x2, y2) = check_boxes(np.asarray(box)[None], "box")[0].tolist()
    dots = check_array(points, "points", shape=(None, 2), dtype=np.float64)
    numbers = check_array(embedding, "embedding", shape=(None,), dtype=np.float64)
    rows, columns = check_image(image).shape[:2]
    scale = SIDE / max(rows, columns)
    left, top = max(0, int(x1)), max(0, int(y1))
    face = image[top : int(y2), left : int(x2)]
    zoom = SIDE / max(face.shape[:2])
    body = [
        _photo(image, 0),
        _frame(x1 * scale, y1 * scale, (x2 - x1) * scale, (y2 - y1) * scale),
        _photo(face, 1),
        *(_dot(_left(1) + (x + 0.5 - left) * zoom, (y + 0.5 - top) * zoom) for x, y in dots),
        _photo(check_image(crop, "crop"), 2),
        _bars(numbers),
        *(_arrow(place) for place in range(3)),
        *(
            _name(place, text)
            for place, text in enumerate(("detect", "landmarks", "align, crop", "embed"))
        ),
    ]
    width = _left(3) + SIDE
    head = f'<svg viewBox="0 0 {width} {SIDE + 26}" width="{width}" fill="currentColor">'
    return drawing(f"{head}{''.join(body)}</svg>", alt)


def _left(place: int) -> int:
    return place * (SIDE + GAP)


def _photo(image: Image, place: int) -> str:
    uri = photo_uri(image, 2 * SIDE)
    return (
        f'<image x="{_left(place)}" y="0" width="{SIDE}" height="{SIDE}" '
        f'preserveAspectRatio="xMinYMin" href="{uri}"/>'
    )


def _frame(x: float, y: float, width: float, height: float) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="none"'
    return (
        f'<rect {place} stroke="#fff" stroke-width="4"/>'
        f'<rect {place} stroke="{COLOURS[0]}" stroke-width="2"/>'
    )


def _dot(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#ffd400" stroke="#111"/>'


def _bars(numbers: np.ndarray) -> str:
    step = SIDE / max(1, len(numbers))
    reach = SIDE / 2 / max(1e-9, float(np.abs(numbers).max(initial=0)))
    path = "".join(
        f"M{_left(3) + (i + 0.5) * step:.1f} {SIDE / 2}v{-number * reach:.1f}"
        for i, number in enumerate(numbers)
    )
    return f'<path d="{path}" stroke="{COLOURS[0]}" stroke-width="{step * 0.8:.2f}"/>'


def _arrow(place: int) -> str:
    x, y = _left(place + 1) - GAP + 5, SIDE / 2
    line = f"M{x} {y}h{GAP - 12}m-7 -6l7 6l-7 6"
    return f'<path d="{line}" fill="none" stroke="currentColor" stroke-width="2"/>'


def _name(place: int, text: str) -> str:
    return (
        f'<text x="{_left(place) + SIDE / 2}" y="{SIDE + 20}" text-anchor="middle" '
        f'font-size="15" font-family="sans-serif">{text}</text>'
    )
