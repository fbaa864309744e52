"""The paper's rates, pair by pair (section 4): slow, and nothing left out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple


class Counts(NamedTuple):
    """``true_accepts`` of ``same`` pairs, ``false_accepts`` of ``different`` ones."""

    true_accepts: int
    false_accepts: int
    same: int
    different: int

    @property
    def val(self) -> float:
        """The validation rate: the share of same pairs that is accepted."""
        return self.true_accepts / self.same

    @property
    def far(self) -> float:
        """The false accept rate: the share of different pairs that is accepted."""
        return self.false_accepts / self.different


def count(squared_distances: Sequence[float], is_same: Sequence[bool], threshold: float) -> Counts:
    """Judge every pair (P,) by one threshold: accepted when D <= d."""
    true_accepts = false_accepts = same = different = 0
    for distance, one_person in zip(squared_distances, is_same, strict=True):
        accepted = distance <= threshold
        if one_person:
            same += 1
            true_accepts += accepted
        else:
            different += 1
            false_accepts += accepted
    return Counts(true_accepts, false_accepts, same, different)


def val_at_far(
    squared_distances: Sequence[float], is_same: Sequence[bool], far: float
) -> float | None:
    """The best validation rate of all thresholds that keep to ``far``; None: not estimable.

    Every distance that occurs is tried as the threshold, and -1, which accepts nothing.
    """
    allowed = int(far * sum(not one_person for one_person in is_same) + 1e-9)
    if allowed == 0:
        return None
    best = 0.0
    for threshold in [-1.0, *squared_distances]:
        counts = count(squared_distances, is_same, threshold)
        if counts.false_accepts <= allowed:
            best = max(best, counts.val)
    return best


def wilson_interval(hits: int, trials: int) -> tuple[float, float]:
    """All shares that ``hits`` of ``trials`` lie within 1.96 standard deviations of, tried one by
    one in steps of 0.0001."""
    kept = []
    for step in range(10_001):
        share = step / 10_000
        deviation = math.sqrt(share * (1 - share) / trials)
        if abs(hits / trials - share) <= 1.96 * deviation:
            kept.append(share)
    return min(kept), max(kept)
