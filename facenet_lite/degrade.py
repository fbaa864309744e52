"""Make a picture worse by a known amount, to see what a detector or a network can bear.

Every function takes an RGB picture, uint8 (H, W, 3), and returns a new one. Positions are in pixels
with the picture's left and top edge at 0, so the centre of the first pixel is at 0.5.
"""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite import imaging
from facenet_lite._checks import check_array, check_choice, check_image, check_number
from facenet_lite.errors import InputError
from facenet_lite.types import Boxes, Image

Side: TypeAlias = Literal["top", "bottom", "left", "right"]
Points: TypeAlias = NDArray[np.float32]

GREY: Final = (127, 127, 127)
"""The colour of what is covered, or comes from outside the picture."""


def scale(image: Image, factor: float) -> Image:
    """Resize a picture to ``factor`` times its height and width, at least one pixel each.

    Positions are multiplied by the same factor (up to the rounding of the picture's sides).
    """
    check_number(factor, "factor", low=0, low_included=False)
    height, width = check_image(image).shape[:2]
    return imaging.resize(
        image, height=max(1, round(height * factor)), width=max(1, round(width * factor))
    )


def rotate(
    image: Image,
    degrees: float,
    points: ArrayLike = (),
    *,
    centre: tuple[float, float] | None = None,
    fill: tuple[int, int, int] = GREY,
) -> tuple[Image, Points]:
    """Turn a picture counter-clockwise about ``centre`` (x, y), and the points with it.

    ``points``: (N, 2), x and y; their new positions are returned as float32 (N, 2). The picture
    keeps its size; ``centre`` defaults to its middle, and what comes from outside is ``fill``.
    """
    import cv2

    height, width = check_image(image).shape[:2]
    check_number(degrees, "degrees", low=-360, high=360)
    x, y = (width / 2, height / 2) if centre is None else centre
    if np.size(points) == 0:
        points = np.zeros((0, 2), np.float32)
    where = check_array(points, "points", shape=(None, 2), dtype=np.float32)
    # subtle: OpenCV counts from the first pixel's centre, we count from its edge.
    turn = cv2.getRotationMatrix2D((x - 0.5, y - 0.5), float(degrees), 1.0)
    turned: Any = cv2.warpAffine(
        image, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=fill
    )
    moved = (where - 0.5) @ turn[:, :2].T + turn[:, 2] + 0.5
    return turned, moved.astype(np.float32)


def brightness(image: Image, factor: float) -> Image:
    """Multiply every value by ``factor`` (0 gives black); what exceeds 255 is cut off and lost."""
    check_number(factor, "factor", low=0, high=1e6)
    return _to_uint8(check_image(image) * np.float32(factor))


def blur(image: Image, sigma: float) -> Image:
    """Smooth with a Gaussian of standard deviation ``sigma`` pixels; 0 leaves the picture as is."""
    import cv2

    check_number(sigma, "sigma", low=0)
    if sigma == 0:
        return check_image(image).copy()
    smooth: Any = cv2.GaussianBlur(check_image(image), (0, 0), float(sigma))
    return np.asarray(smooth, np.uint8)


def noise(image: Image, sigma: float, *, generator: np.random.Generator) -> Image:
    """Add independent Gaussian noise of standard deviation ``sigma`` grey levels to every value."""
    check_number(sigma, "sigma", low=0)
    if not isinstance(generator, np.random.Generator):
        raise InputError(
            f"generator: expected a numpy.random.Generator, got a {type(generator).__name__}; "
            "numpy.random.default_rng(0) makes one"
        )
    shape = check_image(image).shape
    return _to_uint8(image + np.float32(sigma) * generator.standard_normal(shape, np.float32))


def jpeg(image: Image, quality: int) -> Image:
    """Compress to JPEG of ``quality`` 1 to 100 and decompress again."""
    return imaging.jpeg_round_trip(image, quality=quality)


def occlude(
    image: Image,
    boxes: ArrayLike,
    share: float,
    *,
    side: Side = "bottom",
    fill: tuple[int, int, int] = GREY,
) -> Image:
    """Paint over the ``share`` (0 to 1) of every box (N, 4) that lies at its ``side``.

    Parts of a box outside the picture are ignored; edges are rounded to whole pixels.
    """
    check_image(image)
    check_number(share, "share", low=0, high=1)
    check_choice(side, "side", get_args(Side))
    covered = image.copy()
    limits = np.array([image.shape[1], image.shape[0]] * 2)
    for box in check_array(boxes, "boxes", shape=(None, 4), dtype=np.float32):
        x1, y1, x2, y2 = np.clip(np.rint(_part(box, share, side)), 0, limits).astype(int)
        covered[y1:y2, x1:x2] = fill
    return covered


def _part(box: Boxes, share: float, side: Side) -> Boxes:
    part = box.copy()
    width, height = box[2:] - box[:2]
    if side == "top":
        part[3] = box[1] + share * height
    elif side == "bottom":
        part[1] = box[3] - share * height
    elif side == "left":
        part[2] = box[0] + share * width
    else:
        part[0] = box[2] - share * width
    return part


def _to_uint8(values: NDArray[np.float32]) -> Image:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
