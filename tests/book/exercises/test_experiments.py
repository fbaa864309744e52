"""The checkers of the chapter on experiments: right answers pass, typical wrong ones get hints."""

from __future__ import annotations

import math

import numpy as np
import pytest

from facenet_lite import evaluate
from facenet_lite.book.exercises import experiments
from facenet_lite.book.experiments import published


def expect(feedback, hint):
    assert not feedback
    assert hint in feedback.message, feedback.message


def test_the_reduction_is_the_tables():
    assert experiments.check_reduction(100 * (0.851 - 0.763) / (1 - 0.763))
    assert experiments.check_reduction(37)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (60, "So says the text"),
        (8.8, "points of VAL"),
        (11.5, "VAL grows"),
        (62.9, "is left"),
        (59.06, "there *before*"),
        (0.371, "as a share"),
        (25, "before, and after"),
    ],
)
def test_wrong_reductions_have_their_hints(answer, hint):
    expect(experiments.check_reduction(answer), hint)


def interval(apart, reach=None):
    error = apart.std(ddof=1) / math.sqrt(len(apart))
    low, high = evaluate.t_interval(apart)
    half = (high - low) / 2 if reach is None else reach * error
    return apart.mean(), apart.mean() - half, apart.mean() + half


def t_of(values):
    return (evaluate.t_interval(values)[1] - values.mean()) / evaluate.standard_error(values)


def unpaired(first, second):
    half = t_of(second - first) * math.hypot(first.std(ddof=1), second.std(ddof=1))
    half /= math.sqrt(len(first))
    apart = (second - first).mean()
    return apart, apart - half, apart + half


def one_seed(first, second):
    apart = second - first
    half = t_of(apart) * apart.std(ddof=1)
    return apart.mean(), apart.mean() - half, apart.mean() + half


def test_pairs_of_seeds():
    feedback = experiments.check_paired(lambda a, b: interval(b - a))
    assert feedback
    low, high = evaluate.t_interval(np.subtract(experiments.WIDE, experiments.NARROW))
    assert f"{100 * low:.1f} to {100 * high:.1f}" in feedback.message
    assert low > 0
    assert unpaired(np.array(experiments.NARROW), np.array(experiments.WIDE))[1] < 0, (
        "alone they show nothing"
    )


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda a, b: interval(a - b), "second less first"),
        (lambda a, b: np.zeros(3), "seed by seed"),
        (lambda a, b: interval(b - a, 1.96), "1.96 is not enough"),
        (lambda a, b: interval(b - a, 2), "2 is not enough"),
        (lambda a, b: interval(b - a, 1), "68 %"),
        (one_seed, "root of S"),
        (unpaired, "two groups of strangers"),
        (lambda a, b: (np.mean(b - a), -9, 9), "Student's t of the S"),
        (lambda a, b: 1, "three numbers"),
        (lambda a, b: a[99], "raises IndexError"),
        (3, "a function"),
    ],
)
def test_wrong_intervals_have_their_hints(answer, hint):
    expect(experiments.check_paired(answer), hint)


def test_the_slope():
    assert experiments.check_slope(lambda n, v: np.polyfit(np.log10(n), v, 1)[0])


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda n, v: np.polyfit(np.log(n), v, 1)[0], "e times"),
        (lambda n, v: np.polyfit(np.log2(n), v, 1)[0], "twice"),
        (lambda n, v: np.polyfit(n, v, 1)[0], "one more picture"),
        (lambda n, v: (v[-3:].mean() - v[:3].mean()) / 3, "ends alone"),
        (lambda n, v: (v[-1] - v[0]) / 3, "Two runs"),
        (lambda n, v: 0.5, "take its slope"),
        (lambda n, v: v, "one number"),
        ("line", "a function"),
    ],
)
def test_wrong_slopes_have_their_hints(answer, hint):
    expect(experiments.check_slope(answer), hint)


def test_the_right_choice():
    def right(validation, test):
        best = validation.mean(axis=1).argmax()
        return best, test[best].mean()

    assert experiments.check_mended(right)


def chosen(choose, report):
    def answer(validation, test):
        row = int(choose(validation, test))
        return row, report(validation[row], test[row])

    return answer


def mean_of_tests(_, test):
    return test.mean()


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (experiments.best_setting, "still chooses by the test"),
        (chosen(lambda v, t: t.mean(1).argmax(), mean_of_tests), "on the people to report"),
        (chosen(lambda v, t: v.max(1).argmax(), mean_of_tests), "one lucky seed"),
        (chosen(lambda v, t: v.mean(1).argmin(), mean_of_tests), "highest mean on validation"),
        (chosen(lambda v, t: v.mean(1).argmax(), lambda v, t: v.mean()), "flatters"),
        (chosen(lambda v, t: v.mean(1).argmax(), lambda v, t: t.max()), "next run"),
        (chosen(lambda v, t: v.mean(1).argmax(), lambda v, t: t[v.argmax()]), "all seeds count"),
        (chosen(lambda v, t: v.mean(1).argmax(), lambda v, t: 0.0), "mean over the seeds"),
        (lambda v, t: 1, "two numbers"),
        (0, "a function"),
    ],
)
def test_wrong_choices_have_their_hints(answer, hint):
    expect(experiments.check_mended(answer), hint)


def test_the_story_and_its_opposite():
    assert experiments.LUCK.mean(axis=1) == pytest.approx(np.full(4, experiments.LUCK.mean()))
    assert experiments.check_story([3, 1, 2, 2])
    down = experiments.LUCK[range(4), [1, 0, 2, 1]]
    assert (np.diff(down) < 0).all(), "the opposite can be told as well, as the message says"


@pytest.mark.parametrize(
    ("answer", "hint"),
    [([1, 1, 2, 2], "From 32 to 64"), ([3, 1, 2], "4 columns"), ([0, 0, 0, 5], "4 columns")],
)
def test_a_story_that_does_not_rise_says_where(answer, hint):
    expect(experiments.check_story(answer), hint)


def test_the_figures_of_the_question_are_the_papers():
    rows = [row.val for row in published.TABLE_6[:2]]
    assert rows == [experiments.BEFORE, experiments.AFTER]
    assert experiments.CLAIMED == 100 * published.CLAIMED_REDUCTION
