"""VAL at FAR over every pair of many pictures, as the paper's hold-out sets are used (section 4).

N embeddings make N (N - 1) / 2 pairs: 87 million for LFW's 13,233 pictures. They are never held at
once. A first pass counts how many distances lie in each class. Every further pass divides the few
classes that decide, until each is a single float32 number; usually one such pass is enough.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array, check_flag, check_number
from facenet_lite.evaluate._bit_search import (
    ABOVE_ALL,
    DistanceClass,
    Search,
    Split,
    count_classes,
    split_classes,
)
from facenet_lite.evaluate._pair_blocks import BLOCK, PairBlocks
from facenet_lite.evaluate.at_far import OperatingPoint, ValAtFar, false_accepts_allowed
from facenet_lite.evaluate.verification import Roc

FARS: Final = (1e-4, 1e-3, 1e-2, 1e-1)
"""These rates are found unless others are asked for; the paper reports 1e-3 (section 5)."""

BINS: Final = 65_536
"""The first pass sorts distances into this many classes."""


@dataclass(frozen=True, eq=False)
class AllPairs:
    """What all pairs of N embeddings show.

    ``same``, ``different``: how many pairs show one person, and two people. ``points``: the exact
    operating point for each rate asked for. ``roc``: the exact operating points at the ends of the
    classes that hold any distance, at least ``class_width`` apart; the very last class ends at
    infinity. The area under the whole ROC curve lies between ``auc_low`` and ``auc_high``;
    ``roc.auc``, in which pairs of one class count as ties, lies midway. ``rounding``: how far
    float32 distances may at worst be from exact ones.
    """

    same: int
    different: int
    points: tuple[ValAtFar, ...]
    roc: Roc
    auc_low: float
    auc_high: float
    class_width: float
    rounding: float

    def between(self, far: float) -> tuple[float, float]:
        """The two neighbouring VAL of ``roc`` between which the exact VAL at any FAR lies.

        So a VAL read from the classes is wrong by at most their difference. Raises InputError for a
        rate outside (0, 1].
        """
        check_number(far, "far", low=0, high=1, low_included=False)
        kept = self.roc.far * self.different < false_accepts_allowed(far, self.different) + 0.5
        last = int(np.flatnonzero(kept)[-1])
        return float(self.roc.val[last]), float(self.roc.val[min(last + 1, len(kept) - 1)])


def all_pairs(
    embeddings: ArrayLike,
    labels: ArrayLike,
    *,
    fars: Sequence[float] = FARS,
    bins: int = BINS,
    block: int = BLOCK,
    progress: bool = False,
) -> AllPairs:
    """Compare every pair of N embeddings: exact VAL at each FAR, and the ROC in ``bins`` classes.

    ``embeddings`` (N, D); ``labels`` (N,): a whole number for each person. Of M different pairs
    floor(far * M) may be accepted: the threshold is the largest distance that occurs and keeps to
    this, and equal distances are accepted together or not at all, as in ``val_at_far``. Memory: two
    float32 copies of the embeddings and a few ``block`` x 4 ``block`` numbers. ``progress`` shows a
    bar.

    Distances are ``|a|² + |b|² - 2ab`` in float32, and points are exact for these numbers. They
    differ from distances in float64 by at most ``rounding``, 2e-5 for unit vectors of 128 numbers,
    and usually by a tenth of that. Their last digit may depend on ``block``. Raises InputError for
    other shapes, NaN, a rate outside (0, 1], and where there is no same or no different pair.
    """
    rates = check_array(fars, "fars", shape=(None,), dtype=np.float64).tolist()
    for far in rates:
        check_number(far, "fars", low=0, high=1, low_included=False)
    check_number(bins, "bins", low=1, high=1 << 20, integer=True)
    check_flag(progress, "progress")
    pairs = PairBlocks.of(embeddings, labels, bins=bins, block=block)
    classes = count_classes(pairs, bins, progress)
    everything = DistanceClass(0, ABOVE_ALL, len(pairs))
    allowed = [false_accepts_allowed(far, pairs.different) for far in rates]
    searches = [Search(count, everything).narrowed({everything: classes}) for count in allowed]
    while wide := sorted({c for search in searches if search.allowed for c in search.wide}):
        splits = split_classes(pairs, wide, progress)
        searches = [search.narrowed(splits) for search in searches]
    points = tuple(
        ValAtFar(
            asked=far,
            allowed=search.allowed,
            same=pairs.same,
            different=pairs.different,
            point=_point(search, pairs),
        )
        for far, search in zip(rates, searches, strict=True)
    )
    return _result(pairs, classes, points)


def _point(search: Search, pairs: PairBlocks) -> OperatingPoint | None:
    if search.allowed == 0:
        return None
    threshold = -math.inf
    if search.before is not None:
        threshold = float(np.int32(search.before.first).view(np.float32)) * pairs.unit
    return OperatingPoint(threshold, search.same / pairs.same, search.different / pairs.different)


def _result(pairs: PairBlocks, classes: Split, points: tuple[ValAtFar, ...]) -> AllPairs:
    some = np.flatnonzero(classes.every)
    same, different = classes.same[some], (classes.every - classes.same)[some]
    ends = (classes.edges[some + 1] - 1).astype(np.int32).view(np.float32)
    thresholds = ends.astype(np.float64) * pairs.unit
    if some[-1] == len(classes.every) - 1:
        thresholds[-1] = math.inf
    roc = Roc(
        thresholds=np.concatenate([[-math.inf], thresholds]),
        val=np.concatenate([[0], np.cumsum(same)]) / pairs.same,
        far=np.concatenate([[0], np.cumsum(different)]) / pairs.different,
        same=pairs.same,
        different=pairs.different,
    )
    nearer = float(same / pairs.same @ (1 - roc.far[1:]))  # than a pair of a later class
    ties = float(same / pairs.same @ (different / pairs.different))
    return AllPairs(
        pairs.same, pairs.different, points, roc, nearer, nearer + ties, pairs.unit, pairs.rounding
    )
