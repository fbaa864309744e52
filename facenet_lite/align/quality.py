"""How much a crop can be trusted: how much of it is picture, how large the face was, how sharp."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_image
from facenet_lite.align.crops import warp
from facenet_lite.align.transforms import landmark_transforms
from facenet_lite.boxes import area
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
    ``size``: the side of the face in the picture, in pixels, as dlib's HOG detector would frame it.
    ``sharpness``: the variance of the Laplacian of the crop's luma (Pech-Pacheco et al. 2000)
    divided by the luma's own variance, so that the light does not change it; about 0.08 in good
    photographs, and 0 for a flat crop. ``contrast``: the standard deviation of the luma, 0 to 255.
    """

    inside: NDArray[np.float32]
    size: NDArray[np.float32]
    sharpness: NDArray[np.float32]
    contrast: NDArray[np.float32]

    def take(self, faces: NDArray[np.bool_]) -> Quality:
        """The quality of some of the faces, by a mask (N,)."""
        return Quality(*(part[faces] for part in vars(self).values()))

    def __len__(self) -> int:
        return len(self.inside)


def measure_quality(image: Image, boxes: ArrayLike, landmarks: ArrayLike) -> Quality:
    """Measure the faces of an RGB picture, uint8 (H, W, 3).

    ``boxes`` (N, 4), framed as HOG frames a face; ``landmarks`` (N, 5 or 68, 2).

    Raises InputError as ``crop`` does.
    """
    import cv2

    height, width = check_image(image).shape[:2]
    matrices = landmark_transforms(landmarks, SIDE, crop_margin=MARGIN)
    sides = np.sqrt(area(check_array(boxes, "boxes", shape=(len(matrices), 4), dtype=np.float32)))
    places = (np.indices((GRID, GRID)).reshape(2, -1)[::-1] + 0.5) * (SIDE / GRID) - 0.5
    inside = []
    for matrix in matrices:
        x, y = np.linalg.solve(matrix[:, :2], places - matrix[:, 2:])
        inside.append(np.mean((x >= -0.5) & (x < width - 0.5) & (y >= -0.5) & (y < height - 0.5)))
    # subtle: a black border would be an edge of its own, the sharpest of all.
    greys = [
        cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
        for crop in warp(image, matrices, SIDE, border="edge")
    ]
    spread = [float(grey.std()) for grey in greys]
    edges = [float(cv2.Laplacian(grey, cv2.CV_64F).var()) for grey in greys]
    sharp = [e / s**2 if s else 0.0 for e, s in zip(edges, spread, strict=True)]
    return Quality(*(np.array(part, np.float32) for part in (inside, sides, sharp, spread)))
