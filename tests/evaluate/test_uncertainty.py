"""Wilson's interval: values worked out elsewhere, its edges, and how often it covers."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.errors import InputError
from facenet_lite.evaluate.uncertainty import wilson_interval


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
    drawn = np.random.default_rng(0).binomial(50, 0.9, 2000)
    covered = [low <= 0.9 <= high for low, high in (wilson_interval(int(h), 50) for h in drawn)]
    assert 0.92 < np.mean(covered) < 0.985


@pytest.mark.parametrize(("hits", "trials"), [(3, 2), (-1, 2), (1, -1), (1.5, 2), ("1", 2)])
def test_impossible_counts_are_named(hits, trials):
    with pytest.raises(InputError, match=r"hits|trials"):
        wilson_interval(hits, trials)
