"""The area under the ROC, beside values that can be worked out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facenet_lite.errors import InputError
from facenet_lite.evaluate import area_under_roc, separation

FEW = st.lists(st.integers(0, 5), min_size=1, max_size=8)


def test_an_area_by_hand():
    # Of six pairs, four are in order, one ties and one is the wrong way round.
    assert area_under_roc([1, 3], [2, 3, 4]) == pytest.approx(4.5 / 6)
    assert area_under_roc([0, 1], [2]) == 1
    assert area_under_roc([2], [0, 1]) == 0


@given(FEW, FEW)
def test_the_area_counts_pairs_and_ties_half(same, different):
    slow = [1.0 if s < d else 0.5 if s == d else 0.0 for s in same for d in different]
    assert area_under_roc(same, different) == pytest.approx(np.mean(slow))


@given(FEW, FEW)
def test_swapping_the_two_gives_the_rest_of_the_square(same, different):
    swapped = area_under_roc(different, same)
    assert area_under_roc(same, different) + swapped == pytest.approx(1)


def clusters(people, each, spread, seed=0):
    rng = np.random.default_rng(seed)
    middles = rng.standard_normal((people, 1, 6))
    return middles + spread * rng.standard_normal((people, each, 6))


def test_people_far_apart_are_told_apart_without_fail():
    found = separation(clusters(8, 3, 0.01))
    assert (found.auc, found.low, found.high) == (1, 1, 1)
    assert found.same.shape == (8 * 3,)
    assert found.different.shape == (28 * 9,)
    assert found.same.max() < found.different.min()


def test_people_without_a_difference_are_told_apart_by_chance():
    found = separation(clusters(40, 4, 1000))
    assert found.low < 0.5 < found.high


def test_the_interval_holds_the_true_value_about_as_often_as_it_says():
    truth = separation(clusters(600, 3, 1.2, seed=99)).auc
    intervals = [separation(clusters(40, 3, 1.2, seed=s)) for s in range(60)]
    inside = sum(i.low <= truth <= i.high for i in intervals)
    assert inside >= 51


def test_the_interval_is_the_jackknifes_as_the_slow_loops_have_it():
    embeddings = clusters(12, 3, 1.0)

    def slow_area(e):
        people, each, dim = e.shape
        flat, who = e.reshape(-1, dim), np.repeat(np.arange(people), each)
        pairs = [(i, j) for i in range(len(flat)) for j in range(i)]
        values = [((flat[i] - flat[j]) ** 2).sum() for i, j in pairs]
        same = np.array([who[i] == who[j] for i, j in pairs])
        return area_under_roc(np.array(values)[same], np.array(values)[~same])

    without = np.array([slow_area(np.delete(embeddings, p, axis=0)) for p in range(12)])
    error = np.sqrt(11 / 12 * ((without - without.mean()) ** 2).sum())
    found = separation(embeddings)
    assert found.auc == pytest.approx(slow_area(embeddings), abs=1e-6)
    assert found.auc - found.low == pytest.approx(1.96 * error, rel=0.02)


def test_more_people_make_the_interval_narrower():
    few, many = separation(clusters(20, 3, 1)), separation(clusters(180, 3, 1))
    assert many.high - many.low < 0.6 * (few.high - few.low)


@pytest.mark.parametrize(
    ("embeddings", "message"),
    [
        (np.zeros((2, 2, 3)), "got 2 with 2"),
        (np.zeros((5, 1, 3)), "got 5 with 1"),
        (np.zeros((5, 3)), "embeddings"),
    ],
)
def test_malformed_embeddings_are_named(embeddings, message):
    with pytest.raises(InputError, match=message):
        separation(embeddings)


def test_an_area_needs_some_of_each():
    with pytest.raises(InputError, match="got 0 and 1"):
        area_under_roc([], [1])
