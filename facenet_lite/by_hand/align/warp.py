"""Make a crop pixel by pixel: look up where in the picture each of its places comes from."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_image, check_number
from facenet_lite.align.similarity import check_transforms, inverse, move
from facenet_lite.types import Image


def warp(image: Image, transform: ArrayLike, size: int) -> NDArray[np.uint8]:
    """The crop uint8 (size, size, 3) of one transform (2, 3), from the picture to the crop.

    Each pixel of the crop is taken back to the picture, where it falls between four pixels. These
    are averaged, and the nearer ones weigh more. What lies outside is black. The result is that of
    ``align.warp``, except for OpenCV's fractions, which are multiples of 1/32, and for a face that
    shrinks to less than half its size, which ``align.warp`` averages first.
    """
    height, width = check_image(image).shape[:2]
    check_number(size, "size", low=1, integer=True)
    rows, columns = np.indices((size, size))
    places = move(np.stack([columns, rows], axis=-1), inverse(check_transforms(transform)))
    corner = np.floor(places).astype(int)  # (size, size, 2), x and y of the upper left of the four
    right, down = np.moveaxis(places - corner, -1, 0)
    crop = np.zeros((size, size, 3))
    for dx, across in ((0, 1 - right), (1, right)):
        for dy, along in ((0, 1 - down), (1, down)):
            x, y = corner[..., 0] + dx, corner[..., 1] + dy
            inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
            weight = across * along * inside
            crop += weight[..., None] * image[np.where(inside, y, 0), np.where(inside, x, 0)]
    return np.rint(crop).astype(np.uint8)
