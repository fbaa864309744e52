"""The checkers of the chapter on LFW: right answers pass, typical wrong ones have their hints."""

from __future__ import annotations

import math

import numpy as np
import pytest

from facenet_lite import evaluate
from facenet_lite.book import results
from facenet_lite.book.exercises import lfw
from facenet_lite.by_hand.evaluate import loops, mistakes


def expect(feedback, hint):
    assert not feedback
    assert hint in feedback.message


RIGHT = [True, False, True, False, False, True]


def test_who_may_be_reported():
    assert lfw.check_reportable(RIGHT)
    assert lfw.check_reportable(np.array(RIGHT))


@pytest.mark.parametrize(
    ("place", "hint"),
    [(0, "kept LFW"), (1, "judged on"), (2, "in two folds"), (3, "again"), (4, "Chapter 9")],
)
def test_each_wrong_verdict_has_its_hint(place, hint):
    answer = list(RIGHT)
    answer[place] = not answer[place]
    expect(lfw.check_reportable(answer), hint)


def test_the_standard_error():
    assert lfw.check_standard_error(1.34 / math.sqrt(10))
    assert lfw.check_standard_error(0.42)
    assert "np.std" in lfw.check_standard_error(1.34 / 3).message


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (1.34, "a *fold*"),
        (0.134, "its root"),
        (1.34 * math.sqrt(10), "other way"),
        (1.34 / math.sqrt(6000), "6,000"),
        (1.34 / math.sqrt(600), "600"),
        (0.0042, "as a share"),
        (2.0, "what factor"),
    ],
)
def test_wrong_errors_have_their_hints(answer, hint):
    expect(lfw.check_standard_error(answer), hint)


def coins(first, second, rng, tosses=4000):
    """The solution: for each pair on which they disagree a coin says who was right."""
    apart = first != second
    seen = abs(int(first.sum()) - int(second.sum()))
    heads = rng.binomial(apart.sum(), 0.5, tosses)
    return np.mean(abs(2 * heads - apart.sum()) >= seen)


def one_sided(first, second, rng):
    apart, seen = first != second, int(first.sum()) - int(second.sum())
    return np.mean(2 * rng.binomial(apart.sum(), 0.5, 4000) - apart.sum() >= seen)


def strictly(first, second, rng):
    apart, seen = first != second, abs(int(first.sum()) - int(second.sum()))
    return np.mean(abs(2 * rng.binomial(apart.sum(), 0.5, 4000) - apart.sum()) > seen)


def shuffled(first, second, rng):
    pool, seen = np.concatenate([first, second]), abs(int(first.sum()) - int(second.sum()))
    halves = [rng.permutation(pool) for _ in range(3000)]
    return np.mean([abs(int(h[: len(first)].sum()) * 2 - int(pool.sum())) >= seen for h in halves])


def test_coins_agree_with_the_exact_test():
    assert lfw.check_coins(coins)
    assert lfw.check_coins(
        lambda a, b, rng: loops.as_uneven(int((a & ~b).sum()), int((b & ~a).sum()))
    )


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (one_sided, "one direction"),
        (strictly, "never disagree"),
        (lambda a, b, rng: 1.0 if (a == b).all() else strictly(a, b, rng), "just as uneven"),
        (lambda a, b, rng: 1.0, "one coin for all"),
        (shuffled, "shuffled"),
        (lambda a, b, rng: 1 / 0, "raises"),
        (lambda a, b, rng: None, "should be a chance"),
        (lambda a, b, rng: 0.6 if (a != b).any() else 1.0, "shuffled"),
        (lambda a, b, rng: 0.0 if (a != b).any() else 1.0, "Toss for each pair"),
    ],
)
def test_wrong_coins_have_their_hints(answer, hint):
    expect(lfw.check_coins(answer), hint)


def ten_folds(distances, is_same, folds, missing, *, lost="wrong", grid=False, by_order=False):
    """The mended function, with faults to choose from: accuracies of ten folds."""
    if lost == "dropped":
        distances, is_same, folds = distances[~missing], is_same[~missing], folds[~missing]
        missing = missing[~missing]
    if by_order:
        parts = np.array_split(np.arange(len(folds)), 10)
        folds = np.concatenate([[k] * len(p) for k, p in enumerate(parts)])
    accuracies = []
    for fold in range(10):
        own, others = folds == fold, (folds != fold) & (~missing | (lost == "choose"))
        candidates = np.arange(0, 4, 0.01) if grid else np.unique(distances[others])
        right = [np.mean((distances[others] <= d) == is_same[others]) for d in candidates]
        judged = (distances[own] <= candidates[np.argmax(right)]) == is_same[own]
        accuracies.append(np.mean(judged & (~missing[own] | (lost == "choose"))))
    return np.array(accuracies)


def mended(error=lambda a: a.std(ddof=1) / np.sqrt(10), **faults):
    def answer(*columns):
        accuracies = ten_folds(*columns, **faults)
        return accuracies.mean(), error(accuracies)

    return answer


def test_the_mended_function_passes():
    assert lfw.check_mended(mended())

    def the_packages(*columns):
        found = evaluate.fold_accuracy(*columns[:3], missing=columns[3])
        return found.mean, found.standard_error

    assert lfw.check_mended(the_packages)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (mistakes.usual_ten_folds, "come from the list"),
        (mended(by_order=True), "come from the list"),
        (mended(grid=True), "times a hundred"),
        (mended(lost="dropped"), "left out"),
        (mended(lost="choose"), "left out"),
        (mended(np.std), "np.std"),
        (mended(lambda a: a.std(ddof=1)), "root of the number"),
        (mended(lambda a: a.std() / np.sqrt(10)), "ddof=1"),
        (mended(lambda a: 0.1), "not its standard error"),
        (lambda *_: 0.9, "two numbers"),
        (lambda *_: 1 / 0, "raises"),
    ],
)
def test_half_mended_functions_have_their_hints(answer, hint):
    expect(lfw.check_mended(answer), hint)


@pytest.mark.parametrize("number", range(3))
def test_in_each_case_one_threshold_is_best_whichever_of_equals_one_takes(number):
    distances, is_same, folds, missing = lfw._case(number)
    for fold in range(10):
        others = (folds != fold) & ~missing
        right = [
            np.sum((distances[others] <= d) == is_same[others])
            for d in np.unique(distances[others])
        ]
        assert right.count(max(right)) == 1
        assert set(distances[(folds == fold) & ~missing]) <= set(distances[others])


def test_losing_the_wrong_pairs_passes():
    stored = results.load_distances(lfw.LIST)
    wrong = np.flatnonzero(~evaluate.fold_accuracy(*stored).right)
    assert len(wrong) > lfw.MOST
    assert lfw.check_lever(wrong[: lfw.MOST])
    assert lfw.check_lever(wrong[: lfw.MOST].tolist())
    expect(lfw.check_lever(wrong[: lfw.MOST // 4]), "too few")
    expect(lfw.check_lever(wrong), "noticed")
    expect(lfw.check_lever(list(range(40))), "judged rightly")
    expect(lfw.check_lever([6000]), "5,999")
