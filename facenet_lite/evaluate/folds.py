"""Verification accuracy over the folds of a pair list, each with a threshold from the others."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, describe
from facenet_lite.errors import InputError


@dataclass(frozen=True, eq=False)
class FoldAccuracy:
    """The share of pairs judged rightly in each of F folds.

    ``accuracies`` float64 (F,); ``thresholds`` float64 (F,), the squared distance up to which a
    pair of that fold was accepted, chosen on all other folds.
    """

    accuracies: NDArray[np.float64]
    thresholds: NDArray[np.float64]

    @property
    def mean(self) -> float:
        """The mean accuracy of the folds."""
        return float(self.accuracies.mean())

    @property
    def standard_deviation(self) -> float:
        """How far the folds scatter: the sample's standard deviation (divided by F - 1)."""
        return float(self.accuracies.std(ddof=1))

    @property
    def standard_error(self) -> float:
        """How far the mean may be off: the standard deviation divided by the root of F."""
        return self.standard_deviation / math.sqrt(len(self.accuracies))


def fold_accuracy(
    squared_distances: ArrayLike, is_same: ArrayLike, folds: ArrayLike
) -> FoldAccuracy:
    """Judge the pairs of each fold by the threshold that is best on all the other folds.

    ``squared_distances`` (P,); ``is_same`` bool (P,); ``folds`` whole numbers (P,), as the list
    gives them. A pair is accepted when D <= d (FaceNet, section 4). Raises InputError for other
    shapes, fewer than two folds, or other folds that hold only one kind of pair.
    """
    distances, same = _pairs(squared_distances, is_same)
    groups = check_array(folds, "folds", shape=(len(distances),), dtype=np.int64)
    names = np.unique(groups)
    if len(names) < 2:
        raise InputError(f"folds: expected at least 2, got {len(names)}")
    accuracies, thresholds = [], []
    for name in names:
        held_out = groups == name
        threshold = best_threshold(distances[~held_out], same[~held_out])
        accepted = distances[held_out] <= threshold
        accuracies.append(np.mean(accepted == same[held_out]))
        thresholds.append(threshold)
    return FoldAccuracy(np.array(accuracies), np.array(thresholds))


def best_threshold(squared_distances: ArrayLike, is_same: ArrayLike) -> float:
    """The squared distance d at which ``D <= d`` judges the most pairs (P,) rightly.

    Between two neighbouring distances every threshold judges alike: the middle is taken. Of equally
    good places the lowest, which accepts fewest. Raises InputError where all pairs are of one kind.
    """
    distances, same = _pairs(squared_distances, is_same)
    if same.all() or not same.any():
        raise InputError("is_same: expected pairs of one person and of two, got only one kind")
    order = np.argsort(distances, kind="stable")
    sorted_distances = distances[order]
    # Accepting the k nearest pairs is right for those of one person, and wrong for the others.
    gain = np.concatenate([[0], np.cumsum(np.where(same[order], 1, -1))])
    ends = np.flatnonzero(np.diff(sorted_distances, append=np.inf) > 0) + 1  # never between equals
    places = np.concatenate([[0], ends])
    best = int(places[np.argmax(gain[places])])
    if best == 0:
        return float(sorted_distances[0]) - 1  # below all: nothing is accepted
    if best == len(sorted_distances):
        return float(sorted_distances[-1])
    return float(sorted_distances[best - 1] + sorted_distances[best]) / 2


def _pairs(
    squared_distances: ArrayLike, is_same: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    distances = check_array(squared_distances, "squared_distances", shape=(None,), dtype=np.float64)
    same = np.asarray(is_same)
    if same.dtype != np.bool_ or same.shape != distances.shape:
        raise InputError(
            f"is_same: expected bool of shape ({len(distances)},), one for each distance, "
            f"got {describe(same)}"
        )
    if distances.size and distances.min() < 0:
        raise InputError("squared_distances: expected none below 0; square plain distances first")
    return distances, same
