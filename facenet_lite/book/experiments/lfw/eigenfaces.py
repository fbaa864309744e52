"""Eigenfaces on LFW: made anew for each fold, and judged there by a threshold of their own.

Principal components learn from pictures. A fold's must not have seen its people, and neither must
the distances on which its threshold is chosen: those too are measured along that fold's components.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facenet_lite import distances, evaluate
from facenet_lite.book.experiments.lfw import baselines
from facenet_lite.types import Pairs, Picture


def by_fold(
    pairs: Pairs, vectors: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Each pair's squared distance as its fold sees it, float32 (P,), and the F folds' thresholds.

    ``vectors`` (N, D): of ``pairs.pictures()``, in their order. For each fold the components are
    those of the other folds' pictures; all pairs are measured along them, and the threshold is the
    best for the other folds' pairs.
    """
    first, second = ends(pairs, pairs.pictures())
    squared = np.zeros(len(pairs), np.float32)
    thresholds = []
    for fold in np.unique(pairs.folds):
        own = pairs.folds == fold
        learnt_from = np.unique(np.concatenate([first[~own], second[~own]]))
        codes = baselines.eigenfaces(vectors, vectors[learnt_from])
        apart = distances.squared_distances(codes[first], codes[second])
        thresholds.append(evaluate.best_threshold(apart[~own], pairs.is_same[~own]))
        squared[own] = apart[own]
    return squared, np.array(thresholds)


def ends(pairs: Pairs, pictures: list[Picture]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where both pictures of each pair stand in ``pictures``: two arrays (P,)."""
    place = {picture: row for row, picture in enumerate(pictures)}
    return (
        np.array([place[picture] for picture in pairs.first], np.intp),
        np.array([place[picture] for picture in pairs.second], np.intp),
    )
