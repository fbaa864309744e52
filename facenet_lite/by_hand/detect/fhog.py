"""The 31 numbers per cell that dlib's HOG face detector uses, in NumPy.

Felzenszwalb, Girshick, McAllester and Ramanan (PAMI 2010, section 6.2) shrink Dalal and Triggs'
36 numbers per cell to 31: 18 signed directions, 9 unsigned ones, and 4 sums that tell how much
texture there is. dlib computes them in ``dlib/image_transforms/fhog.h``; the constants and the
treatment of the border here are those of that file.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from facenet_lite._checks import check_image, check_number
from facenet_lite.errors import InputError
from facenet_lite.types import Image

Floats = np.typing.NDArray[np.float64]

DIRECTIONS: Final = 9  # over 180 degrees; twice as many when the sign counts
DIMENSIONS: Final = 31
CLIP: Final = 0.2
TEXTURE: Final = 0.2357  # 1 / sqrt(18)
EPSILON: Final = 1e-4
# fhog.h rounds its unit vectors to four decimals: copied, as ties at bin edges depend on them
_UNIT: Final = np.array(
    [
        [1.0000, 0.0000],
        [0.9397, 0.3420],
        [0.7660, 0.6428],
        [0.5000, 0.8660],
        [0.1736, 0.9848],
        [-0.1736, 0.9848],
        [-0.5000, 0.8660],
        [-0.7660, 0.6428],
        [-0.9397, 0.3420],
    ]
)


def _strongest_gradient(pixels: Floats) -> tuple[Floats, Floats]:
    """The longest of the three colours' gradients at each inner pixel: right, down (H-2, W-2)."""
    right = pixels[1:-1, 2:] - pixels[1:-1, :-2]  # (H-2, W-2, 3)
    down = pixels[2:, 1:-1] - pixels[:-2, 1:-1]
    # subtle: of equally long ones fhog.h takes the last colour, argmax the first
    colour = 2 - np.argmax((right**2 + down**2)[..., ::-1], axis=2)[..., None]
    right, down = (np.take_along_axis(part, colour, 2)[..., 0] for part in (right, down))
    return right, down


def signed_cells(image: Image, *, cell: int = 8) -> Floats:
    """Histograms of 18 signed directions: float64 (rows, cols, 18), in grey levels.

    A last cell of which at least half lies in the picture counts: rows = round(H / cell).
    A pixel's vote is the length of its strongest colour's gradient, for the nearest of the 18
    directions, shared bilinearly between the four nearest cells.
    Raises InputError unless ``image`` is RGB uint8 with at least three cells each way.
    """
    check_image(image)
    check_number(cell, "cell", low=2, integer=True)
    rows, cols = (int(size / cell + 0.5) for size in image.shape[:2])
    if rows < 3 or cols < 3:
        raise InputError(
            f"image: expected at least 3 x 3 cells of {cell} pixels, got {image.shape[0]} x "
            f"{image.shape[1]} pixels; enlarge the picture or choose smaller cells"
        )
    right, down = _strongest_gradient(image[: rows * cell, : cols * cell].astype(np.float64))
    along = right[..., None] * _UNIT[:, 0] + down[..., None] * _UNIT[:, 1]  # (h, w, 9)
    nearest = np.argmax(np.abs(along), axis=2)
    backwards = np.take_along_axis(along, nearest[..., None], 2)[..., 0] < 0
    direction = nearest + DIRECTIONS * backwards
    length = np.hypot(right, down)

    y = (np.arange(length.shape[0]) + 1.5) / cell - 0.5  # in cells; a cell's centre is whole
    x = (np.arange(length.shape[1]) + 1.5) / cell - 0.5
    top, left = np.floor(y).astype(np.intp), np.floor(x).astype(np.intp)
    # A border of one cell on all sides collects the votes that leave the picture.
    summed = np.zeros((rows + 2) * (cols + 2) * 18)
    for row, share_y in ((top, 1 - (y - top)), (top + 1, y - top)):
        for col, share_x in ((left, 1 - (x - left)), (left + 1, x - left)):
            place = ((row[:, None] + 1) * (cols + 2) + col + 1) * 18 + direction
            vote = length * share_y[:, None] * share_x
            summed += np.bincount(place.ravel(), vote.ravel(), minlength=summed.size)
    return summed.reshape(rows + 2, cols + 2, 18)[1:-1, 1:-1]


def fhog(image: Image, *, cell: int = 8) -> Floats:
    """Felzenszwalb's features: float64 (rows - 2, cols - 2, 31).

    Per cell 18 signed directions, 9 unsigned, 4 texture energies. Each histogram is divided by the
    energy of the four squares of 2 x 2 cells that it belongs to and cut off at 0.2; directions
    are averaged over the four squares, textures over the directions. The outermost cells have no
    four squares and are left out. Raises InputError as :func:`signed_cells`.
    """
    signed = signed_cells(image, cell=cell)  # (R, C, 18)
    unsigned = signed[..., :DIRECTIONS] + signed[..., DIRECTIONS:]  # (R, C, 9)
    energy = (unsigned**2).sum(axis=2)
    squares = energy[:-1, :-1] + energy[:-1, 1:] + energy[1:, :-1] + energy[1:, 1:]
    scale = 1 / np.sqrt(squares + EPSILON)  # (R-1, C-1)
    # the four squares around a cell: below right, above right, below left, above left
    four = np.stack([scale[1:, 1:], scale[:-1, 1:], scale[1:, :-1], scale[:-1, :-1]], axis=-1)
    four = four[:, :, None, :]  # (R-2, C-2, 1, 4)
    by_sign = np.minimum(signed[1:-1, 1:-1, :, None] * four, CLIP)  # (R-2, C-2, 18, 4)
    by_edge = np.minimum(unsigned[1:-1, 1:-1, :, None] * four, CLIP)  # (R-2, C-2, 9, 4)
    return np.concatenate(
        [by_sign.sum(axis=3) / 2, by_edge.sum(axis=3) / 2, TEXTURE * by_sign.sum(axis=2)], axis=2
    )
