"""People drawn with replacement: why one figure is uncertain, and a difference is less so."""

from __future__ import annotations

from collections.abc import Sequence


def weights(first: Sequence[int], second: Sequence[int], times: Sequence[int]) -> list[int]:
    """How often each pair (P,) counts, where person i was drawn ``times[i]`` times.

    ``first`` and ``second``: who is on each picture of a pair. A pair of one person counts as often
    as the person was drawn, a pair of two as the product of both.
    """
    found = []
    for one, two in zip(first, second, strict=True):
        found.append(times[one] if one == two else times[one] * times[two])
    return found


def val_at_far(
    squared_distances: Sequence[float], is_same: Sequence[bool], counts: Sequence[int], far: float
) -> float:
    """VAL at a FAR of pairs (P,) that count ``counts[i]`` times: nearest first, until FAR is spent.

    Of equal distances, pairs of two people come first, so that no false accept is overlooked.
    """
    pairs = sorted(zip(squared_distances, is_same, counts, strict=True))
    same = sum(count for _, one_person, count in pairs if one_person)
    allowed = far * sum(count for _, one_person, count in pairs if not one_person) + 1e-9
    val, true_accepts, false_accepts = 0.0, 0, 0
    for _, one_person, count in pairs:
        true_accepts += count * one_person
        false_accepts += count * (not one_person)
        if false_accepts <= allowed:
            val = true_accepts / same
    return val
