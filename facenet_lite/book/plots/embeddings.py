"""Distances between embeddings, drawn beside the faces that they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array, check_image, check_number
from facenet_lite.book.plots.pictures import draw_photo, svg
from facenet_lite.book.plots.style import COLOURS, Drawing, drawing
from facenet_lite.errors import InputError
from facenet_lite.types import Image

MOST: Final = 10
"""A table has at most this many faces: more would be too small to read."""


def distance_table(
    faces: Sequence[Image],
    distances: ArrayLike,
    *,
    threshold: float,
    alt: str,
    digits: int = 2,
    width: int = 560,
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
    side = width / number  # a column of faces on the left, none for the last face on top
    body = []
    for i in range(1, number):
        body.append(draw_photo(faces[i], 2, i * side + 2, side - 4, side - 4))
    for j in range(number - 1):
        body.append(draw_photo(faces[j], (j + 1) * side + 2, 2, side - 4, side - 4))
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
    return drawing(svg(width, width, body), alt)
