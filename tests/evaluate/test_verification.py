"""Validation rate at a false accept rate: D <= d, exact, never interpolated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facenet_lite.errors import InputError
from facenet_lite.evaluate import val_at_far

DISTANCES = st.lists(st.integers(0, 12).map(float), min_size=1, max_size=20)


def test_a_case_by_hand() -> None:
    found = val_at_far([0.1, 0.3, 0.5, 0.9], [0.4, 0.6, 0.8, 1.0], far=0.25)
    assert (found.val, found.far, found.threshold) == (0.75, 0.25, 0.5)
    assert found.estimable


def test_ties_are_accepted_together_or_not_at_all() -> None:
    assert val_at_far([0.5], [0.5, 0.5, 0.9, 0.9], far=0.25).val == 0
    assert val_at_far([0.5], [0.5, 0.5, 0.9, 0.9], far=0.5).val == 1


def test_too_few_pairs_make_it_not_estimable() -> None:
    assert not val_at_far([0.1], np.ones(999), far=1e-3).estimable
    assert val_at_far([0.1], np.ones(1000), far=1e-3).estimable


@given(DISTANCES, DISTANCES, st.sampled_from([0.01, 0.1, 0.3, 0.5, 1.0]))
def test_it_is_the_best_of_all_thresholds_that_keep_to_the_rate(
    same: list[float], different: list[float], far: float
) -> None:
    found = val_at_far(same, different, far)
    tried = [-1.0, *same, *different]
    kept = [d for d in tried if np.mean(np.array(different) <= d) <= far]
    assert found.val == max(np.mean(np.array(same) <= d) for d in kept)
    assert found.far <= far


@given(DISTANCES, DISTANCES)
def test_a_monotone_change_of_the_distances_changes_nothing(
    same: list[float], different: list[float]
) -> None:
    one = val_at_far(same, different, 0.2)
    two = val_at_far(np.array(same) ** 3, np.array(different) ** 3, 0.2)
    assert (one.val, one.far) == (two.val, two.far)


@pytest.mark.parametrize(
    ("same", "different", "far"),
    [([], [1.0], 0.1), ([1.0], [], 0.1), ([1.0], [1.0], 0), ([1.0], [1.0], 2), ([[1.0]], [1.0], 1)],
)
def test_what_cannot_be_is_refused(same: object, different: object, far: float) -> None:
    with pytest.raises(InputError):
        val_at_far(same, different, far)
