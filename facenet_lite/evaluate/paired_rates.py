"""Rates of the same people under several conditions: how sure each is, and how sure a difference.

All pictures are compared with all. People are drawn anew once, and every condition is judged on
each of those draws: so what makes a draw of people easy or hard falls out of a difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_number
from facenet_lite.distances import pairwise_squared_distances
from facenet_lite.errors import InputError
from facenet_lite.evaluate.at_far import ROUNDING, false_accepts_allowed
from facenet_lite.evaluate.uncertainty import bca_interval, wilson_interval

Measure: TypeAlias = Literal["val", "auc", "eer"]
Figures: TypeAlias = NDArray[np.float64]
Row: TypeAlias = list[float | None]

MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)
FARS: Final = (1e-3, 1e-2)
"""At which false accept rate VAL is told: the paper's where it is estimable, or else the next."""
DIGITS: Final = 5


@dataclass(frozen=True, eq=False)
class DrawnPeople:
    """How often each of P people is there: ``times`` int64 (1 + T + P, P).

    The first row is everybody once, then come the T draws with replacement, then everybody without
    each person in turn, which the intervals need (``uncertainty.bca_interval``).
    """

    trials: int
    times: NDArray[np.int64] = field(repr=False)

    @classmethod
    def of(cls, people: int, *, trials: int, rng: np.random.Generator) -> DrawnPeople:
        """Draw ``people`` people ``trials`` times. Raises InputError for under 10 or 100 of them:
        of fewer people a draw may leave no pair to judge."""
        check_number(people, "people", low=10, integer=True)
        check_number(trials, "trials", low=100, integer=True)
        rows = rng.integers(people, size=(trials, people))
        drawn = [np.bincount(row, minlength=people) for row in rows]
        everybody = np.ones((1, people), np.int64)
        return cls(trials, np.concatenate([everybody, drawn, 1 - np.eye(people, dtype=np.int64)]))

    def interval(self, figures: Figures) -> Row:
        """A share with its 95 % interval: value, low, high. ``figures``: (1 + T + P,), of each row.

        A share of 0 or 1 gets Wilson's where that is wider, with people as the trials: however
        people are drawn anew, an error that was not seen is not seen then either.
        """
        value, low, high = self._bounds(figures)
        if value in (0, 1):
            people = self.times.shape[1]
            least, most = wilson_interval(round(value * people), people)
            low, high = min(low, least), max(high, most)
        return _rounded(value, low, high)

    def difference(self, figures: Figures, others: Figures) -> Row:
        """``figures - others`` (1 + T + P,), draw by draw: value, low, high of the 95 % interval.

        Where no draw changes the difference there is no interval: low and high are None.
        """
        value, low, high = self._bounds(figures - others)
        return _rounded(value, None, None) if low == high else _rounded(value, low, high)

    def _bounds(self, figures: Figures) -> tuple[float, float, float]:
        drawn, without = figures[1 : 1 + self.trials], figures[1 + self.trials :]
        return bca_interval(float(figures[0]), drawn, without)


def rate_to_ask(people: ArrayLike) -> float | None:
    """The first rate of ``FARS`` that so many pairs can show, None where not one of them.

    ``people``: whole numbers (N,), who is on each picture.
    """
    different = pairs_of(people)[1]
    return next((far for far in FARS if false_accepts_allowed(far, different)), None)


def pairs_of(people: ArrayLike) -> tuple[int, int]:
    """How many pairs of pictures show one person, and how many two. ``people``: (N,)."""
    labels = check_array(people, "people", shape=(None,), dtype=np.int64)
    each = np.unique(labels, return_counts=True)[1]
    same = int((each * (each - 1) // 2).sum())
    return same, int(each.sum() * (each.sum() - 1) // 2) - same


def rates(
    embeddings: ArrayLike, people: ArrayLike, draws: DrawnPeople, far: float | None
) -> Mapping[Measure, Figures]:
    """VAL, AUC and equal error rate over all pairs of pictures, for every row of ``draws``.

    ``embeddings`` (N, D); ``people`` whole numbers (N,), from 0 to P - 1. A pair of one person
    counts as often as the person was drawn, a pair of two as the product of both, as in
    ``evaluate.identity_bootstrap``. Each row has a threshold of its own: VAL keeps to ``far`` among
    the row's different pairs, and is left out where ``far`` is None. Of everybody once the figures
    are those of ``evaluate.val_at_far``, ``area_under_roc`` and ``equal_error_rate``. Raises
    InputError for other shapes, and where there is no same or no different pair.
    """
    vectors = check_array(embeddings, "embeddings", shape=(None, None), dtype=np.float32)
    who = check_array(people, "people", shape=(len(vectors),), dtype=np.int64)
    if not np.array_equal(np.unique(who), np.arange(draws.times.shape[1])):
        raise InputError(
            f"people: expected numbers from 0 to {draws.times.shape[1] - 1}, each once"
        )
    if min(pairs_of(who)) == 0:
        raise InputError("people: expected pairs of one person and of two, got only one kind")
    first, second = np.triu_indices(len(vectors), 1)
    squared = pairwise_squared_distances(vectors)[first, second]
    order = np.argsort(squared, kind="stable")
    squared, a, b = squared[order], who[first[order]], who[second[order]]
    is_same = a == b
    near, friend = squared[is_same], a[is_same]
    apart, one, two = squared[~is_same], a[~is_same], b[~is_same]
    # How many different pairs lie nearer than each same one, and how many not farther.
    nearer, up_to = (np.searchsorted(apart, near, side=side) for side in ("left", "right"))
    last = np.searchsorted(near, near, side="right")  # of equal same pairs all are accepted
    found = np.empty((3, len(draws.times)))
    for row, times in enumerate(draws.times):
        wrong = np.concatenate([[0], np.cumsum(times[one] * times[two])])
        right = np.concatenate([[0], np.cumsum(times[friend])])
        weights, pairs = times[friend], wrong[-1] * right[-1]
        kept = wrong[up_to] <= (far or 0) * wrong[-1] + ROUNDING
        found[0, row] = weights[kept].sum() / right[-1]
        found[1, row] = 1 - weights @ (wrong[nearer] + wrong[up_to]) / (2 * pairs)
        # The larger of the two errors is smallest right after some same pair.
        found[2, row] = np.maximum(wrong[up_to] / wrong[-1], 1 - right[last] / right[-1]).min()
    return dict(zip(MEASURES[far is None :], found[far is None :], strict=True))


def _rounded(*values: float | None) -> Row:
    # A zero is added so that none is below it: -0.0 becomes 0.0.
    return [None if value is None else round(value, DIGITS) + 0.0 for value in values]
