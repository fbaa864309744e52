"""All triplets of one anchor at once: its negatives sorted, and their running sums.

For a positive at distance d, the negatives nearer than d + margin have a loss. When sorted they are
the first k, and their losses sum to k (d + margin) minus the sum of the first k distances.
``losses.batch_all_triplet_loss`` does this for every anchor.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array
from facenet_lite.by_hand.losses.one_triplet import MARGIN


def anchor_loss(
    to_positives: ArrayLike, to_negatives: ArrayLike, margin: float = MARGIN
) -> tuple[float, int]:
    """The sum of the losses of all triplets of an anchor, and how many of them are active.

    ``to_positives``, ``to_negatives``: the anchor's squared distances. Raises InputError for NaN.
    """
    negatives = sorted(_numbers(to_negatives, "to_negatives"))
    sums = [0.0, *accumulate(negatives)]
    total, active = 0.0, 0
    for distance in _numbers(to_positives, "to_positives"):
        k = bisect_left(negatives, distance + margin)
        total += k * (distance + margin) - sums[k]
        active += k
    return total, active


def weights(
    to_positives: ArrayLike, to_negatives: ArrayLike, margin: float = MARGIN
) -> tuple[list[int], list[int]]:
    """The gradient of ``anchor_loss``: in how many active triplets each distance occurs.

    It is positive for the positives and negative for the negatives, in the order given.
    """
    negatives = sorted(_numbers(to_negatives, "to_negatives"))
    reach = sorted(distance + margin for distance in _numbers(to_positives, "to_positives"))
    pulls = [bisect_left(negatives, d + margin) for d in _numbers(to_positives, "to_positives")]
    pushes = [bisect_right(reach, d) - len(reach) for d in _numbers(to_negatives, "to_negatives")]
    return pulls, pushes


def _numbers(values: ArrayLike, name: str) -> list[float]:
    numbers: list[float] = check_array(values, name, shape=(None,), dtype=np.float64).tolist()
    return numbers
