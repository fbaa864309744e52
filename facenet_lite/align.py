"""From a face in any pose in the picture plane to a crop that always looks the same way.

::

    picture                                 crop, size x size
    points (K, 2)  ──  x' = s R x + t  ──>  template, at fixed places
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_image, check_number
from facenet_lite.errors import InputError
from facenet_lite.types import Image

TEMPLATE_5: Final = np.array(
    [
        [0.8595674595992, 0.2134981538014],
        [0.6460604764104, 0.2289674387677],
        [0.1205750620789, 0.2137274526848],
        [0.3340850613712, 0.2290642403242],
        [0.4901123135679, 0.6277975316475],
    ]
)
"""Where dlib puts its five points in a crop of side 1 without margin (get_face_chip_details)."""


def template(size: int, crop_margin: float) -> NDArray[np.float64]:
    """The five points (5, 2) in a crop of ``size`` pixels with ``crop_margin`` around them.

    In pixels counted from the centre of the first one, as landmarks are: hence the half.
    """
    placed: NDArray[np.float64] = (TEMPLATE_5 + crop_margin) / (1 + 2 * crop_margin) * size - 0.5
    return placed


def similarity_transform(points: ArrayLike, targets: ArrayLike) -> NDArray[np.float64]:
    """The rotation, scale and shift that bring ``points`` (K, 2) closest to ``targets`` (K, 2).

    Returns M (2, 3) with ``x' = M[:, :2] @ x + M[:, 2]``, the least-squares solution in closed form
    (Umeyama 1991, equations 40 to 42), which never mirrors. Raises InputError where all points, or
    all targets, fall on one place.
    """
    source = check_array(points, "points", shape=(None, 2), dtype=np.float64)
    target = check_array(targets, "targets", shape=(len(source), 2), dtype=np.float64)
    if len(source) < 2:
        raise InputError(f"points: expected at least 2, got {len(source)}")
    a, b = source - source.mean(0), target - target.mean(0)
    spread = np.square(a).sum()
    if spread < 1e-12 or np.square(b).sum() < 1e-12:
        raise InputError("points: expected points at different places, got one place only")
    u, singular, vt = np.linalg.svd(b.T @ a)
    keep = np.array([1.0, np.sign(np.linalg.det(u @ vt)) or 1.0])  # subtle: no mirror image
    scale = (singular * keep).sum() / spread
    linear = scale * (u * keep) @ vt
    return np.column_stack([linear, target.mean(0) - linear @ source.mean(0)])


def crop(
    image: Image, landmarks: ArrayLike, size: int = 96, *, crop_margin: float = 0.25
) -> NDArray[np.uint8]:
    """Cut faces out so that their landmarks lie where ``template`` puts them.

    ``image``: RGB uint8 (H, W, 3); ``landmarks``: (N, 5, 2), x and y in pixels, dlib's order;
    ``crop_margin``: the space around the template as a part of its side.
    Returns uint8 (N, size, size, 3); what lies outside the picture is black. A face that shrinks
    to less than half is averaged first, so that nothing flickers in the crop. Raises InputError on
    other shapes and on points that all fall on one place.
    """
    import cv2

    check_image(image)
    points = check_array(landmarks, "landmarks", shape=(None, 5, 2), dtype=np.float64)
    check_number(size, "size", low=8, integer=True)
    check_number(crop_margin, "crop_margin", low=0)
    crops = np.zeros((len(points), size, size, 3), np.uint8)
    for face, out in zip(points, crops, strict=True):
        matrix = similarity_transform(face, template(size, crop_margin))
        source, matrix = _shrunk(image, matrix)
        cv2.warpAffine(source, matrix, (size, size), dst=out, flags=cv2.INTER_LINEAR)
    return crops


def _shrunk(image: Image, matrix: NDArray[np.float64]) -> tuple[Image, NDArray[np.float64]]:
    """Halve the picture until the crop is at least half as large as the face in it."""
    import cv2

    scale = float(np.sqrt(np.linalg.det(matrix[:, :2])))
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
