"""Who is this? Closed-set and open-set identification, from the nearest of a gallery.

A *gallery* holds the people known; a *probe* is a face asked about. In a closed set every probe's
person is in the gallery. In an open set some are not, and the right answer to them is silence.
The measures are those of Grother, Micheals and Phillips (2003).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_number
from facenet_lite.errors import InputError
from facenet_lite.evaluate.at_far import AtFar, OperatingPoint, false_accepts_allowed
from facenet_lite.evaluate.neighbours import Neighbours
from facenet_lite.evaluate.uncertainty import wilson_interval
from facenet_lite.evaluate.verification import first_refused, val_interval


@dataclass(frozen=True, eq=False)
class Cmc:
    """The cumulative match characteristic of a closed set.

    ``hits``: int64 (k,), how many of the ``probes`` have their person among the nearest 1, 2, ... k
    of the gallery; it never falls.
    """

    hits: NDArray[np.int64]
    probes: int

    @property
    def shares(self) -> NDArray[np.float64]:
        """``hits`` as shares of the probes, float64 (k,)."""
        return self.hits / self.probes

    def rank(self, k: int) -> float:
        """The share of probes whose person is among the ``k`` nearest."""
        check_number(k, "k", low=1, high=len(self.hits), integer=True)
        return float(self.hits[k - 1] / self.probes)

    def interval(self, k: int) -> tuple[float, float]:
        """The 95 % interval of ``rank(k)`` (Wilson), for probes that show different people."""
        check_number(k, "k", low=1, high=len(self.hits), integer=True)
        return wilson_interval(int(self.hits[k - 1]), self.probes)


@dataclass(frozen=True, kw_only=True)
class DirAtFar(AtFar):
    """The detection and identification rate that keeps to a false alarm rate.

    ``mated``: how many probes have their person in the gallery; ``unmated``: how many have not,
    and would raise a false alarm; ``rank``: among how many of the nearest the person has to be.
    """

    MEASURE: ClassVar[str] = "DIR"
    REMEDY: ClassVar[str] = "take more probes of people who are not in the gallery"

    mated: int
    unmated: int
    rank: int

    @property
    def counted(self) -> str:
        """The number of probes without a mate, in words."""
        return f"{self.unmated:,} probes without a mate"

    @property
    def identified(self) -> float:
        """The share of mated probes that are within the threshold, and of the right person."""
        return self._known().val


def rank_k(neighbours: Neighbours, gallery_labels: ArrayLike, probe_labels: ArrayLike) -> Cmc:
    """The share of probes whose person is among the k nearest: closed-set identification.

    ``neighbours``: those of Q probes, from ``search``; ``gallery_labels`` (M,) and ``probe_labels``
    (Q,): whole numbers, who is on each picture. Where the gallery has several pictures of a person,
    the k nearest *pictures* count. Equal distances count in the gallery's order. Raises InputError
    for labels that do not fit, no probes, or a probe whose person is not in the gallery.
    """
    known, asked = _labels(neighbours, gallery_labels, probe_labels)
    strangers = np.flatnonzero(~np.isin(asked, known))
    if len(strangers):
        raise InputError(
            f"probe_labels: expected people who are in the gallery, got {len(strangers)} probes of "
            f"others, the first with label {asked[strangers[0]]}; "
            "detection_identification_rate takes both"
        )
    at = _place(neighbours, known, asked)
    hits = np.bincount(at, minlength=neighbours.k + 1)[: neighbours.k].cumsum()
    return Cmc(hits.astype(np.int64), len(asked))


def detection_identification_rate(
    neighbours: Neighbours,
    gallery_labels: ArrayLike,
    probe_labels: ArrayLike,
    far: float,
    *,
    rank: int = 1,
) -> DirAtFar:
    """How many probes are identified while at most ``far`` of the strangers raise a false alarm.

    A probe whose person is in the gallery (*mated*) counts when the person is among the ``rank``
    nearest and D <= d. A probe of anybody else raises a false alarm when anyone at all is within d.
    Of M unmated probes floor(far * M) may do so; where that is 0, the rate is not estimable. The
    threshold d is the largest distance that occurs and keeps to the rate.

    Labels are as in ``rank_k``. The interval holds for independent probes, one for each person,
    and for this gallery; like that of ``val_at_far`` it includes the threshold's uncertainty.
    Raises InputError for labels that do not fit, probes of one kind only, a rate outside (0, 1] or
    a rank above k. These are the detection and identification rate, P_DI, and the false alarm
    rate, P_FA, of Grother, Micheals and Phillips (2003).
    """
    known, asked = _labels(neighbours, gallery_labels, probe_labels)
    check_number(far, "far", low=0, high=1, low_included=False)
    check_number(rank, "rank", low=1, high=neighbours.k, integer=True)
    has_mate = np.isin(asked, known)
    if has_mate.all() or not has_mate.any():
        raise InputError(
            "probe_labels: expected some people who are in the gallery and some who are not, got "
            f"{has_mate.sum()} and {(~has_mate).sum()} probes"
        )
    at = _place(neighbours, known, asked)
    right = has_mate & (at < rank)
    distances = neighbours.squared_distances.astype(np.float64)
    own = distances[np.arange(len(asked)), np.minimum(at, neighbours.k - 1)]
    # A mate that is not found is infinitely far away: no threshold accepts it.
    mates = np.sort(np.where(right, own, np.inf)[has_mate])
    alarms = np.sort(distances[~has_mate, 0])
    allowed = false_accepts_allowed(far, len(alarms))
    nothing = DirAtFar(asked=far, allowed=allowed, mated=len(mates), unmated=len(alarms), rank=rank)
    if allowed == 0:
        return nothing
    limit = first_refused(alarms, allowed)
    hits, wrong = (int(np.searchsorted(x, limit, side="left")) for x in (mates, alarms))
    nearest = [x[count - 1] for x, count in ((mates, hits), (alarms, wrong)) if count]
    point = OperatingPoint(
        float(max(nearest)) if nearest else -math.inf, hits / len(mates), wrong / len(alarms)
    )
    return replace(nothing, point=point, interval=val_interval(mates, alarms, far, hits))


def _labels(
    neighbours: Neighbours, gallery_labels: ArrayLike, probe_labels: ArrayLike
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    known = check_array(gallery_labels, "gallery_labels", shape=(None,), dtype=np.int64)
    asked = check_array(probe_labels, "probe_labels", shape=(len(neighbours),), dtype=np.int64)
    if len(asked) == 0 or neighbours.k == 0:
        raise InputError("neighbours: expected at least one probe with one neighbour, got none")
    most = int(neighbours.indices.max())
    if most >= len(known):
        raise InputError(
            f"gallery_labels: expected one for each picture of the gallery, got {len(known)}, and "
            f"a neighbour at row {most}"
        )
    return known, asked


def _place(
    neighbours: Neighbours, known: NDArray[np.int64], asked: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The place, from 0, of the first picture of the probe's person; k where there is none."""
    same = known[neighbours.indices] == asked[:, None]
    found: NDArray[np.int64] = np.where(same.any(axis=1), same.argmax(axis=1), neighbours.k)
    return found
