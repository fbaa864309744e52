"""Baselines on LFW without a network: pixels, eigenfaces and HOG, on the same crops."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite import distances, evaluate, imaging
from facenet_lite._checks import check_array, check_number
from facenet_lite.errors import InputError
from facenet_lite.types import Pairs, Picture

PIXELS: Final = 32
"""The side, in pixels, to which a grey crop is shrunk before its pixels are compared."""
HOG_SIDE: Final = 64
"""The side to which a crop is shrunk for HOG: 8 x 8 cells of 8 pixels, blocks of 2 x 2 cells."""
COMPONENTS: Final = 128
"""The number of eigenfaces: as many as FaceNet's embeddings have dimensions."""


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

    Turk and Pentland's eigenfaces (1991), whitened: float32 (N, components). ``others`` must show
    other people. Raises InputError where they have fewer directions than components.
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


def eigenfaces_by_fold(
    pairs: Pairs, vectors: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Each pair's squared distance as its fold sees it, float32 (P,), and the F folds' thresholds.

    Principal components are learnt from pictures. A fold's components must not have seen its
    people, and neither must the distances on which its threshold is chosen.

    ``vectors`` (N, D): of ``pairs.pictures()``, in their order. For each fold the components are
    learnt from the other folds' pictures; all pairs are measured along them, and the threshold is
    the best for the other folds' pairs.
    """
    first, second = ends(pairs, pairs.pictures())
    squared = np.zeros(len(pairs), np.float32)
    thresholds = []
    for fold in np.unique(pairs.folds):
        own = pairs.folds == fold
        learnt_from = np.unique(np.concatenate([first[~own], second[~own]]))
        codes = eigenfaces(vectors, vectors[learnt_from])
        apart = distances.squared_distances(codes[first], codes[second])
        thresholds.append(evaluate.best_threshold(apart[~own], pairs.is_same[~own]))
        squared[own] = apart[own]
    return squared, np.array(thresholds)


def ends(pairs: Pairs, pictures: list[Picture]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The indices in ``pictures`` of both pictures of each pair: two arrays (P,)."""
    place = {picture: row for row, picture in enumerate(pictures)}
    return (
        np.array([place[picture] for picture in pairs.first], np.intp),
        np.array([place[picture] for picture in pairs.second], np.intp),
    )


def _grey(crop: NDArray[np.uint8], side: int) -> NDArray[np.float64]:
    return imaging.to_grey(imaging.resize(crop, height=side, width=side)).astype(np.float64) / 255


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    found: NDArray[np.float32] = (rows / np.maximum(lengths, 1e-12)).astype(np.float32)
    return found
