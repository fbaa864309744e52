"""Intervals: values by hand, edges, and how often they hold the truth in simulated data."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.errors import InputError
from facenet_lite.evaluate.uncertainty import (
    bca_interval,
    identity_bootstrap,
    standard_error,
    t_interval,
    wilson_interval,
)


@pytest.mark.parametrize("hits", [0, 1, 3, 10, 19, 20])
def test_its_ends_solve_the_equation_that_defines_them(hits):
    # The ends are the shares p from which the measured one lies z standard errors away.
    for end in wilson_interval(hits, 20, z=2.0):
        assert abs(hits / 20 - end) == pytest.approx(2 * np.sqrt(end * (1 - end) / 20), abs=1e-9)


def test_nothing_of_ten_may_still_be_a_quarter():
    assert wilson_interval(0, 10) == (0.0, pytest.approx(0.2775, abs=5e-5))


def test_it_is_symmetric_in_hits_and_misses():
    low, high = wilson_interval(3, 17)
    assert wilson_interval(14, 17) == (pytest.approx(1 - high), pytest.approx(1 - low))


def test_it_stays_within_bounds_and_says_nothing_without_trials():
    assert wilson_interval(10, 10)[1] == 1.0
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_it_covers_the_true_share_about_as_often_as_it_says():
    drawn = np.random.default_rng(0).binomial(600, 0.97, 1000)
    covered = [low <= 0.97 <= high for low, high in (wilson_interval(int(h), 600) for h in drawn)]
    assert 930 <= np.sum(covered) <= 970


@pytest.mark.parametrize(("hits", "trials"), [(3, 2), (-1, 2), (1, -1), (1.5, 2), ("1", 2)])
def test_impossible_counts_are_named(hits, trials):
    with pytest.raises(InputError, match=r"hits|trials"):
        wilson_interval(hits, trials)


def test_a_standard_error_by_hand():
    """2, 4, 6: the deviation is 2, the error 2 / sqrt(3)."""
    assert standard_error([2, 4, 6]) == pytest.approx(2 / np.sqrt(3))
    assert standard_error([5, 5, 5]) == 0


def test_students_interval_by_hand():
    """Three values: t is 4.3027 (any table)."""
    low, high = t_interval([2, 4, 6])
    assert (low, high) == pytest.approx(
        (4 - 4.3027 * 2 / 3**0.5, 4 + 4.3027 * 2 / 3**0.5), abs=1e-3
    )


def test_students_interval_of_ten_folds_holds_the_mean_in_95_of_100_cases():
    """And 1.96 standard errors, which is what many take, in 92."""
    drawn = np.random.default_rng(1).binomial(600, 0.97, (1000, 10)) / 600
    held = sum(low <= 0.97 <= high for low, high in map(t_interval, drawn))
    errors = np.array([standard_error(row) for row in drawn])
    short = np.sum(np.abs(drawn.mean(1) - 0.97) <= 1.96 * errors)
    assert 930 <= held <= 970
    assert short < held - 15


def test_the_bootstrap_leaves_the_figure_as_it_is():
    first, second = [0, 0, 1, 2], [0, 1, 1, 2]
    values = np.array([1.0, 0.0, 0.0, 1.0])
    found = identity_bootstrap(
        lambda w: float(w @ values / max(w.sum(), 1)), first, second, rng=np.random.default_rng(0)
    )
    assert found.value == 0.5
    assert found.low <= 0.5 <= found.high


def test_the_bootstraps_weights_are_how_often_people_are_drawn():
    """A pair of one person counts as often as the person, a pair of two as the product."""
    seen = []
    identity_bootstrap(
        lambda w: seen.append(w.tolist()) or 0.0,
        [0, 1, 0],
        [0, 1, 1],
        rng=np.random.default_rng(0),
        trials=100,
    )
    draws, without, whole = seen[:100], seen[100:102], seen[102]
    assert {tuple(w) for w in draws} == {(2, 0, 0), (1, 1, 1), (0, 2, 0)}
    assert without == [[0, 1, 0], [1, 0, 0]]
    assert whole == [1, 1, 1]


def test_the_bootstrap_is_repeated_by_its_generator():
    first, second, values = [0, 1, 2, 3], [0, 1, 2, 3], np.array([1.0, 0, 0, 1])
    one, two = (
        identity_bootstrap(lambda w: float(w @ values), first, second, rng=np.random.default_rng(5))
        for _ in range(2)
    )
    assert one == two


def test_people_drawn_anew_hold_the_share_of_same_pairs_in_95_of_100_cases():
    """60 people with 6 pairs each; a person's pairs are alike, as one face is easy and one hard.

    Wilson's interval, for which all 360 pairs are news, holds the truth much less often.
    """
    rng = np.random.default_rng(2)
    people = np.repeat(np.arange(60), 6)
    held = short = 0
    for _ in range(1000):
        accepted = (rng.random(360) < rng.beta(4, 1, 60)[people]).astype(float)
        found = identity_bootstrap(
            lambda w, a=accepted: float(w @ a / w.sum()), people, people, rng=rng, trials=200
        )
        low, high = wilson_interval(int(accepted.sum()), 360)
        held += found.low <= 0.8 <= found.high
        short += low <= 0.8 <= high
    assert 930 <= held <= 970
    assert short < 880


def test_people_drawn_anew_hold_the_share_of_different_pairs_in_95_of_100_cases():
    """All pairs of 80 people, some of whom look like many others: FAR of the all-pairs kind.

    For Wilson's interval all 3,160 pairs are news: it holds the truth in not even half the cases.
    """
    rng = np.random.default_rng(3)
    first, second = np.triu_indices(80, 1)
    held = short = 0
    for _ in range(1000):
        common = rng.normal(size=80)
        accepted = (common[first] + common[second] + 0.5 * rng.normal(size=len(first)) > 1.5) * 1.0
        found = identity_bootstrap(
            lambda w, a=accepted: float(w @ a / w.sum()), first, second, rng=rng, trials=200
        )
        low, high = wilson_interval(int(accepted.sum()), len(accepted))
        held += found.low <= 0.15865525 <= found.high  # Normal with variance 2.25, above 1.5
        short += low <= 0.15865525 <= high
    assert 930 <= held <= 970, held
    assert short < 500, short


@pytest.mark.parametrize(
    ("first", "second", "trials", "message"),
    [
        ([0, 1], [0], 100, "second"),
        ([0, 0], [0, 0], 100, "2 people"),
        ([0, 1], [0, 1], 10, "trials"),
        ([0.5, 1], [0, 1], 100, "first"),
    ],
)
def test_what_cannot_be_drawn_anew_is_named(first, second, trials, message):
    with pytest.raises(InputError, match=message):
        identity_bootstrap(
            lambda w: 0.0, first, second, rng=np.random.default_rng(0), trials=trials
        )


def test_a_draw_that_leaves_no_pair_is_named():
    values = np.array([1.0, 0, 1])
    with pytest.raises(InputError, match="3 people left no pair"):
        identity_bootstrap(
            lambda w: float(np.divide(w @ values, w.sum())),
            [0, 0, 1],
            [1, 2, 2],
            rng=np.random.default_rng(0),
        )


@pytest.mark.parametrize("values", [[], [1], [1, np.nan], [[1, 2]]])
def test_too_few_values_or_none_are_named(values):
    with pytest.raises(InputError, match="values"):
        t_interval(values)


def test_without_bias_and_skew_bcas_interval_is_the_draws_middle():
    """101 draws from -50 to 50: the 2.5 % at each end lie beyond 47.5."""
    found = bca_interval(0.0, np.arange(-50, 51), [-1, 1])
    assert found == (0, pytest.approx(-47.5, abs=0.01), pytest.approx(47.5, abs=0.01))


def test_a_value_above_most_draws_moves_bcas_interval_up():
    middle, above = (bca_interval(v, np.arange(-50, 51), [-1, 1]) for v in (0.0, 20.0))
    assert above.low > middle.low
    assert above.high > middle.high


@pytest.mark.parametrize(
    ("value", "drawn", "without", "message"),
    [
        (0.0, np.zeros(99), [0, 1], "100 draws"),
        (0.0, np.zeros(100), [0], "2 parts"),
        (0.0, np.full(100, np.nan), [0, 1], "drawn"),
        (0.0, np.zeros(100), [0, np.nan], "without"),
        (np.nan, np.zeros(100), [0, 1], "value"),
    ],
)
def test_draws_that_make_no_interval_are_named(value, drawn, without, message):
    with pytest.raises(InputError, match=message):
        bca_interval(value, drawn, without)
