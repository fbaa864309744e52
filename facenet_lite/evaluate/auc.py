"""How well distances tell people apart: the area under the ROC curve, and its interval."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array
from facenet_lite.distances import pairwise_squared_distances
from facenet_lite.errors import InputError
from facenet_lite.evaluate.uncertainty import Z_95

BINS: Final = 4096
"""Distances are sorted into this many classes; pairs in one class count as ties."""


class Separation(NamedTuple):
    """``auc``: the chance that two pictures of one person are nearer to each other than pictures of
    two people; ``low`` and ``high``: its 95 % interval; ``same`` and ``different``: the squared
    distances, (P * K * (K - 1) / 2,) and (P * (P - 1) / 2 * K * K,)."""

    auc: float
    low: float
    high: float
    same: NDArray[np.float32]
    different: NDArray[np.float32]


def area_under_roc(same: ArrayLike, different: ArrayLike) -> float:
    """The chance that a value of ``same`` (N,) is below one of ``different`` (M,); ties count half.

    This is the rank sum of Mann and Whitney: 0.5 where there is no difference, 1 where every value
    of ``same`` is below every other.
    """
    a = check_array(same, "same", shape=(None,), dtype=np.float64)
    b = np.sort(check_array(different, "different", shape=(None,), dtype=np.float64))
    if len(a) == 0 or len(b) == 0:
        raise InputError(f"same, different: expected some of each, got {len(a)} and {len(b)}")
    below, up_to = (np.searchsorted(b, a, side=side) for side in ("left", "right"))
    return float(1 - (below + up_to).mean() / (2 * len(b)))


def separation(embeddings: ArrayLike) -> Separation:
    """Compare all pictures of P people, K each, with each other: ``embeddings`` (P, K, D).

    The interval comes from leaving out each person in turn (the jackknife): pairs that share a
    person are not independent, while people are. Raises InputError for fewer than 3 people or 2
    pictures.
    """
    e = check_array(embeddings, "embeddings", shape=(None, None, None), dtype=np.float32)
    people, each, dim = e.shape
    if people < 3 or each < 2:
        raise InputError(
            f"embeddings: expected 3 people with 2 pictures or more, got {people} with {each}"
        )
    squared = pairwise_squared_distances(e.reshape(-1, dim), e.reshape(-1, dim))
    squared = np.asarray(squared).reshape(people, each, people, each).transpose(0, 2, 1, 3)
    scale = (BINS - 1) / max(float(squared.max()), 1e-12)
    sorted_in = (squared * scale).astype(np.int64)
    upper = np.triu_indices(each, 1)
    counts_same = np.zeros((people, BINS))
    counts_different = np.zeros((people, BINS))
    for person in range(people):
        counts_same[person] = np.bincount(sorted_in[person, person][upper], minlength=BINS)
        others = np.delete(sorted_in[person], person, axis=0)
        counts_different[person] = np.bincount(others.ravel(), minlength=BINS)
    all_same, all_different = counts_same.sum(0), counts_different.sum(0) / 2
    without = np.array(
        [
            _binned_area(all_same - s, all_different - d)
            for s, d in zip(counts_same, counts_different, strict=True)
        ]
    )
    error = np.sqrt((people - 1) / people * np.square(without - without.mean()).sum())
    first, second = np.triu_indices(people, 1)
    same = np.concatenate([squared[p, p][upper] for p in range(people)])
    different = squared[first, second].ravel()
    auc = area_under_roc(same, different)
    low, high = max(0.0, auc - Z_95 * error), min(1.0, auc + Z_95 * error)
    return Separation(auc, float(low), float(high), same, different)


def _binned_area(same: NDArray[np.float64], different: NDArray[np.float64]) -> float:
    above = different.sum() - np.cumsum(different) + different / 2
    return float(same @ above / (same.sum() * different.sum()))
