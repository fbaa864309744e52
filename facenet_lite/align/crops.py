"""From a face in any pose in the picture plane to a crop that always looks the same way.

::

    picture                                 crop, size x size
    points (K, 2)  ──  x' = s R x + t  ──>  template, at fixed places
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_choice, check_image, check_number
from facenet_lite.align.similarity import check_transforms
from facenet_lite.align.transforms import landmark_transforms
from facenet_lite.types import Image

Border: TypeAlias = Literal["black", "edge"]


def crop(
    image: Image, landmarks: ArrayLike, size: int = 96, *, crop_margin: float = 0.25
) -> NDArray[np.uint8]:
    """Cut faces out so that their landmarks lie where ``template`` puts them.

    ``image``: RGB uint8 (H, W, 3); ``landmarks``: 5 or 68 for each face, (N, K, 2), x and y in
    pixels, in dlib's order; ``crop_margin``: the space around the template as a part of its side.
    Returns uint8 (N, size, size, 3); what lies outside the picture is black. Raises InputError for
    other shapes and for points that all fall on one place.
    """
    check_image(image)
    check_number(size, "size", low=8, integer=True)
    return warp(image, landmark_transforms(landmarks, size, crop_margin=crop_margin), size)


def warp(
    image: Image, transforms: ArrayLike, size: int = 96, *, border: Border = "black"
) -> NDArray[np.uint8]:
    """Make the crops uint8 (N, size, size, 3) that transforms (N, 2, 3), or one (2, 3), describe.

    ``border``: what lies outside the picture is black, or repeats the picture's outermost pixels,
    but never comes from the picture's other side. A face that shrinks to less than half its size is
    averaged first, so that fine patterns do not flicker in the crop. Raises InputError for other
    shapes.
    """
    import cv2

    check_image(image)
    matrices = check_transforms(transforms, "transforms").reshape(-1, 2, 3)
    check_number(size, "size", low=1, integer=True)
    check_choice(border, "border", get_args(Border))
    mode = cv2.BORDER_CONSTANT if border == "black" else cv2.BORDER_REPLICATE
    crops = np.zeros((len(matrices), size, size, 3), np.uint8)
    for matrix, out in zip(matrices, crops, strict=True):
        source, moved = _shrunk(image, matrix)
        cv2.warpAffine(
            source, moved, (size, size), dst=out, flags=cv2.INTER_LINEAR, borderMode=mode
        )
    return crops


def _shrunk(image: Image, matrix: NDArray[np.float64]) -> tuple[Image, NDArray[np.float64]]:
    """Halve the picture until the crop is at least half as large as the face in it."""
    import cv2

    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    factor = 1
    while scale * factor * 2 < 1 and min(image.shape[:2]) // (factor * 2) >= 2:
        factor *= 2
    if factor == 1:
        return image, matrix
    rows, columns = image.shape[0] // factor, image.shape[1] // factor
    small = cv2.resize(
        image[: rows * factor, : columns * factor], (columns, rows), interpolation=cv2.INTER_AREA
    )
    shift = (factor - 1) / 2  # subtle: pixel i of the small picture has its centre at f i + shift
    moved = np.column_stack([matrix[:, :2] * factor, matrix[:, :2] @ [shift, shift] + matrix[:, 2]])
    return np.asarray(small, np.uint8), moved
