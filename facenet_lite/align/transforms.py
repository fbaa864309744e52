"""From what is known about a face to the transform that makes its crop.

Every function returns float64 (N, 2, 3), one matrix a face, that takes the picture's points to the
crop's; ``inverse`` takes them back, and ``warp`` makes the crop. No face is N = 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import as_array, check_array, check_boxes, check_number, describe
from facenet_lite.align.similarity import similarity_transform
from facenet_lite.align.templates import EYES, RIGID_68, Count, eye_places, template
from facenet_lite.errors import InputError


def landmark_transforms(
    landmarks: ArrayLike, size: int = 96, *, crop_margin: float = 0.25
) -> NDArray[np.float64]:
    """Bring 5 or 68 landmarks (N, K, 2) as near as possible to ``template``, by least squares.

    Errors are measured in the crop. Of 68 points those of ``RIGID_68`` are used. Raises InputError
    for other shapes, and for points that determine no transform; it names the face.
    """
    points, count = check_landmarks(landmarks)
    return _fit(_used(points, count), template(size, crop_margin, count))


def chip_transforms(
    landmarks: ArrayLike, size: int = 96, *, crop_margin: float = 0.25
) -> NDArray[np.float64]:
    """The transforms behind dlib's ``get_face_chip``, for 5 or 68 landmarks (N, K, 2).

    Unlike ``landmark_transforms``, dlib measures errors in the picture: it fits the template to the
    landmarks and takes the inverse. It also makes a square of s pixels out of the s - 1 steps
    between its first and last pixel. Both differences are small.
    """
    points, count = check_landmarks(landmarks)
    check_number(size, "size", low=2, integer=True)
    places = template(size, crop_margin, count) + 0.5
    chips = []
    for number, face in enumerate(_used(points, count)):
        fitted = _named(number, places, face)
        middle = fitted[:, :2] @ [size / 2, size / 2] + fitted[:, 2]
        scale = float(np.hypot(fitted[0, 0], fitted[1, 0]))  # picture's pixels for one of the chip
        if size * scale <= 1:
            raise InputError(f"landmarks of face {number}: expected a face over one pixel wide")
        linear = fitted[:, :2].T / scale * (size - 1) / (size * scale - 1)
        chips.append(np.column_stack([linear, (size - 1) / 2 - linear @ middle]))
    return np.reshape(chips, (-1, 2, 3))


def eye_transforms(
    landmarks: ArrayLike,
    size: int = 96,
    *,
    crop_margin: float = 0.25,
    eyes_at: tuple[float, float] | None = None,
) -> NDArray[np.float64]:
    """Bring the middles of the two eyes to fixed places, wherever that leaves the other landmarks.

    ``landmarks``: 5 or 68, (N, K, 2). The eyes go where ``template`` has them, or, with ``eyes_at``
    (x, y), to the shares x and 1 - x of the crop's width and y of its height, as imutils'
    ``FaceAligner`` does with (0.35, 0.35).
    """
    points, count = check_landmarks(landmarks)
    left, right = (list(indices) for indices in EYES[count])
    eyes = np.stack([points[:, left].mean(1), points[:, right].mean(1)], axis=1)
    if eyes_at is None:
        return _fit(eyes, eye_places(size, crop_margin))
    check_number(size, "size", low=1, integer=True)
    x = check_number(eyes_at[0], "eyes_at", low=0, high=0.499)
    y = check_number(eyes_at[1], "eyes_at", low=0, high=1)
    return _fit(eyes, np.array([[1 - x, y], [x, y]]) * size)


def box_transforms(
    boxes: ArrayLike, size: int = 96, *, crop_margin: float = 0.0
) -> NDArray[np.float64]:
    """Scale the square around each box (N, 4), wider by ``crop_margin`` each way; no rotation.

    The square has the longer of the box's sides and the same middle, so that no face is squashed.
    ``crop_margin``: a share of that side, which may be negative. Boxes may leave the picture.
    """
    checked = check_boxes(boxes).astype(np.float64)
    check_number(size, "size", low=1, integer=True)
    check_number(crop_margin, "crop_margin", low=-0.5, low_included=False)
    sides = (checked[:, 2:] - checked[:, :2]).max(1) * (1 + 2 * crop_margin)
    middles = (checked[:, :2] + checked[:, 2:]) / 2
    return _upright(middles, sides, size)


def centre_transform(
    height: int, width: int, size: int = 96, *, share: float = 1.0
) -> NDArray[np.float64]:
    """Scale the square in a picture's middle whose side is ``share`` of the shorter side.

    One transform, (1, 2, 3). It knows nothing about a face: a fixed centre crop is the first of the
    FaceNet paper's two ways on LFW (section 5.6).
    """
    check_number(height, "height", low=1, integer=True)
    check_number(width, "width", low=1, integer=True)
    check_number(size, "size", low=1, integer=True)
    check_number(share, "share", low=0, low_included=False)
    return _upright(
        np.array([[width / 2, height / 2]]), np.array([share * min(height, width)]), size
    )


def check_landmarks(value: ArrayLike) -> tuple[NDArray[np.float64], Count]:
    """Return landmarks as float64 (N, K, 2) and K, which is 5 or 68, or raise InputError."""
    array = as_array(value, "landmarks")
    shape = array.shape
    if len(shape) != 3 or shape[1] not in (5, 68):
        raise InputError(
            f"landmarks: expected 5 or 68 points of each face, (any x 5 x 2) or (any x 68 x 2), "
            f"got {describe(array if isinstance(value, list) else value)}"
        )
    count: Count = 5 if shape[1] == 5 else 68
    return check_array(value, "landmarks", shape=(None, count, 2), dtype=np.float64), count


def _used(points: NDArray[np.float64], count: Count) -> NDArray[np.float64]:
    return points if count == 5 else points[:, list(RIGID_68)]


def _fit(points: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.reshape([_named(i, face, places) for i, face in enumerate(points)], (-1, 2, 3))


def _named(
    number: int, points: NDArray[np.float64], places: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The similarity transform of face ``number``; an error says which face it is."""
    try:
        return similarity_transform(points, places)
    except InputError as error:
        raise InputError(f"landmarks of face {number}: {error}") from error


def _upright(
    middles: NDArray[np.float64], sides: NDArray[np.float64], size: int
) -> NDArray[np.float64]:
    """Transforms from squares, in pixels with the picture's edge at 0, to crops of ``size``."""
    scales = size / sides
    out = np.zeros((len(sides), 2, 3))
    out[:, 0, 0] = out[:, 1, 1] = scales
    # subtle: a box counts from the picture's edge, a transform from the first pixel's centre.
    out[:, :, 2] = size / 2 - 0.5 - scales[:, None] * (middles - 0.5)
    return out
