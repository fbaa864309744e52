"""Closed and open sets of every size, averaged over all sub-galleries of that size.

No sub-gallery is drawn. If n of M people form the gallery, the chance that it has none of c given
people is C(M - c, n) / C(M, n), so each probe's counts give the mean over all sub-galleries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_number
from facenet_lite.book.experiments.identification.people import Roles
from facenet_lite.distances import pairwise_squared_distances

Rates = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Places:
    """What each probe sees of the whole gallery of M people. ``own`` (P,): each mate's distance to
    their own picture; ``nearer`` (P,): how many others are nearer; ``others`` (P, T): how many
    people are within each of T thresholds of each mate, including the mate; ``within`` (S, T): how
    many people are within each threshold of each stranger."""

    size: int
    own: Rates
    nearer: NDArray[np.int64]
    others: NDArray[np.int64]
    within: NDArray[np.int64]
    thresholds: Rates

    @classmethod
    def of(cls, roles: Roles, thresholds: ArrayLike) -> Places:
        """Compare all probes with the whole gallery."""
        limits = np.asarray(thresholds, np.float64)
        apart = pairwise_squared_distances(roles.mates, roles.gallery).astype(np.float64)
        mine = np.arange(len(roles.mates))
        own = apart[mine, mine]
        tied_before = (apart == own[:, None]) & (np.arange(len(roles.gallery)) < mine[:, None])
        nearer = ((apart < own[:, None]) | tied_before).sum(axis=1)
        away = pairwise_squared_distances(roles.strangers, roles.gallery).astype(np.float64)
        known, strange = _counted(apart, limits), _counted(away, limits)
        return cls(len(roles.gallery), own, nearer, known, strange, limits)

    def identified(self, size: int) -> Rates:
        """The chance that each mate is the nearest of ``size`` people and within: (P, T)."""
        first = chance_of_none(self.nearer, self.size - 1, size - 1)
        close: Rates = (self.own[:, None] <= self.thresholds) * first[:, None]
        return close

    def mistaken(self, size: int) -> Rates:
        """The chance that each mate is taken for someone else among ``size`` people: (P, T)."""
        close = self.own[:, None] <= self.thresholds
        # Once the mate is within the threshold, the number of others within it does not matter.
        free = chance_of_none(np.where(close, 0, self.others), self.size - 1, size - 1)
        any_near: Rates = np.where(close, 1.0, 1 - free)
        return np.maximum(any_near - self.identified(size), 0)

    def alarmed(self, size: int) -> Rates:
        """The chance that each stranger is within reach of any of ``size`` people: (S, T)."""
        return 1 - chance_of_none(self.within, self.size, size)

    def first(self, size: int, rank: int = 1) -> Rates:
        """The chance that each mate is among the ``rank`` nearest of ``size`` people: (P,)."""
        from scipy.stats import hypergeom

        chance: Rates = hypergeom.cdf(rank - 1, self.size - 1, self.nearer, size - 1)
        return chance


def chance_of_none(marked: ArrayLike, total: int, drawn: int) -> Rates:
    """The chance that ``drawn`` of ``total`` contain none of ``marked`` (any shape)."""
    from scipy.special import gammaln

    check_number(drawn, "drawn", low=0, high=total, integer=True)
    free = total - np.asarray(marked, np.float64)
    left = np.maximum(free - drawn, 0)
    logs = gammaln(free + 1) - gammaln(left + 1) - gammaln(total + 1) + gammaln(total - drawn + 1)
    return np.where(free < drawn, 0.0, np.exp(np.minimum(logs, 0)))


def at_far(
    identified: Rates, alarmed: Rates, far: float, *, rng: np.random.Generator, draws: int = 1000
) -> dict[str, float]:
    """DIR at a false alarm rate, with the 95 % interval from resampling people.

    ``identified`` (P, T), ``alarmed`` (S, T): chances by threshold, ascending. The threshold is the
    last of the T that keeps to ``far``; each resample chooses its own. The gallery stays the same.
    """

    def point(mates: Rates, strangers: Rates) -> tuple[Rates, Rates]:
        kept = (strangers <= far).sum(axis=-1) - 1  # rates rise with the threshold
        rows = np.arange(len(mates))
        return np.where(kept < 0, 0.0, mates[rows, np.maximum(kept, 0)]), kept

    value, place = point(identified.mean(axis=0)[None], alarmed.mean(axis=0)[None])
    drawn, _ = point(_drawn_anew(identified, rng, draws), _drawn_anew(alarmed, rng, draws))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {
        "identified": float(value[0]),
        "low": float(low),
        "high": float(high),
        "place": int(place[0]),
    }


def mean(values: Rates, *, rng: np.random.Generator, draws: int = 1000) -> list[float]:
    """The mean of ``values`` (P,), one a person, and its 95 % interval from resampling people."""
    low, high = np.quantile(_drawn_anew(values[:, None], rng, draws), [0.025, 0.975])
    return [float(values.mean()), float(low), float(high)]


def by_size(
    places: Places, sizes: Sequence[int], fars: Sequence[float], *, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """For each size of the gallery: rank 1, and DIR at each false alarm rate, with intervals."""
    rows = []
    for size in sizes:
        identified, alarmed = places.identified(size), places.alarmed(size)
        points = []
        for far in fars:
            found = at_far(identified, alarmed, far, rng=rng)
            place = int(found.pop("place"))
            limit = round(float(places.thresholds[place]), 6) if place >= 0 else None
            points.append({"far": far, "threshold": limit, **found})
        rows.append({"size": size, "rank1": mean(places.first(size), rng=rng), "points": points})
    return rows


def drawn(places: Places, sizes: Sequence[int]) -> dict[str, Any]:
    """For a figure: the rates at each size and threshold, rounded to four digits."""

    def table(chances: Callable[[int], Rates]) -> list[list[float]]:
        return [chances(size).mean(axis=0).round(4).tolist() for size in sizes]

    return {
        "sizes": list(sizes),
        "thresholds": places.thresholds.round(6).tolist(),
        "identified": table(places.identified),
        "mistaken": table(places.mistaken),
        "alarmed": table(places.alarmed),
    }


def _counted(distances: Rates, limits: Rates) -> NDArray[np.int64]:
    """How many values in each row are within each limit: (rows, T)."""
    rows = (np.searchsorted(np.sort(row), limits, side="right") for row in distances)
    return np.array(list(rows), np.int64)


def _drawn_anew(chances: Rates, rng: np.random.Generator, draws: int) -> Rates:
    """Means over people drawn with replacement: (draws, T)."""
    people = len(chances)
    times = rng.multinomial(people, np.full(people, 1 / people), size=draws)
    drawn: Rates = times @ chances / people
    return drawn
