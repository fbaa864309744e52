"""Embed drawn faces, using their known landmarks."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import align
from facenet_lite.data.nobody import mesh
from facenet_lite.models import Embedder
from facenet_lite.types import Image

CROP_PADDING: Final = 24
"""A drawn picture is padded by this many pixels on every side before its face is cropped."""


def embed(
    pictures: NDArray[np.uint8], landmarks: NDArray[np.floating], network: Embedder
) -> NDArray[np.float32]:
    """The embeddings (N, D) of drawn pictures (N, S, S, 3), aligned by their 68 landmarks.

    ``landmarks``: (N, 68, 2). The pictures' edges are repeated outwards, so that no crop has black
    corners.
    """
    spec = network.spec
    five = np.asarray(landmarks, float)[:, list(mesh.FIVE)] + CROP_PADDING
    crops = [
        align.crop(padded(p, CROP_PADDING), f[None], spec.image_size, crop_margin=spec.crop_margin)
        for p, f in zip(pictures, five, strict=True)
    ]
    return network.embed(np.concatenate(crops))


def padded(picture: Image, pixels: int) -> Image:
    """A picture with its edge repeated for this number of pixels on every side."""
    return np.pad(picture, ((pixels, pixels), (pixels, pixels), (0, 0)), mode="edge")
