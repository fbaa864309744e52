"""Validation rate at a false accept rate: the paper's two numbers (section 4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array, check_number
from facenet_lite.errors import InputError


@dataclass(frozen=True)
class ValAtFar:
    """``val``: the share of same pairs accepted at D <= ``threshold``; ``far``: the share of
    different pairs accepted there, at most the one asked for. ``estimable``: whether there are
    different pairs enough for that rate to be one of them at least; where not, nothing else says
    anything."""

    val: float
    far: float
    threshold: float
    estimable: bool


def val_at_far(same: ArrayLike, different: ArrayLike, far: float) -> ValAtFar:
    """The highest validation rate whose false accept rate is at most ``far``.

    ``same`` (N,), ``different`` (M,): squared distances of pairs of one person and of two. The
    threshold is a distance that occurs, the largest that keeps to ``far``; pairs at it count as
    accepted. With fewer than 1 / far different pairs the rate is not estimable. Raises InputError
    for other shapes, no pairs, or a rate outside (0, 1].
    """
    a = np.sort(check_array(same, "same", shape=(None,), dtype=np.float64))
    b = np.sort(check_array(different, "different", shape=(None,), dtype=np.float64))
    check_number(far, "far", low=0, high=1, low_included=False)
    if len(a) == 0 or len(b) == 0:
        raise InputError(f"same, different: expected some of each, got {len(a)} and {len(b)}")
    places = np.unique(np.concatenate([a, b]))
    rates = np.searchsorted(b, places, side="right") / len(b)
    allowed = int(np.searchsorted(rates, far, side="right"))
    threshold = float(places[allowed - 1]) if allowed else float(places[0]) - 1
    return ValAtFar(
        val=float(np.searchsorted(a, threshold, side="right") / len(a)),
        far=float(np.searchsorted(b, threshold, side="right") / len(b)),
        threshold=threshold,
        estimable=far * len(b) >= 1,
    )
