"""One anchor's negatives sorted once, and each of its positives answered by binary search.

The package's rules do this for all anchors at a time, with arrays: see ``ranking``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array
from facenet_lite.miners.kinds import Census
from facenet_lite.ranking import MARGIN


def nearest_in_band(
    to_positives: ArrayLike, to_negatives: ArrayLike, margin: float = MARGIN
) -> list[int | None]:
    """For each of an anchor's positives, the nearest semi-hard negative, or None.

    ``to_positives``, ``to_negatives``: the anchor's squared distances. The answers are places in
    ``to_negatives``. Raises InputError for NaN.
    """
    negatives = _numbers(to_negatives, "to_negatives")
    order = sorted(range(len(negatives)), key=lambda n: negatives[n])
    ranked = [negatives[n] for n in order]
    found: list[int | None] = []
    for distance in _numbers(to_positives, "to_positives"):
        low = bisect_right(ranked, distance)  # so many are hard
        high = bisect_left(ranked, distance + margin)  # so many cost something
        found.append(order[low] if low < high else None)
    return found


def census(to_positives: ArrayLike, to_negatives: ArrayLike, margin: float = MARGIN) -> Census:
    """How many of an anchor's triplets are easy, semi-hard and hard, without visiting any."""
    ranked = sorted(_numbers(to_negatives, "to_negatives"))
    easy = hard = semi_hard = 0
    for distance in _numbers(to_positives, "to_positives"):
        low = bisect_right(ranked, distance)
        high = max(low, bisect_left(ranked, distance + margin))
        hard, semi_hard, easy = hard + low, semi_hard + high - low, easy + len(ranked) - high
    return Census(easy, semi_hard, hard)


def _numbers(values: ArrayLike, name: str) -> list[float]:
    numbers: list[float] = check_array(values, name, shape=(None,), dtype=np.float64).tolist()
    return numbers
