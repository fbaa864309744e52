"""Widely copied but wrong ways to compute a validation rate, kept to show what they give."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def interpolated_val(squared_distances: ArrayLike, is_same: ArrayLike, far: float) -> float:
    """VAL at a FAR from a grid of thresholds, with a straight line drawn between its points.

    ``squared_distances`` (P,), ``is_same`` bool (P,). It uses a threshold at which no pair lies,
    gives a number for every rate, even for one that these pairs cannot show, and accepts where
    D < d.
    """
    distances, same = np.asarray(squared_distances, float), np.asarray(is_same)
    thresholds = np.arange(0, 4, 0.001)
    fars = [np.mean(distances[~same] < threshold) for threshold in thresholds]
    threshold = np.interp(far, fars, thresholds)
    return float(np.mean(distances[same] < threshold))


def usual_ten_folds(
    squared_distances: ArrayLike, is_same: ArrayLike, folds: ArrayLike, missing: ArrayLike
) -> tuple[float, float]:
    """Accuracy over ten folds, and the number after its plus-minus sign, as widely copied.

    ``squared_distances`` (P,), ``is_same`` bool (P,), ``folds`` (P,), ``missing`` bool (P,).
    """
    kept = ~np.asarray(missing)
    distances, same = np.asarray(squared_distances, float)[kept], np.asarray(is_same)[kept]
    thresholds = np.arange(0, 4, 0.01)
    accuracies = []
    for own in np.array_split(np.arange(len(same)), 10):
        others = np.setdiff1d(np.arange(len(same)), own)
        right = [np.mean((distances[others] < d) == same[others]) for d in thresholds]
        threshold = thresholds[np.argmax(right)]
        accuracies.append(np.mean((distances[own] < threshold) == same[own]))
    return float(np.mean(accuracies)), float(np.std(accuracies))
