"""How much a crop can be trusted: how much of it is picture, how large the face was, how sharp."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_image
from facenet_lite.align.crops import warp
from facenet_lite.align.transforms import landmark_transforms
from facenet_lite.types import Image

SIDE: Final = 96
"""The side in pixels of the crop whose sharpness is measured, whatever a network's own is."""
MARGIN: Final = 0.25
GRID: Final = 32
"""The share inside is counted on this many by this many places of the crop."""


@dataclass(frozen=True, eq=False)
class Quality:
    """What is known of N faces besides their pixels; each is float32 (N,).

    ``inside``: the share of the crop that lies in the picture, from 0 to 1; the rest is black.
    ``size``: the side in pixels that the face takes in the picture: of the square that the five
    landmarks' template fills, a little less than a HOG detector's box. ``sharpness``: the variance
    of the Laplacian of the crop's luma (Pech-Pacheco et al. 2000), in squared grey levels; it falls
    with blur, and is 0 for a flat crop.
    """

    inside: NDArray[np.float32]
    size: NDArray[np.float32]
    sharpness: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.inside)


def measure_quality(image: Image, landmarks: ArrayLike) -> Quality:
    """Measure the faces of an RGB picture, uint8 (H, W, 3), at five landmarks each, (N, 5, 2).

    Raises InputError as ``crop`` does.
    """
    import cv2

    height, width = check_image(image).shape[:2]
    matrices = landmark_transforms(landmarks, SIDE, crop_margin=MARGIN)
    scales = np.sqrt(np.abs(np.linalg.det(matrices[:, :, :2])))
    places = (np.indices((GRID, GRID)).reshape(2, -1)[::-1] + 0.5) * (SIDE / GRID) - 0.5
    inside = []
    for matrix in matrices:
        x, y = np.linalg.solve(matrix[:, :2], places - matrix[:, 2:])
        inside.append(np.mean((x >= -0.5) & (x < width - 0.5) & (y >= -0.5) & (y < height - 0.5)))
    sharp = [
        cv2.Laplacian(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), cv2.CV_64F).var()
        for crop in warp(image, matrices, SIDE, border="edge")
    ]
    return Quality(
        np.array(inside, np.float32),
        (SIDE / (1 + 2 * MARGIN) / scales).astype(np.float32),
        np.array(sharp, np.float32),
    )
