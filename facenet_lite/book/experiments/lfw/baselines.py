"""What LFW is worth without a network: pixels, eigenfaces and HOG, on the same crops."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite import imaging
from facenet_lite._checks import check_array, check_number
from facenet_lite.errors import InputError

PIXELS: Final = 32
"""The side to which a crop is shrunk, grey, before its pixels are compared."""
HOG_SIDE: Final = 64
"""The side to which a crop is shrunk for HOG: 8 x 8 cells of 8 pixels, blocks of 2 x 2 cells."""
COMPONENTS: Final = 128
"""Eigenfaces kept: as many numbers as FaceNet's embeddings have."""


def pixels(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Grey pixels of crops (N, S, S, 3), mean 0 and length 1: float32 (N, 1024).

    A crop of one colour gives zeros.
    """
    grey = np.stack([_grey(crop, PIXELS) for crop in crops]).reshape(len(crops), -1)
    return _unit(grey - grey.mean(axis=1, keepdims=True))


def hog(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Histograms of oriented gradients (Dalal and Triggs 2005) of crops (N, S, S, 3).

    Nine orientations without sign, length 1: float32 (N, 1764).
    """
    from skimage.feature import hog as features

    found = [
        features(_grey(crop, HOG_SIDE), orientations=9, pixels_per_cell=(8, 8)) for crop in crops
    ]
    return _unit(np.stack(found))


def eigenfaces(
    vectors: ArrayLike, others: ArrayLike, *, components: int = COMPONENTS
) -> NDArray[np.float32]:
    """Vectors (N, D) along the main directions of ``others`` (M, D), each scaled to variance 1.

    Turk and Pentland's eigenfaces (1991), whitened. ``others`` must show other people: float32
    (N, components). Raises InputError where they have fewer directions than that.
    """
    x = check_array(vectors, "vectors", shape=(None, None), dtype=np.float64)
    y = check_array(others, "others", shape=(None, x.shape[1]), dtype=np.float64)
    check_number(components, "components", low=1, integer=True)
    if min(len(y) - 1, y.shape[1]) < components:
        raise InputError(
            f"others: expected more than {components} rows of as many numbers, got {y.shape}"
        )
    mean = y.mean(axis=0)
    values, directions = np.linalg.eigh((y - mean).T @ (y - mean) / (len(y) - 1))
    main = np.argsort(values)[::-1][:components]
    scale = np.sqrt(np.maximum(values[main], 1e-12))
    found: NDArray[np.float32] = ((x - mean) @ directions[:, main] / scale).astype(np.float32)
    return found


def _grey(crop: NDArray[np.uint8], side: int) -> NDArray[np.float64]:
    return imaging.to_grey(imaging.resize(crop, height=side, width=side)).astype(np.float64) / 255


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    found: NDArray[np.float32] = (rows / np.maximum(lengths, 1e-12)).astype(np.float32)
    return found
