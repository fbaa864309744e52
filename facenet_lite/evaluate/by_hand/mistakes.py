"""Ways in circulation to get a validation rate that are wrong, kept to see what they say."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def interpolated_val(squared_distances: ArrayLike, is_same: ArrayLike, far: float) -> float:
    """VAL at a FAR from a grid of thresholds, with a straight line drawn between its points.

    ``squared_distances`` (P,), ``is_same`` bool (P,). It takes a threshold at which no pair lies,
    and gives a number for every rate, also for one that these pairs cannot show; it accepts where
    D < d.
    """
    distances, same = np.asarray(squared_distances, float), np.asarray(is_same)
    thresholds = np.arange(0, 4, 0.001)
    fars = [np.mean(distances[~same] < threshold) for threshold in thresholds]
    threshold = np.interp(far, fars, thresholds)
    return float(np.mean(distances[same] < threshold))


def accuracy_on_itself(squared_distances: ArrayLike, is_same: ArrayLike) -> float:
    """The accuracy of the threshold that is best on these very pairs (P,)."""
    distances, same = np.asarray(squared_distances, float), np.asarray(is_same)
    return max(float(np.mean((distances <= d) == same)) for d in distances)
