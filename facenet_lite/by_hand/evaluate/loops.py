"""The paper's rates, pair by pair (section 4): slow, but with every step shown."""

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
    """Judge every pair (P,) by one threshold: it is accepted when D <= d."""
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
    """The best validation rate of all thresholds that keep to ``far``; None where not estimable.

    Every distance that occurs is tried as a threshold, and so is -1, which accepts nothing.
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
    """The smallest and largest share that lies within 1.96 of its own standard deviations from
    ``hits`` out of ``trials``; shares are tried in steps of 0.0001."""
    kept = []
    for step in range(10_001):
        share = step / 10_000
        deviation = math.sqrt(share * (1 - share) / trials)
        if abs(hits / trials - share) <= 1.96 * deviation:
            kept.append(share)
    return min(kept), max(kept)


def best_threshold(squared_distances: Sequence[float], is_same: Sequence[bool]) -> float:
    """The distance up to which accepting judges the most pairs (P,) correctly; -1 accepts none.

    A walk from the nearest pair to the farthest: each pair that is accepted makes one more correct,
    or one fewer. Of equally good places the first is taken. Of equal distances, pairs of two people
    come before pairs of one, so that no threshold separates equal distances.
    """
    best, most, gain = -1.0, 0, 0
    for distance, one_person in sorted(zip(squared_distances, is_same, strict=True)):
        gain += 1 if one_person else -1
        if gain > most:
            best, most = distance, gain
    return best


def fold_accuracies(
    squared_distances: Sequence[float], is_same: Sequence[bool], folds: Sequence[int]
) -> list[float]:
    """The share of each fold judged correctly by the threshold that is best on the others."""
    accuracies = []
    for fold in sorted(set(folds)):
        others: list[tuple[float, bool]] = []
        own: list[tuple[float, bool]] = []
        for distance, one_person, home in zip(squared_distances, is_same, folds, strict=True):
            (own if home == fold else others).append((distance, one_person))
        threshold = best_threshold(*zip(*others, strict=True))
        right = sum((distance <= threshold) == one_person for distance, one_person in own)
        accuracies.append(right / len(own))
    return accuracies


def as_uneven(one: int, two: int) -> float:
    """The chance that ``one + two`` fair coins fall at least as unevenly as ``one`` to ``two``."""
    coins = one + two
    fewest = min(one, two)
    ways = sum(math.comb(coins, heads) for heads in range(fewest + 1))
    return float(min(1, 2 * ways / 2**coins))
