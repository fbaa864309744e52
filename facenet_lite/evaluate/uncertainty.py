"""Intervals: how far a measured figure may lie from the true one."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_number
from facenet_lite.errors import InputError

Z_95: Final = 1.959963984540054
"""Within this many standard deviations lie 95 % of a normal distribution."""
LEVEL: Final = 0.95
"""An interval is meant to hold the true value this often."""


class Interval(NamedTuple):
    """``value`` as measured, and the 95 % interval ``low`` to ``high``."""

    value: float
    low: float
    high: float


def wilson_interval(hits: int, trials: int, *, z: float = Z_95) -> tuple[float, float]:
    """The interval of true shares with which ``hits`` out of ``trials`` agree (Wilson 1927).

    Unlike hits/trials plus or minus z standard errors, it stays within 0 and 1, and has a width
    even where there were no hits, or only hits. Trials must be independent. Without any trial it is
    (0, 1).
    """
    check_number(trials, "trials", low=0, integer=True)
    check_number(hits, "hits", low=0, high=trials, integer=True)
    check_number(z, "z", low=0)
    if trials == 0:
        return 0.0, 1.0
    share = hits / trials
    shrink = 1 + z * z / trials
    middle = (share + z * z / (2 * trials)) / shrink
    half = z / shrink * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials**2))
    # subtle: at 0 and at all the bound is exact, and rounding would put it just outside.
    low = 0.0 if hits == 0 else middle - half
    high = 1.0 if hits == trials else middle + half
    return low, high


def standard_error(values: ArrayLike) -> float:
    """How uncertain the mean of ``values`` (N,) is: their standard deviation / sqrt(N).

    The standard deviation is the sample's, divided by N - 1. Raises InputError for fewer than 2
    values.
    """
    v = _several(values)
    return float(v.std(ddof=1) / math.sqrt(len(v)))


def t_interval(values: ArrayLike) -> tuple[float, float]:
    """The 95 % interval of the mean of ``values`` (N,), independent and roughly normal.

    Student's t with N - 1 degrees of freedom: with ten values it is 2.26 standard errors to each
    side; 1.96 would include the true mean in only 92 % of cases. Raises InputError for fewer than 2
    values.
    """
    from scipy.special import stdtrit

    v = _several(values)
    half = float(stdtrit(len(v) - 1, (1 + LEVEL) / 2)) * standard_error(v)
    return float(v.mean()) - half, float(v.mean()) + half


def identity_bootstrap(
    statistic: Callable[[NDArray[np.float64]], float],
    first: ArrayLike,
    second: ArrayLike,
    *,
    rng: np.random.Generator,
    trials: int = 1000,
) -> Interval:
    """The 95 % interval of a figure of pairs, by drawing people, not pairs, with replacement.

    ``first`` and ``second``: whole numbers (P,), who is on each picture of a pair.
    ``statistic(weights)``: the figure, where pair i counts ``weights[i]`` times, float64 (P,);
    weights of 1 are the data as it is. Each draw has as many people as there are. A pair of one
    person counts as often as the person was drawn, a pair of two as the product of both, in the
    manner of Snijders and Borgatti (1999): pairs that share a person are not independent, while
    people are. The interval is bias-corrected and accelerated (BCa, Efron 1987), which skewed
    figures need; for this, each person is also left out once.

    Pairs that share no person are taken to be more uncertain than they are: a list in which each
    person occurs once gets an interval that is up to 1.7 times too wide. A figure that no draw
    changes, such as a share of 0 or 1, gets an interval of no width: use Wilson's there, with
    people in place of trials. Raises InputError for other shapes, fewer than 2 people,
    trials below 100, and so few people that a draw leaves no pair to judge.
    """
    one = check_array(first, "first", shape=(None,), dtype=np.int64)
    two = check_array(second, "second", shape=one.shape, dtype=np.int64)
    check_number(trials, "trials", low=100, integer=True)
    people, rows = np.unique(np.concatenate([one, two]), return_inverse=True)
    n = len(people)
    if n < 2:
        raise InputError(f"first, second: expected at least 2 people, got {n}")
    a, b = rows[: len(one)], rows[len(one) :]
    alone = np.flatnonzero(a == b)

    def of(times: NDArray[np.int64]) -> float:
        """The figure where person i was drawn times[i] times."""
        often = times.astype(np.float64)
        weights = often[a]
        if len(alone) < len(a):
            weights *= often[b]
            weights[alone] = often[a[alone]]
        return statistic(weights)

    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = np.array(
            [of(np.bincount(rng.integers(0, n, n), minlength=n)) for _ in range(trials)], np.float64
        )
        without = np.array([of((np.arange(n) != person).astype(np.int64)) for person in range(n)])
    value = of(np.ones(n, np.int64))
    if not np.isfinite([*drawn, *without, value]).all():
        raise InputError(
            f"first, second: a draw of {n} people left no pair to judge; expected more people"
        )
    return bca_interval(value, drawn, without)


def bca_interval(value: float, drawn: ArrayLike, without: ArrayLike) -> Interval:
    """The bias-corrected and accelerated 95 % interval of a figure (BCa, Efron 1987).

    ``value``: the figure of the data as it is; ``drawn`` (T,): the figures of T samples drawn from
    it with replacement; ``without`` (N,): those of the data without each of its N independent parts
    in turn. Use it for figures of your own, such as a difference between two figures of the same
    draws. Raises InputError for
    fewer than 100 draws or 2 parts, and for NaN.
    """
    samples = check_array(drawn, "drawn", shape=(None,), dtype=np.float64)
    left = check_array(without, "without", shape=(None,), dtype=np.float64)
    check_number(value, "value")
    if len(samples) < 100 or len(left) < 2:
        raise InputError(
            f"drawn, without: expected at least 100 draws and 2 parts, "
            f"got {len(samples)} and {len(left)}"
        )
    low, high = np.quantile(samples, _bca_levels(value, samples, left))
    return Interval(value, float(low), float(high))


def binomial_quantile(share: float, trials: int, rate: float) -> int:
    """The smallest number of hits that at least ``share`` of binomial counts do not exceed."""
    from scipy.special import bdtr, bdtrik

    if (1 - rate) ** trials >= share:
        return 0
    if rate == 1:
        return trials
    near = math.ceil(float(bdtrik(share, trials, rate)))
    return near - 1 if near and bdtr(near - 1, trials, rate) >= share else near


def _bca_levels(
    value: float, drawn: NDArray[np.float64], without: NDArray[np.float64]
) -> tuple[float, float]:
    """The quantiles of the draws that bound the interval; 0.025 and 0.975 without any skew."""
    from scipy.special import ndtr, ndtri

    trials = len(drawn)
    below = float(np.mean(drawn < value) + np.mean(drawn == value) / 2)
    bias = float(ndtri(min(max(below, 1 / trials), 1 - 1 / trials)))
    apart = without.mean() - without
    spread = float(np.square(apart).sum())
    skew = float((apart**3).sum()) / (6 * spread**1.5) if spread else 0.0
    low, high = (
        float(ndtr(bias + (bias + z) / max(1 - skew * (bias + z), 1e-3))) for z in (-Z_95, Z_95)
    )
    return low, high


def _several(values: ArrayLike) -> NDArray[np.float64]:
    v = check_array(values, "values", shape=(None,), dtype=np.float64)
    if len(v) < 2:
        raise InputError(f"values: expected at least 2, got {len(v)}")
    return v
