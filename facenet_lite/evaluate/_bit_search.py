"""Find the distance at which a given number of pairs is accepted, by counting ever finer classes.

Squared distances are float32 and never below zero. The bits of such numbers, read as whole numbers,
ascend with them. So a class of distances is a range of whole numbers, and a range of one number is
a single distance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facenet_lite.errors import FacenetLiteError
from facenet_lite.evaluate._pair_blocks import PairBlocks

PARTS_BITS: Final = 16
"""A class is cut into at most 2**16 parts."""

ABOVE_ALL: Final = 0x7F800000
"""The bits of infinity in float32, read as a whole number."""

Counts: TypeAlias = NDArray[np.int64]


class DistanceClass(NamedTuple):
    """The distances from ``first`` to below ``end``, as whole numbers; ``every`` pairs have one."""

    first: int
    end: int
    every: int


class Split(NamedTuple):
    """A class cut into K parts: their ``edges``, int64 (K + 1,), how many pairs lie in each part,
    ``every``, int64 (K,), and how many of these show one person, ``same``, int64 (K,)."""

    edges: Counts
    every: Counts
    same: Counts


@dataclass(frozen=True)
class Search:
    """The search for the first different pair that is one too many, and for the distance before it.

    ``allowed`` different pairs may be accepted. ``found`` is the class that holds the next one, or
    is empty where all are allowed; ``same`` and ``different`` pairs lie below that class.
    ``before`` is the class that holds the largest distance below it, unless ``found`` itself does,
    and None where there is no such distance.
    """

    allowed: int
    found: DistanceClass
    before: DistanceClass | None = None
    same: int = 0
    different: int = 0

    @property
    def wide(self) -> list[DistanceClass]:
        """The classes that hold more than one number, and so have to be cut."""
        classes = (self.before, self.found)
        return [c for c in classes if c is not None and c.end - c.first > 1]

    def narrowed(self, splits: dict[DistanceClass, Split]) -> Search:
        """The same search with these classes replaced by the parts that matter."""
        before, found, same, different = self.before, self.found, self.same, self.different
        if before in splits:
            before = _last(splits[before])
        if found in splits:
            parts = splits[found]
            strangers = parts.every - parts.same
            up_to = different + np.cumsum(strangers)
            k = int(np.searchsorted(up_to, self.allowed, side="right"))
            before = _last(parts, k) or before
            same += int(parts.same[:k].sum())
            different += int(strangers[:k].sum())
            empty = DistanceClass(found.end, found.end, 0)
            found = _part(parts, k) if k < len(parts.every) else empty
        return replace(self, found=found, before=before, same=same, different=different)


def count_classes(pairs: PairBlocks, bins: int, progress: bool) -> Split:
    """Count all distances by their whole units, 0 to ``bins`` - 1; the last class has no end."""
    counts = np.zeros((2, bins), np.int64)
    memory = np.empty(0, np.intp)
    for parts in _shown(pairs, progress, "classes"):
        if len(parts[0]) > len(memory):
            memory = np.empty(len(parts[0]), np.intp)
        for total, distances in zip(counts, parts, strict=True):
            if len(distances):
                units = memory[: len(distances)]
                np.copyto(units, distances, casting="unsafe")
                counted = np.bincount(units, minlength=bins)
                total += counted[:bins]
                total[-1] += counted[bins:].sum()
    edges = np.arange(bins + 1).astype(np.float32).view(np.int32).astype(np.int64)
    edges[-1] = ABOVE_ALL
    return Split(edges, *counts)


def split_classes(
    pairs: PairBlocks, classes: list[DistanceClass], progress: bool
) -> dict[DistanceClass, Split]:
    """Cut classes into single numbers, or wide ones into at most 2**16 parts of 2**n numbers.

    Raises FacenetLiteError where a class holds another number of pairs than was counted before.
    """
    shifts = [max(0, (c.end - c.first - 1).bit_length() - PARTS_BITS) for c in classes]
    sizes = [((c.end - c.first - 1) >> n) + 1 for c, n in zip(classes, shifts, strict=True)]
    counts = [np.zeros((2, size), np.int64) for size in sizes]
    farthest = np.int32(max(c.end for c in classes) - 1).view(np.float32)
    for parts in _shown(pairs, progress, "thresholds"):
        for kind, distances in enumerate(parts):
            near = distances[np.flatnonzero(distances <= farthest)].view(np.int32)
            for c, n, count in zip(classes, shifts, counts, strict=True):
                inside = np.flatnonzero((near >= c.first) & (near < c.end))
                if len(inside):
                    places = (near[inside] - c.first) >> n
                    count[kind] += np.bincount(places, minlength=len(count[kind]))
    splits = {}
    for c, n, count in zip(classes, shifts, counts, strict=True):
        if count[0].sum() != c.every:
            raise FacenetLiteError(
                f"all_pairs: expected {c.every:,} distances in a class, got {count[0].sum():,}: "
                "matrix products differ from one run to the next; set OMP_NUM_THREADS=1"
            )
        edges = c.first + (np.arange(len(count[0]) + 1, dtype=np.int64) << n)
        edges[-1] = c.end
        splits[c] = Split(edges, *count)
    return splits


def _shown(
    pairs: PairBlocks, progress: bool, what: str
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    from tqdm import tqdm

    off = None if progress else True
    with tqdm(total=len(pairs), desc=what, unit="pair", unit_scale=True, disable=off) as bar:
        for parts in pairs:
            yield parts
            bar.update(len(parts[0]))


def _part(split: Split, k: int) -> DistanceClass:
    return DistanceClass(int(split.edges[k]), int(split.edges[k + 1]), int(split.every[k]))


def _last(split: Split, end: int | None = None) -> DistanceClass | None:
    """The last part before number ``end`` that holds any distance, None where there is none."""
    some = np.flatnonzero(split.every[:end])
    return _part(split, int(some[-1])) if len(some) else None
