"""LFW's protocol: joined by name, the list's own folds, nobody in two of them."""

import numpy as np
import pytest

from facenet_lite import evaluate
from facenet_lite.by_hand.evaluate import loops
from facenet_lite.data import lfw
from facenet_lite.errors import InputError
from facenet_lite.types import Pairs

PAIRS = Pairs(
    first=(("Ann", 1), ("Ann", 1), ("Cem", 1), ("Cem", 2)),
    second=(("Ann", 2), ("Bob", 1), ("Cem", 2), ("Dee", 1)),
    is_same=np.array([True, False, True, False]),
    folds=np.array([0, 0, 1, 1]),
)
EMBEDDINGS = {
    ("Ann", 1): np.array([0.0, 0.0], np.float32),
    ("Ann", 2): np.array([1.0, 0.0], np.float32),
    ("Bob", 1): np.array([0.0, 3.0], np.float32),
    ("Cem", 1): np.array([5.0, 5.0], np.float32),
    ("Cem", 2): np.array([5.0, 4.0], np.float32),
    ("Dee", 1): np.array([5.0, 6.0], np.float32),
}


def verdicts(right):
    """A result of which only the verdicts matter."""
    return evaluate.FoldAccuracy(
        np.array([0.5, 0.5]), np.zeros(2), np.zeros(2, int), np.array(right, bool)
    )


def test_distances_by_hand():
    found = evaluate.pair_distances(PAIRS, EMBEDDINGS)
    assert found.squared.tolist() == [1, 9, 1, 4]
    assert not found.missing.any()
    assert found.missing_per_fold == {0: 0, 1: 0}
    assert found.missing_pictures == ()


def test_the_embeddings_own_order_does_not_matter():
    backwards = dict(reversed(EMBEDDINGS.items()))
    found = evaluate.pair_distances(PAIRS, backwards)
    assert found.squared.tolist() == [1, 9, 1, 4]


def test_a_missing_picture_is_refused_with_what_each_fold_would_lose():
    some = {name: v for name, v in EMBEDDINGS.items() if name != ("Cem", 2)}
    with pytest.raises(InputError, match=r"such as Cem 2; pairs lost: fold 1: 2\."):
        evaluate.pair_distances(PAIRS, some)


def test_a_missing_picture_that_is_reported_leaves_every_pair_in_its_place():
    some = {name: v for name, v in EMBEDDINGS.items() if name != ("Bob", 1)}
    found = evaluate.pair_distances(PAIRS, some, missing="report")
    assert found.squared.tolist() == [1, np.inf, 1, 4]
    assert found.missing.tolist() == [False, True, False, False]
    assert found.missing_per_fold == {0: 1, 1: 0}
    assert found.missing_pictures == (("Bob", 1),)


def test_pairs_without_distance_count_as_wrong():
    """A third fold, so that the others hold both kinds."""
    more = Pairs(
        first=(*PAIRS.first, ("Eve", 1), ("Eve", 1)),
        second=(*PAIRS.second, ("Eve", 2), ("Fay", 1)),
        is_same=np.array([True, False] * 3),
        folds=np.array([0, 0, 1, 1, 2, 2]),
    )
    gone = np.array([False, True, False, False, False, False])
    judged = evaluate.ten_folds(more, [1, np.inf, 1, 4, 1, 5], missing=gone)
    assert judged.accuracies.tolist() == [0.5, 1, 1]
    assert judged.missing.tolist() == [1, 0, 0]


def test_infinite_distances_without_the_mask_are_refused():
    some = {name: v for name, v in EMBEDDINGS.items() if name != ("Ann", 2)}
    found = evaluate.pair_distances(PAIRS, some, missing="report")
    with pytest.raises(InputError, match="finite"):
        evaluate.ten_folds(PAIRS, found.squared)


def test_no_embedding_at_all():
    found = evaluate.pair_distances(PAIRS, {}, missing="report")
    assert found.missing.all()
    with pytest.raises(InputError, match="fold 0 has none"):
        evaluate.ten_folds(PAIRS, found.squared, missing=found.missing)


def test_folds_by_hand():
    """Each fold's threshold is 1, and all four pairs are right."""
    found = evaluate.ten_folds(PAIRS, evaluate.pair_distances(PAIRS, EMBEDDINGS).squared)
    assert found.thresholds.tolist() == [1, 1]
    assert found.accuracies.tolist() == [1, 1]


def test_a_person_in_two_folds_is_refused():
    twice = Pairs(PAIRS.first, PAIRS.second, PAIRS.is_same, np.array([0, 0, 1, 0]))
    with pytest.raises(InputError, match="Cem is in folds 1 and 0"):
        evaluate.ten_folds(twice, [1, 9, 1, 4])


def test_distances_must_be_as_many_as_the_pairs():
    with pytest.raises(InputError, match="squared"):
        evaluate.ten_folds(PAIRS, [1, 2, 3])


def test_pairs_of_unequal_columns_are_refused():
    with pytest.raises(InputError, match="4, 4, 3, 4"):
        Pairs(PAIRS.first, PAIRS.second, np.array([True, False, True]), PAIRS.folds)


def test_two_models_by_hand():
    """Of six pairs on which they disagree the first is right on five: p is 14/64."""
    first, second = verdicts([1] * 5 + [0] + [1] * 4), verdicts([0] * 5 + [1] + [1] * 4)
    found = evaluate.compare(first, second)
    assert (found.only_first, found.only_second) == (5, 1)
    assert found.difference == pytest.approx(0.4)
    assert found.p == pytest.approx(2 * (1 + 6) / 64)
    assert found.low < 0 < found.high
    other = evaluate.compare(second, first)
    assert other.p == found.p
    assert (other.low, other.high) == pytest.approx((-found.high, -found.low))


def test_a_model_does_not_differ_from_itself():
    found = evaluate.compare(verdicts([1, 0, 1]), verdicts([1, 0, 1]))
    assert (found.difference, found.p) == (0, 1)


def test_the_interval_of_a_difference_holds_it_in_95_of_100_cases():
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(1000):
        kind = rng.choice(4, 600, p=[0.9, 0.05, 0.02, 0.03])
        found = evaluate.compare(verdicts((kind == 0) | (kind == 1)), verdicts(kind % 2 == 0))
        held += found.low <= 0.05 - 0.02 <= found.high
    assert 930 <= held <= 970, held


def test_models_on_different_pairs_are_not_compared():
    with pytest.raises(InputError, match="same pairs"):
        evaluate.compare(verdicts([1, 0, 1]), verdicts([1, 0]))


@pytest.mark.parametrize(
    ("view", "seen", "good"),
    [
        ("folds", "nothing", True),
        ("test", "nothing", True),
        ("train", "nothing", False),
        ("folds", "other_folds", True),
        ("test", "other_folds", False),
        ("folds", "view1_train", False),
        ("test", "view1_train", True),
        ("folds", "everything", False),
        ("test", "everything", False),
    ],
)
def test_who_may_be_reported_on_which_list(view, seen, good):
    if good:
        evaluate.check_reportable(view, seen)
    else:
        with pytest.raises(InputError, match="flatter"):
            evaluate.check_reportable(view, seen)


def test_the_list_of_reasons_is_closed():
    with pytest.raises(InputError, match="seen"):
        evaluate.check_reportable("folds", "a bit")
    with pytest.raises(InputError, match="view"):
        evaluate.check_reportable("view2", "nothing")


@pytest.mark.lfw
def test_the_official_list_has_nobody_in_two_folds():
    pairs = lfw.find().pairs("folds")
    assert (len(pairs), int(pairs.is_same.sum())) == (6000, 3000)
    evaluate.assert_disjoint_identities(pairs)


@pytest.mark.lfw
def test_view_1_shares_its_people_with_view_2():
    """The reason for the rule."""
    view_1 = {name for name, _ in lfw.find().pairs("train").pictures()}
    view_2 = {name for name, _ in lfw.find().pairs("folds").pictures()}
    assert len(view_1 & view_2) / len(view_1) > 0.5


@pytest.mark.parametrize(
    ("one", "two"), [(0, 0), (1, 0), (8, 3), (3, 8), (5, 5), (70, 12), (1057, 912)]
)
def test_coins_counted_by_hand_are_the_exact_test(one, two):
    first = np.repeat([True, False, True], [one, two, 3])
    second = np.repeat([False, True, True], [one, two, 3])
    folds = np.arange(len(first)) % 2
    judged = [
        evaluate.FoldAccuracy(folds[:2] / 1, folds[:2] / 1, folds[:2], x) for x in (first, second)
    ]
    assert loops.as_uneven(one, two) == pytest.approx(evaluate.compare(*judged).p, rel=1e-9)
