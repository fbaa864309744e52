"""VAL, FAR and the ROC: D <= d, exact, never interpolated."""

from __future__ import annotations

import math

import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st

from facenet_lite import evaluate
from facenet_lite.errors import InputError, NotEstimableError
from facenet_lite.evaluate import val_at_far
from facenet_lite.evaluate.uncertainty import binomial_quantile

pair_lists = st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=25).filter(
    lambda pairs: 0 < sum(same for _, same in pairs) < len(pairs)
)
RATES = (0.05, 0.1, 0.3, 0.5, 1.0)


def columns(pairs):
    distances, same = zip(*pairs, strict=True)
    return np.array(distances, float), np.array(same)


def case(same, different):
    is_same = np.arange(len(same) + len(different)) < len(same)
    return np.array([*same, *different], float), is_same


def figures(distances, same):
    """Everything that is said of a list of pairs and should not depend on how D is scaled."""
    found = evaluate.roc(distances, same)
    at = [val_at_far(distances, same, far) for far in RATES]
    eer = evaluate.equal_error_rate(distances, same)
    return [
        found.val.tolist(),
        found.far.tolist(),
        found.auc,
        [(a.estimable, a.point and a.point[1:], a.interval) for a in at],
        eer[1:],
        evaluate.best_accuracy(distances, same).errors,
    ]


def test_a_case_by_hand() -> None:
    found = val_at_far(*case([0.1, 0.3, 0.5, 0.9], [0.4, 0.6, 0.8, 1.0]), 0.25)
    assert (found.val, found.far, found.threshold) == (0.75, 0.25, 0.5)
    assert found.estimable
    assert found.allowed == 1


def test_a_thousand_random_lists_agree_with_plain_loops() -> None:
    """Few different distances, so that nearly every list has ties within and across the kinds."""
    rng = np.random.default_rng(0)
    for trial in range(1000):
        size = int(rng.integers(2, 30))
        distances = rng.integers(0, rng.integers(1, 20), size).astype(float)
        same = rng.random(size) < rng.uniform(0.1, 0.9)
        same[0], same[-1] = True, False
        for far in RATES:
            found = val_at_far(distances, same, far)
            expected = reference.val_at_far(distances, same, far)
            assert (found.val if found.estimable else None) == expected, (trial, far)
            if found.estimable:
                assert reference.shares(distances, same, found.threshold) == (found.val, found.far)
        assert evaluate.roc(distances, same).auc == pytest.approx(reference.auc(distances, same))
        eer = evaluate.equal_error_rate(distances, same)
        assert max(eer.far, 1 - eer.val) == reference.equal_error_rate(distances, same)
        best = evaluate.best_accuracy(distances, same)
        threshold = reference.best_threshold(distances, same)
        assert best.threshold == (threshold if threshold >= 0 else -math.inf)
        assert best.errors == size - sum(reference.right(distances, same, threshold))


@given(pair_lists, st.randoms())
def test_the_order_of_the_pairs_does_not_matter(pairs, random) -> None:
    assert figures(*columns(pairs)) == figures(*columns(random.sample(pairs, len(pairs))))


@given(pair_lists)
def test_a_monotone_change_of_the_distances_changes_nothing(pairs) -> None:
    distances, same = columns(pairs)
    for change in (np.sqrt, np.exp, lambda d: d**3 + 7):
        assert figures(change(distances), same) == figures(distances, same)


def test_roc_by_hand() -> None:
    found = evaluate.roc(*case([1, 2, 2], [2, 3]))
    assert found.thresholds.tolist() == [-np.inf, 1, 2, 3]
    assert found.val.tolist() == [0, 1 / 3, 1, 1]
    assert found.far.tolist() == [0, 0, 0.5, 1]
    assert (found.same, found.different) == (3, 2)
    assert found.auc == pytest.approx((1 + 0.75 + 0.75) / 3)


def test_all_distances_equal_is_all_or_nothing() -> None:
    distances, same = case([1] * 4, [1] * 4)
    assert evaluate.roc(distances, same).auc == 0.5
    assert val_at_far(distances, same, 0.5).val == 0
    assert val_at_far(distances, same, 0.5).threshold == -math.inf
    assert val_at_far(distances, same, 1.0).val == 1
    assert max(evaluate.equal_error_rate(distances, same)[1:]) == 0
    assert evaluate.best_accuracy(distances, same).accuracy == 0.5


def test_ties_are_accepted_together_or_not_at_all() -> None:
    pairs = case([0.5], [0.5, 0.5, 0.9, 0.9])
    assert val_at_far(*pairs, 0.25).val == 0
    assert val_at_far(*pairs, 0.5).val == 1


def test_a_perfect_and_an_inverted_list() -> None:
    perfect, inverted = case([1, 2, 3], [4, 5, 6]), case([4, 5, 6], [1, 2, 3])
    assert evaluate.roc(*perfect).auc == 1
    assert val_at_far(*perfect, 0.4).val == 1
    assert evaluate.equal_error_rate(*perfect) == (3, 1, 0)
    assert evaluate.best_accuracy(*perfect) == (1, 3, 0)
    assert evaluate.roc(*inverted).auc == 0
    assert val_at_far(*inverted, 0.4).val == 0
    assert evaluate.equal_error_rate(*inverted)[1:] == (0, 0)
    assert evaluate.best_accuracy(*inverted) == (0.5, -math.inf, 3)


def test_too_few_pairs_make_it_not_estimable_never_a_number() -> None:
    found = val_at_far(*case([0.1], np.ones(999)), 1e-3)
    assert not found.estimable
    assert str(found) == "not estimable from 999 different pairs"
    for name in ("val", "far", "threshold", "low", "high"):
        with pytest.raises(NotEstimableError, match="1,000 or more"):
            getattr(found, name)
    assert val_at_far(*case([0.1], np.ones(1000)), 1e-3).estimable


def test_a_rate_that_binary_fractions_miss_is_counted_as_it_is_written() -> None:
    """0.29 * 100 is 28.999999999999996: twenty-nine false accepts are allowed, not 28."""
    assert val_at_far(*case([0.1], np.arange(100)), 0.29).far == 0.29


def test_in_words() -> None:
    assert str(val_at_far(*case(np.zeros(50), np.ones(100)), 0.1)) == "100.0% (92.9% to 100.0%)"


def test_the_interval_by_hand() -> None:
    """100 different pairs at 1, 2, ..., 100 and a rate of 0.5: 40 to 60 of them are likely.

    (A fair coin shows 40 to 60 heads in a hundred throws, in 95 % of cases.) Same pairs lie at
    0.5, 10.5, ..., 90.5: 4 up to 40, 6 below 51, 7 below 61.
    """
    low, high = evaluate.wilson_interval(6, 10)
    found = val_at_far(*case(np.arange(10) * 10 + 0.5, np.arange(1, 101)), 0.5)
    assert found.val == 0.6
    assert found.low == pytest.approx(0.6 - math.hypot(0.6 - low, 0.6 - 0.4))
    assert found.high == pytest.approx(0.6 + math.hypot(high - 0.6, 0.7 - 0.6))


@pytest.mark.parametrize(("trials", "rate"), [(3000, 1e-3), (400, 0.01), (36, 0.1), (7, 0.4)])
def test_the_ranks_of_the_threshold_are_the_binomials(trials: int, rate: float) -> None:
    from scipy.stats import binom

    for share in (0.025, 0.5, 0.975):
        assert binomial_quantile(share, trials, rate) == binom.ppf(share, trials, rate)
    assert binomial_quantile(0.5, 10, 1) == 10


@pytest.mark.parametrize(("allowed", "far", "bounded"), [(3, 1e-3, 0), (3, 0.1, 0), (4, 0.1, 1)])
def test_few_false_accepts_bound_nothing_from_below(allowed, far, bounded) -> None:
    found = val_at_far(*case(np.zeros(100), np.ones(round(allowed / far))), far)
    assert (found.allowed, found.val) == (allowed, 1)
    assert (found.low > 0.9) == bounded
    assert bounded or found.low == 0


@pytest.mark.parametrize(
    ("far", "different"),
    [(0.1, 40), (0.01, 400), (0.01, 600), (0.1, 300), (0.02, 5000), (0.001, 3000), (0.001, 5000)],
)
def test_the_interval_holds_the_true_rate_in_95_of_100_cases_or_more(far, different) -> None:
    """Normal distances, so that the true VAL at a rate is known. With 3,000 same pairs nearly all
    of the uncertainty is the threshold's."""
    from scipy.stats import norm

    rng = np.random.default_rng(1)
    truth = norm.cdf(norm.ppf(far) + 2.5)
    held = 0
    for _ in range(1000):
        pairs = case(rng.normal(7.5, 1, 3000), rng.normal(10, 1, different))
        found = val_at_far(*pairs, far)
        held += found.low <= truth <= found.high
    assert 940 <= held <= 990, held


@pytest.mark.parametrize(
    ("distances", "same", "far", "message"),
    [
        ([1.0], [False], 0.1, "0 and 1"),
        ([1.0], [True], 0.1, "1 and 0"),
        ([], [], 0.1, "is_same"),
        ([1.0, 2.0], [True, False], 0, "far"),
        ([1.0, 2.0], [True, False], 2, "far"),
        ([[1.0]], [[True]], 1, "squared_distances"),
        ([1.0, np.nan], [True, False], 0.1, "finite"),
        ([1.0, np.inf], [True, False], 0.1, "finite"),
        ([1.0, -2.0], [True, False], 0.1, "square"),
        ([1.0, 2.0], [1, 0], 0.1, "is_same"),
        ([1.0, 2.0], [True], 0.1, "is_same"),
        (1.0, [True, False], 0.1, "squared_distances"),
    ],
)
def test_what_cannot_be_is_refused(distances, same, far, message) -> None:
    with pytest.raises(InputError, match=message):
        val_at_far(distances, np.array(same), far)


@pytest.mark.parametrize(
    "function", [evaluate.roc, evaluate.equal_error_rate, evaluate.best_accuracy]
)
@pytest.mark.parametrize("same", [[True, True], [False, False]])
def test_one_kind_of_pair_alone_is_refused(function, same) -> None:
    with pytest.raises(InputError, match=r"one person|one kind"):
        function([1.0, 2.0], np.array(same))


def test_the_roc_and_the_rank_sum_give_one_area() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.integers(0, 30, 50), rng.integers(10, 40, 70)
    assert evaluate.roc(*case(a, b)).auc == pytest.approx(evaluate.area_under_roc(a, b))


def test_a_rate_smaller_than_any_list_can_show_is_still_only_not_estimable() -> None:
    with pytest.raises(NotEstimableError, match="or more"):
        _ = val_at_far(*case([1.0], [2.0]), 1e-310).val
