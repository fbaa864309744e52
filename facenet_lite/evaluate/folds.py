"""Verification accuracy over the folds of a pair list, each with a threshold from the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, describe
from facenet_lite.errors import InputError
from facenet_lite.evaluate.uncertainty import standard_error, t_interval, wilson_interval
from facenet_lite.evaluate.verification import best_of_sorted, check_pairs


@dataclass(frozen=True, eq=False)
class FoldAccuracy:
    """The share of pairs judged correctly in each of F folds.

    ``accuracies`` float64 (F,); ``thresholds`` float64 (F,), the largest squared distance at which
    a pair of that fold was accepted, chosen on all other folds; ``missing`` int64 (F,), the pairs
    of each fold that have no distance and count as wrong; ``right`` bool (P,), pair by pair.
    """

    accuracies: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    missing: NDArray[np.int64]
    right: NDArray[np.bool_]

    @property
    def mean(self) -> float:
        """The mean accuracy of the folds."""
        return float(self.accuracies.mean())

    @property
    def standard_deviation(self) -> float:
        """How much the folds scatter: the sample's standard deviation (divided by F - 1)."""
        return float(self.accuracies.std(ddof=1))

    @property
    def standard_error(self) -> float:
        """How uncertain the mean is: the standard deviation divided by the root of F."""
        return standard_error(self.accuracies)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the mean, by Student's t with F - 1 degrees of freedom, within 0
        and 1."""
        low, high = t_interval(self.accuracies)
        return max(low, 0.0), min(high, 1.0)

    @property
    def errors(self) -> int:
        """How many pairs were judged wrongly in all folds together."""
        return int(np.sum(~self.right))

    @property
    def pooled_interval(self) -> tuple[float, float]:
        """The 95 % interval of the share judged correctly, all pairs pooled (Wilson)."""
        return wilson_interval(len(self.right) - self.errors, len(self.right))


def fold_accuracy(
    squared_distances: ArrayLike,
    is_same: ArrayLike,
    folds: ArrayLike,
    *,
    missing: ArrayLike | None = None,
) -> FoldAccuracy:
    """Judge the pairs of each fold by the threshold that is best on all the other folds.

    ``squared_distances`` (P,); ``is_same`` bool (P,); ``folds`` whole numbers (P,), as the list
    gives them; ``missing`` bool (P,): pairs without a distance, whose number is ignored. A pair is
    accepted when D <= d (FaceNet, section 4). A missing pair has no say in the choice of a
    threshold, and counts as wrong in its fold. Raises InputError for other shapes, NaN, fewer than
    two folds, a fold without any distance, or other folds that hold only one kind of pair.
    """
    gone = _missing(missing, np.shape(is_same))
    fits = np.shape(squared_distances) == gone.shape  # subtle: np.where would stretch one number
    filled = np.where(gone, 0.0, squared_distances) if fits else squared_distances
    distances, same = check_pairs(filled, is_same)
    groups = check_array(folds, "folds", shape=(len(distances),), dtype=np.int64)
    names = np.unique(groups)
    if len(names) < 2:
        raise InputError(f"folds: expected at least 2, got {len(names)}")
    order = np.argsort(distances, kind="stable")
    known = order[~gone[order]]  # sorted once, so that each fold's other pairs are in order
    right = np.zeros(len(distances), np.bool_)
    accuracies, thresholds, lost = [], [], []
    for name in names:
        held_out = groups == name
        if gone[held_out].all():
            raise InputError(f"missing: expected some distance in each fold, fold {name} has none")
        others = known[~held_out[known]]
        if same[others].all() or not same[others].any():
            raise InputError(
                "is_same: expected pairs of one person and of two, got only one kind outside of "
                f"fold {name}"
            )
        threshold = best_of_sorted(distances[others], same[others])
        right[held_out] = ((distances[held_out] <= threshold) == same[held_out]) & ~gone[held_out]
        accuracies.append(np.mean(right[held_out]))
        thresholds.append(threshold)
        lost.append(np.sum(gone[held_out]))
    return FoldAccuracy(np.array(accuracies), np.array(thresholds), np.array(lost, np.int64), right)


def accuracy_at(
    squared_distances: ArrayLike, is_same: ArrayLike, folds: ArrayLike, thresholds: ArrayLike
) -> FoldAccuracy:
    """Judge the pairs of each fold by a threshold that was chosen elsewhere.

    ``thresholds`` (F,): one for each fold, in the ascending order of their names. This suits a
    model that is fitted separately for each fold, whose distances in one fold say nothing about
    those in another. The other arguments are those of ``fold_accuracy``. Raises InputError for
    other shapes or NaN.
    """
    distances, same = check_pairs(squared_distances, is_same)
    groups = check_array(folds, "folds", shape=(len(distances),), dtype=np.int64)
    names, places = np.unique(groups, return_inverse=True)
    limits = check_array(thresholds, "thresholds", shape=(len(names),), dtype=np.float64)
    right = (distances <= limits[places]) == same
    accuracies = np.bincount(places, weights=right) / np.bincount(places)
    return FoldAccuracy(accuracies, limits, np.zeros(len(names), np.int64), right)


def _missing(missing: ArrayLike | None, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    if missing is None:
        return np.zeros(shape, np.bool_)
    gone = np.asarray(missing)
    if gone.dtype != np.bool_ or gone.shape != shape:
        raise InputError(f"missing: expected bool of shape {shape}, got {describe(gone)}")
    return gone
