"""Rates of the same people under several conditions: their intervals, and those of differences.

All pictures are compared with each other. People are drawn with replacement once, and every
condition is judged on the same draws. What makes a draw of people easy or hard therefore cancels
out in a difference.
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
"""VAL is given at the first of these false accept rates that is estimable; 1e-3 is the paper's."""
DIGITS: Final = 5
"""Figures are rounded to this many digits after the point."""


@dataclass(frozen=True, eq=False)
class DrawnPeople:
    """How often each of P people is there: ``times`` int64 (1 + T + P, P).

    The first row is everybody once. T draws with replacement follow, then everybody without each
    person in turn, which the intervals need (``uncertainty.bca_interval``).
    """

    trials: int
    times: NDArray[np.int64] = field(repr=False)

    @classmethod
    def of(cls, people: int, *, trials: int, rng: np.random.Generator) -> DrawnPeople:
        """Draw ``people`` people ``trials`` times. Raises InputError for fewer than 10 people, of
        whom a draw may leave no pair to judge, or fewer than 100 trials."""
        check_number(people, "people", low=10, integer=True)
        check_number(trials, "trials", low=100, integer=True)
        rows = rng.integers(people, size=(trials, people))
        drawn = [np.bincount(row, minlength=people) for row in rows]
        everybody = np.ones((1, people), np.int64)
        return cls(trials, np.concatenate([everybody, drawn, 1 - np.eye(people, dtype=np.int64)]))

    def interval(self, figures: Figures) -> Row:
        """A share with its 95 % interval: value, low, high. ``figures`` (1 + T + P,): one a row.

        A share of 0 or 1 gets Wilson's interval where that is wider, with people as the trials: an
        error that was never seen cannot show up in any draw of these people.
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
    """The first rate of ``FARS`` that these people's pairs can show, None where they show none.

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
    the row's different pairs, and is left out where ``far`` is None. For everybody once, the
    figures are those of ``evaluate.val_at_far``, ``area_under_roc`` and ``equal_error_rate``.
    Raises InputError for other shapes, and where there is no same or no different pair.
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
    # How many different pairs lie nearer than each same pair, and how many at most as far.
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
    # Adding zero turns -0.0 into 0.0.
    return [None if value is None else round(value, DIGITS) + 0.0 for value in values]
