"""Many pictures of any size at once: which of their faces are wanted, and the crops of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite import boxes as box_arithmetic
from facenet_lite._checks import check_boxes, check_choice, check_image, check_number
from facenet_lite.align.crops import Border, warp
from facenet_lite.align.transforms import check_landmarks, landmark_transforms
from facenet_lite.errors import InputError
from facenet_lite.types import Image

Policy: TypeAlias = Literal["all", "largest", "most_central"]


@dataclass(frozen=True, eq=False)
class CropBatch:
    """The M crops of several pictures, and where each came from.

    ``crops`` uint8 (M, size, size, 3); ``transforms`` float64 (M, 2, 3), from the picture to the
    crop; ``pictures`` and ``faces`` intp (M,): the number of the picture, and the face's number
    within that picture. A picture without a face has no row.
    """

    crops: NDArray[np.uint8]
    transforms: NDArray[np.float64]
    pictures: NDArray[np.intp]
    faces: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.crops)


def choose(
    boxes: ArrayLike, policy: Policy = "all", *, height: int, width: int
) -> NDArray[np.intp]:
    """Which of a picture's faces are wanted: indices into boxes (N, 4), in their order.

    ``all`` of them; the one with the ``largest`` box; or the ``most_central`` one, whose middle is
    nearest to the picture's. Of equal ones the first is taken. Without a face every policy gives no
    index.
    """
    checked = check_boxes(boxes)
    check_choice(policy, "policy", get_args(Policy))
    check_number(height, "height", low=1, integer=True)
    check_number(width, "width", low=1, integer=True)
    if policy == "all" or len(checked) == 0:
        return np.arange(len(checked))
    if policy == "largest":
        return np.array([np.argmax(box_arithmetic.area(checked))])
    middles = (checked[:, :2] + checked[:, 2:]) / 2
    away = np.square(middles - [width / 2, height / 2]).sum(1)
    return np.array([np.argmin(away)])


def crop_batch(
    images: Sequence[Image],
    landmarks: Sequence[ArrayLike],
    size: int = 96,
    *,
    crop_margin: float = 0.25,
    policy: Policy = "all",
    border: Border = "black",
) -> CropBatch:
    """Crop the faces of pictures of any sizes by their landmarks, (N_i, 5, 2) or (N_i, 68, 2).

    ``policy`` chooses among a picture's faces as ``choose`` does, by the boxes that the landmarks
    span. Pictures keep their order, and faces within them. Raises InputError where there are not
    as many landmarks as pictures.
    """
    if len(images) != len(landmarks):
        raise InputError(
            f"landmarks: expected one array for each of {len(images)} pictures, "
            f"got {len(landmarks)}; a picture without a face has an array of shape (0, 5, 2)"
        )
    check_number(size, "size", low=1, integer=True)
    crops = [np.zeros((0, size, size, 3), np.uint8)]
    transforms, pictures, faces = [np.zeros((0, 2, 3))], [], []
    for number, (image, some) in enumerate(zip(images, landmarks, strict=True)):
        points, _ = check_landmarks(some)
        height, width = check_image(image).shape[:2]
        chosen = choose(_spanned(points), policy, height=height, width=width)
        transforms.append(landmark_transforms(points[chosen], size, crop_margin=crop_margin))
        crops.append(warp(image, transforms[-1], size, border=border))
        pictures += [number] * len(chosen)
        faces += chosen.tolist()
    return CropBatch(
        np.concatenate(crops),
        np.concatenate(transforms),
        np.array(pictures, np.intp),
        np.array(faces, np.intp),
    )


def _spanned(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The smallest boxes (N, 4) that hold the pixels at points (N, K, 2)."""
    return np.concatenate([points.min(1), points.max(1) + 1], axis=1)
