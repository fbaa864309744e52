"""Accuracy over folds: each judged by the others' threshold, D <= d, with its standard error."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facenet_lite import evaluate
from facenet_lite.errors import InputError

pair_lists = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=2, max_size=30).filter(
    lambda pairs: 0 < sum(same for _, same in pairs) < len(pairs)
)


def columns(pairs):
    distances, same = zip(*pairs, strict=True)
    return np.array(distances, float), np.array(same)


def test_a_threshold_by_hand():
    """One person at 1 and 2, two at 3: anything from 2 to 3 is right; the middle is taken."""
    assert evaluate.best_threshold([1, 3, 2], np.array([True, False, True])) == 2.5


@settings(deadline=None)
@given(pair_lists)
def test_no_threshold_judges_more_pairs_rightly(pairs):
    distances, same = columns(pairs)
    threshold = evaluate.best_threshold(distances, same)
    right = np.sum((distances <= threshold) == same)
    for other in [-1.0, *np.unique(distances), *(np.unique(distances) + 0.5)]:
        assert np.sum((distances <= other) == same) <= right


@settings(deadline=None)
@given(pair_lists, st.randoms())
def test_the_order_of_the_pairs_does_not_matter(pairs, random):
    shuffled = random.sample(pairs, len(pairs))
    assert evaluate.best_threshold(*columns(pairs)) == evaluate.best_threshold(*columns(shuffled))


def test_equal_distances_are_never_divided():
    threshold = evaluate.best_threshold([2, 2, 2, 5], np.array([True, True, False, False]))
    assert threshold == 3.5


def test_of_equally_good_thresholds_the_lowest():
    same = np.array([True, False, True, False])
    assert evaluate.best_threshold([1, 2, 3, 4], same) == 1.5


def test_where_accepting_nothing_is_best_nothing_is_accepted():
    assert evaluate.best_threshold([4, 5, 6], np.array([False, False, True])) < 4


def test_where_accepting_all_is_best_the_furthest_is_accepted():
    """The paper's TA and FA count D <= d: the pair at the threshold itself is accepted."""
    assert evaluate.best_threshold([4, 5, 6], np.array([False, True, True])) == 6


def test_folds_by_hand():
    """Fold 0 is judged by fold 1's threshold of 5, fold 1 by fold 0's of 2."""
    distances = np.array([1.0, 3, 4, 6])
    same = np.array([True, False, True, False])
    found = evaluate.fold_accuracy(distances, same, [0, 0, 1, 1])
    assert found.thresholds.tolist() == [5, 2]
    assert found.accuracies.tolist() == [0.5, 0.5]
    assert found.mean == 0.5


def test_a_pair_at_the_threshold_itself_is_accepted():
    """Fold 1 makes 6 fold 0's threshold, and fold 0 has a pair of one person at 6."""
    distances = np.array([6.0, 8, 4, 5, 6])
    same = np.array([True, False, False, True, True])
    found = evaluate.fold_accuracy(distances, same, [0, 0, 1, 1, 1])
    assert found.thresholds[0] == 6
    assert found.accuracies[0] == 1


def test_standard_deviation_and_error_by_hand():
    found = evaluate.FoldAccuracy(np.array([0.9, 1.0, 0.8, 0.9]), np.zeros(4))
    assert found.mean == pytest.approx(0.9)
    assert found.standard_deviation == pytest.approx((0.02 / 3) ** 0.5)
    assert found.standard_error == pytest.approx((0.02 / 3) ** 0.5 / 2)


def test_a_folds_own_pairs_do_not_choose_its_threshold():
    rng = np.random.default_rng(0)
    distances, same, folds = rng.uniform(size=200), rng.uniform(size=200) < 0.5, np.arange(200) % 4
    before = evaluate.fold_accuracy(distances, same, folds)
    distances[folds == 2] = 9.0
    after = evaluate.fold_accuracy(distances, same, folds)
    assert after.thresholds[2] == before.thresholds[2]


def test_folds_are_the_lists_own_and_need_not_be_together():
    distances, same = np.arange(8.0), np.array([True, False] * 4)
    names = np.array([7, 7, 3, 3, 7, 7, 3, 3])
    order = np.argsort(names, kind="stable")
    mixed = evaluate.fold_accuracy(distances, same, names)
    sorted_ = evaluate.fold_accuracy(distances[order], same[order], names[order])
    assert mixed.accuracies.tolist() == sorted_.accuracies.tolist()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2], [True, True], [0, 1]), "only one kind"),
        (([1, 2], [1, 0], [0, 1]), "is_same"),
        (([1, 2], [True], [0, 1]), "is_same"),
        (([1, -2], [True, False], [0, 1]), "squared"),
        (([1, np.nan], [True, False], [0, 1]), "finite"),
        (([1, 2], [True, False], [0, 0]), "at least 2"),
        (([1, 2], [True, False], [0.5, 1]), "folds"),
        (([1, 2], [True, False], [0]), "folds"),
        (([], [], []), "is_same|at least 2"),
    ],
)
def test_malformed_inputs_are_named(arguments, message):
    distances, same, folds = arguments
    with pytest.raises(InputError, match=message):
        evaluate.fold_accuracy(distances, np.array(same), folds)
