"""Faces and their embeddings: one face's whole way as a strip, and the distances of several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array, check_boxes, check_image, check_number
from facenet_lite.book.plots.drawing import COLOURS, Drawing, composed, drawing
from facenet_lite.book.plots.pictures import draw_dot, draw_photo, photo_uri
from facenet_lite.errors import InputError
from facenet_lite.types import Image

STEPS: Final = ("detect", "landmarks", "align, crop", "embed")
SIDE: Final = 150
GAP: Final = 34
"""Each step's picture is this many pixels wide, and this far from the next."""
WIDTH: Final = 560
"""The width and height of a table of distances in pixels."""
MOST: Final = 10
"""A table has at most this many faces: more would be too small to read."""


def chain(
    image: Image,
    box: ArrayLike,
    points: ArrayLike,
    crop: Image,
    embedding: ArrayLike,
    *,
    alt: str | None = None,
) -> Drawing:
    """Draw what each step makes of one face, from left to right.

    ``image``: the photograph; ``box`` (4,); ``points`` (K, 2), x and y in the photograph;
    ``crop``: the aligned face; ``embedding`` (D,). Raises InputError on other shapes.
    """
    (x1, y1, x2, y2) = check_boxes(np.asarray(box)[None], "box")[0].tolist()
    dots = check_array(points, "points", shape=(None, 2), dtype=np.float64)
    numbers = check_array(embedding, "embedding", shape=(None,), dtype=np.float64)
    scale = SIDE / max(check_image(image).shape[:2])
    left, top = max(0, int(x1)), max(0, int(y1))
    face = image[top : int(y2), left : int(x2)]
    zoom = SIDE / max(face.shape[:2])
    lefts = [place * (SIDE + GAP) for place in range(len(STEPS))]
    body = [
        f'<image x="{x}" y="0" width="{SIDE}" height="{SIDE}" preserveAspectRatio="xMinYMin" '
        f'href="{photo_uri(shown, 2 * SIDE)}"/>'
        for x, shown in zip(lefts, (image, face, check_image(crop, "crop")), strict=False)
    ]
    place = f'x="{x1 * scale:.1f}" y="{y1 * scale:.1f}" fill="none"'
    size = f'width="{(x2 - x1) * scale:.1f}" height="{(y2 - y1) * scale:.1f}"'
    body += [
        f'<rect {place} {size} stroke="{colour}" stroke-width="{wide}"/>'
        for colour, wide in (("#fff", 4), (COLOURS[0], 2))
    ]
    body += [
        draw_dot(lefts[1] + (x + 0.5 - left) * zoom, (y + 0.5 - top) * zoom, 4) for x, y in dots
    ]
    step = SIDE / max(1, len(numbers))
    reach = SIDE / 2 / max(1e-9, float(np.abs(numbers).max(initial=0)))
    bars = "".join(
        f"M{lefts[3] + (i + 0.5) * step:.1f} {SIDE / 2}v{-number * reach:.1f}"
        for i, number in enumerate(numbers)
    )
    body.append(f'<path d="{bars}" stroke="{COLOURS[0]}" stroke-width="{step * 0.8:.2f}"/>')
    arrows = "".join(f"M{x - GAP + 5} {SIDE / 2}h{GAP - 12}m-7 -6l7 6l-7 6" for x in lefts[1:])
    body.append(f'<path d="{arrows}" fill="none" stroke="currentColor" stroke-width="2"/>')
    body += [
        f'<text x="{x + SIDE / 2}" y="{SIDE + 20}" text-anchor="middle" '
        f'font-size="15" font-family="sans-serif">{text}</text>'
        for x, text in zip(lefts, STEPS, strict=True)
    ]
    width = lefts[3] + SIDE
    head = f'<svg viewBox="0 0 {width} {SIDE + 26}" width="{width}" fill="currentColor">'
    return drawing(f"{head}{''.join(body)}</svg>", alt)


def distance_table(
    faces: Sequence[Image],
    distances: ArrayLike,
    *,
    threshold: float,
    alt: str | None = None,
    digits: int = 2,
) -> Drawing:
    """Draw the squared distances (N, N) of N faces, with a frame around those up to the threshold.

    Two to ten faces head the rows and columns; each pair has one number, below the diagonal. Raises
    InputError for another number of faces, or distances of another shape.
    """
    number = len(faces)
    if not 2 <= number <= MOST:
        raise InputError(f"faces: expected 2 to {MOST}, got {number}")
    table = check_array(distances, "distances", shape=(number, number), dtype=np.float64)
    check_number(threshold, "threshold", low=0)
    for face in faces:
        check_image(face, "faces")
    side = WIDTH / number  # a column of faces on the left, none for the last face on top
    places = [(i, 2.0, i * side + 2) for i in range(1, number)]
    places += [(j, (j + 1) * side + 2, 2.0) for j in range(number - 1)]
    body = [draw_photo(faces[i], x, y, side - 4, side - 4) for i, x, y in places]
    for i in range(1, number):
        for j in range(i):
            x, y = (j + 1) * side, i * side
            if table[i, j] <= threshold:
                body.append(
                    f'<rect x="{x + 4:.1f}" y="{y + 4:.1f}" width="{side - 8:.1f}" rx="6" '
                    f'height="{side - 8:.1f}" fill="none" stroke="{COLOURS[0]}" stroke-width="4"/>'
                )
            body.append(
                f'<text x="{x + side / 2:.1f}" y="{y + side / 2 + 6:.1f}" font-size="17" '
                f'text-anchor="middle" font-family="sans-serif">{table[i, j]:.{digits}f}</text>'
            )
    return composed(WIDTH, WIDTH, body, alt=alt)
