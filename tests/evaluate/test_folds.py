"""Accuracy over folds: each judged by the others' threshold, D <= d, with its standard error."""

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st

from facenet_lite import evaluate
from facenet_lite.by_hand.evaluate import loops, mistakes
from facenet_lite.errors import InputError
from facenet_lite.types import Pairs

pair_lists = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=2, max_size=30).filter(
    lambda pairs: 0 < sum(same for _, same in pairs) < len(pairs)
)


def columns(pairs):
    distances, same = zip(*pairs, strict=True)
    return np.array(distances, float), np.array(same)


def test_a_threshold_by_hand():
    """One person at 1 and 2, two at 3: anything from 2 up to 3 is right; 2 is what occurs."""
    assert evaluate.best_threshold([1, 3, 2], np.array([True, False, True])) == 2


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
    assert threshold == 2


def test_of_equally_good_thresholds_the_lowest():
    same = np.array([True, False, True, False])
    assert evaluate.best_threshold([1, 2, 3, 4], same) == 1


def test_where_accepting_nothing_is_best_nothing_is_accepted():
    assert evaluate.best_threshold([4, 5, 6], np.array([False, False, True])) < 4


def test_where_accepting_all_is_best_the_furthest_is_accepted():
    """The paper's TA and FA count D <= d: the pair at the threshold itself is accepted."""
    assert evaluate.best_threshold([4, 5, 6], np.array([False, True, True])) == 6


def test_folds_by_hand():
    """Fold 0 is judged by fold 1's threshold of 4, fold 1 by fold 0's of 1."""
    distances = np.array([1.0, 3, 4, 6])
    same = np.array([True, False, True, False])
    found = evaluate.fold_accuracy(distances, same, [0, 0, 1, 1])
    assert found.thresholds.tolist() == [4, 1]
    assert found.accuracies.tolist() == [0.5, 0.5]
    assert found.mean == 0.5
    assert found.right.tolist() == [True, False, False, True]
    assert found.errors == 2
    assert found.pooled_interval == evaluate.wilson_interval(2, 4)


def test_a_pair_at_the_threshold_itself_is_accepted():
    """Fold 1 makes 6 fold 0's threshold, and fold 0 has a pair of one person at 6."""
    distances = np.array([6.0, 8, 4, 5, 6])
    same = np.array([True, False, False, True, True])
    found = evaluate.fold_accuracy(distances, same, [0, 0, 1, 1, 1])
    assert found.thresholds[0] == 6
    assert found.accuracies[0] == 1


def test_standard_deviation_and_error_by_hand():
    found = evaluate.FoldAccuracy(
        np.array([0.9, 1.0, 0.8, 0.9]), np.zeros(4), np.zeros(4, int), np.ones(40, bool)
    )
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
        ((0.5, [True, False, True], [0, 0, 1]), "squared_distances"),
        (([0.5], [True, False, True], [0, 0, 1]), "is_same"),
        (([], [], []), "is_same|at least 2"),
    ],
)
def test_malformed_inputs_are_named(arguments, message):
    distances, same, folds = arguments
    with pytest.raises(InputError, match=message):
        evaluate.fold_accuracy(distances, np.array(same), folds)


def test_three_hundred_random_lists_agree_with_plain_loops():
    rng = np.random.default_rng(0)
    for _ in range(300):
        size, each = int(rng.integers(2, 5)), int(rng.integers(4, 12))
        folds = np.repeat(np.arange(size), each)
        distances = rng.integers(0, 12, size * each).astype(float)
        same = rng.random(size * each) < 0.5
        same[::each], same[1::each] = True, False
        order = rng.permutation(size * each)
        found = evaluate.fold_accuracy(distances[order], same[order], folds[order])
        expected = reference.fold_accuracies(distances.tolist(), same.tolist(), folds.tolist())
        assert found.accuracies.tolist() == expected


@settings(deadline=None)
@given(pair_lists)
def test_a_monotone_change_of_the_distances_changes_no_verdict(pairs):
    distances, same = columns(pairs * 3)
    folds = np.repeat(np.arange(3), len(pairs))
    distances += folds  # no fold is another's copy
    found = evaluate.fold_accuracy(distances, same, folds)
    for change in (np.sqrt, np.exp):
        other = evaluate.fold_accuracy(change(distances), same, folds)
        assert other.right.tolist() == found.right.tolist()
        assert other.accuracies.tolist() == found.accuracies.tolist()


def test_missing_pairs_stay_in_their_fold_and_count_as_wrong():
    """Fold 1 loses a pair that was right: its share falls, no pair slips into another fold."""
    distances = np.array([2.0, 9, 2, 8, 2, 7])
    same, folds = np.array([True, False] * 3), np.array([0, 0, 1, 1, 2, 2])
    gone = np.array([False, False, False, True, False, False])
    found = evaluate.fold_accuracy(np.where(gone, np.inf, distances), same, folds, missing=gone)
    assert found.accuracies.tolist() == [1, 0.5, 1]
    assert found.missing.tolist() == [0, 1, 0]
    assert found.right.tolist() == [True, True, True, False, True, True]


def test_a_missing_pair_of_one_person_counts_as_wrong_too():
    distances = np.array([2.0, 9, 2, 8, 2, 7])
    same, folds = np.array([True, False] * 3), np.array([0, 0, 1, 1, 2, 2])
    gone = np.array([False, False, True, False, False, False])
    found = evaluate.fold_accuracy(np.where(gone, 0, distances), same, folds, missing=gone)
    assert found.right.tolist() == [True, True, False, True, True, True]


def test_missing_pairs_have_no_say_in_the_threshold():
    """Counted at distance 0, three strangers of fold 1 would make it best to accept nobody."""
    distances = np.array([2.0, 9, 2, 8, 0, 0, 0])
    same = np.array([True, False, True, False, False, False, False])
    folds = np.array([0, 0, 1, 1, 1, 1, 1])
    found = evaluate.fold_accuracy(distances, same, folds, missing=np.arange(7) > 3)
    assert found.thresholds.tolist() == [2, 2]
    assert found.accuracies.tolist() == [1, 2 / 5]


def test_what_stands_for_a_missing_pair_chooses_no_threshold():
    distances = np.array([1.0, 9, 2, 8, 3, 7])
    same, folds = np.array([True, False] * 3), np.array([0, 0, 1, 1, 2, 2])
    gone = np.array([True, False, False, False, False, False])
    one = evaluate.fold_accuracy(np.where(gone, 0.5, distances), same, folds, missing=gone)
    two = evaluate.fold_accuracy(np.where(gone, 99, distances), same, folds, missing=gone)
    assert one.thresholds.tolist() == two.thresholds.tolist()


def test_a_fold_that_is_missing_as_a_whole_is_refused():
    folds = np.array([0, 0, 1, 1, 2, 2])
    with pytest.raises(InputError, match="fold 1 has none"):
        evaluate.fold_accuracy(
            np.arange(6.0), np.array([True, False] * 3), folds, missing=folds == 1
        )


@pytest.mark.parametrize("missing", [[0, 1], [True], np.zeros(3)])
def test_missing_must_be_a_mask(missing):
    with pytest.raises(InputError, match="missing"):
        evaluate.fold_accuracy([1, 2], np.array([True, False]), [0, 1], missing=np.asarray(missing))


def test_the_interval_is_students():
    """Ten folds: 2.262 standard errors, not 1.96."""
    rng = np.random.default_rng(0)
    accuracies = rng.normal(0.98, 0.01, 10)
    found = evaluate.FoldAccuracy(accuracies, np.zeros(10), np.zeros(10, int), np.ones(600, bool))
    low, high = found.interval
    assert (high - low) / 2 == pytest.approx(2.2622 * found.standard_error, rel=1e-4)
    assert (high + low) / 2 == pytest.approx(found.mean)


def test_the_interval_of_a_share_stays_within_zero_and_one():
    found = evaluate.accuracy_at(
        [1.0, 3.0, 1.0, 3.0, 3.0, 1.0], [True, False] * 3, [0, 0, 1, 1, 2, 2], [2.0, 2.0, 2.0]
    )
    assert found.accuracies.tolist() == [1, 1, 0]
    assert found.interval == (0, 1)


def test_the_chapters_loops_find_the_same_folds():
    rng = np.random.default_rng(5)
    for _ in range(40):
        folds = np.repeat(np.arange(4), 8)
        distances = rng.integers(0, 9, 32).astype(float)
        same = rng.random(32) < rng.uniform(0.2, 0.8)
        if any(len(set(same[folds != fold])) < 2 for fold in range(4)):
            continue
        order = rng.permutation(32)
        columns = [column[order].tolist() for column in (distances, same, folds)]
        expected = evaluate.fold_accuracy(distances[order], same[order], folds[order])
        assert loops.fold_accuracies(*columns) == expected.accuracies.tolist()
        assert loops.fold_accuracies(*columns) == reference.fold_accuracies(*columns)


def test_the_chapters_walk_by_hand():
    """One person at 1, 2 and 2, two at 2 and 5: equals are taken together, and 2 is best."""
    assert loops.best_threshold([2, 1, 5, 2, 2], [True, True, False, False, True]) == 2
    assert loops.best_threshold([4, 5, 6], [False, False, True]) == -1
    assert loops.best_threshold([], []) == -1


def test_what_is_lost_slides_into_other_folds_in_the_usual_evaluator():
    rng = np.random.default_rng(0)
    same = rng.random(200) < 0.5
    distances = np.where(same, 0.5, 1.5) + rng.normal(0, 0.5, 200).clip(-0.5)
    folds, missing = np.repeat(np.arange(10), 20), np.zeros(200, bool)
    whole = mistakes.usual_ten_folds(distances, same, folds, missing)
    assert whole == mistakes.usual_ten_folds(distances, same, folds[::-1], missing)
    missing[:15] = True
    assert mistakes.usual_ten_folds(distances, same, folds, missing) != whole


def test_thresholds_from_elsewhere_judge_their_own_fold_by_hand():
    """Fold 3 accepts up to 2, fold 7 up to 0.5: in fold 3 all is right, in fold 7 half."""
    same = np.array([True, False, True, False])
    found = evaluate.accuracy_at([2, 3, 1, 2], same, [3, 3, 7, 7], [2, 0.5])
    assert found.accuracies.tolist() == [1, 0.5]
    assert found.right.tolist() == [True, True, False, True]
    assert (found.mean, found.errors) == (0.75, 1)
    assert found.missing.tolist() == [0, 0]


def test_the_best_thresholds_given_again_judge_alike():
    rng = np.random.default_rng(5)
    same, folds = rng.random(200) < 0.5, np.repeat(np.arange(10), 20)
    distances = rng.normal(np.where(same, 1, 2), 0.4).clip(0)
    chosen = evaluate.fold_accuracy(distances, same, folds)
    again = evaluate.accuracy_at(distances, same, folds, chosen.thresholds)
    assert again.right.tolist() == chosen.right.tolist()
    assert again.accuracies == pytest.approx(chosen.accuracies)


@pytest.mark.parametrize("thresholds", [[1.0], [1.0, 2.0, 3.0], [1.0, np.nan], ["a", "b"]])
def test_as_many_thresholds_as_folds(thresholds):
    with pytest.raises(InputError, match="thresholds"):
        evaluate.accuracy_at([1, 2], np.array([True, False]), [0, 1], thresholds)


# Folds for a list that has none


def linked(*people: tuple[str, str]) -> Pairs:
    count = len(people)
    return Pairs(
        tuple((a, 1) for a, _ in people),
        tuple((b, 2) for _, b in people),
        np.array([a == b for a, b in people]),
        np.zeros(count, np.intp),
    )


def test_whoever_shares_a_pair_shares_a_fold():
    pairs = linked(("a", "a"), ("a", "b"), ("b", "c"), ("d", "d"), ("e", "f"), ("g", "g"))
    found = evaluate.disjoint_folds(pairs, 3)
    assert found.folds.tolist() == [0, 0, 0, 1, 2, 2]  # and the same kinds are spread
    evaluate.assert_disjoint_identities(found)
    assert (found.first, found.second) == (pairs.first, pairs.second)
    with pytest.raises(InputError, match="at most 4"):
        evaluate.disjoint_folds(pairs, 5)
    with pytest.raises(InputError, match="folds"):
        evaluate.disjoint_folds(pairs, 1)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=30, max_size=60))
def test_folds_never_share_a_person_and_are_as_even_as_groups_allow(people):
    pairs = linked(*((f"{a}", f"{b}") for a, b in people))
    try:
        found = evaluate.disjoint_folds(pairs, 3)
    except InputError:
        return
    evaluate.assert_disjoint_identities(found)
    sizes = np.bincount(found.folds, minlength=3)
    assert (sizes > 0).all()
    assert sizes.sum() == len(people)
