"""The chapter's checkers: they pass on the answer, and know the typical wrong ones."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.book.exercises import evaluation
from facenet_lite.by_hand.evaluate import loops, mistakes

FUNCTIONS = [evaluation.check_val_at_far, evaluation.check_mended]


def test_rates():
    assert evaluation.check_rates((5 / 6, 2 / 8))
    assert evaluation.check_rates([0.833, 0.25])
    for wrong, hint in [
        ((4 / 6, 1 / 8), "exactly at the threshold"),
        ((5 / 6, 1 / 8), "stranger at 0.40"),
        ((5 / 6, 2 / 7), "discovery"),
        ((5 / 14, 2 / 14), "denominator"),
        ((2 / 8, 5 / 6), "VAL first"),
        ((1 / 6, 2 / 8), "refused"),
    ]:
        assert hint in evaluation.check_rates(wrong).message


def test_the_lists_are_as_the_page_prints_them():
    counts = loops.count(
        [*evaluation.SAME, *evaluation.DIFFERENT], [True] * 6 + [False] * 8, evaluation.THRESHOLD
    )
    assert counts == (5, 2, 6, 8)


def test_the_door():
    assert evaluation.check_door(0.998)
    for wrong, hint in [(0.002, "wrong"), (0.5, "Half"), (1, "impostors"), (99.8, "share")]:
        assert hint in evaluation.check_door(wrong).message


@pytest.mark.parametrize("check", FUNCTIONS, ids=lambda c: c.__name__)
def test_a_function_that_does_as_the_loops_passes(check):
    assert check(lambda d, s, far: loops.val_at_far(d.tolist(), s.tolist(), far))


def divided_ties(distances, same, far):
    strangers = np.sort(distances[~same])
    allowed = int(far * len(strangers) + 1e-9)
    if allowed == 0:
        return None
    return float(np.mean(distances[same] <= strangers[min(allowed, len(strangers) - 1)]))


def grid(distances, same, far):
    """Exact, but for the thresholds: every half."""
    strangers = distances[~same]
    if int(far * len(strangers) + 1e-9) == 0:
        return None
    kept = [d for d in np.arange(0, 4, 0.5) if np.mean(strangers <= d) <= far]
    return max((float(np.mean(distances[same] <= d)) for d in kept), default=0.0)


@pytest.mark.parametrize("check", FUNCTIONS, ids=lambda c: c.__name__)
@pytest.mark.parametrize(
    ("function", "hint"),
    [
        (mistakes.interpolated_val, "None there, never a number"),
        (lambda *_: None, "None is wrong"),
        (divided_ties, "stay together"),
        (lambda *_: 1 / 0, "ZeroDivisionError"),
        (grid, "Try every distance"),
        (0.5, "a function"),
    ],
)
def test_typical_wrong_functions_get_a_hint_of_their_own(check, function, hint):
    feedback = check(function)
    assert not feedback
    assert hint in feedback.message


def test_how_many_pictures():
    assert evaluation.check_pictures(4473)
    assert 4473 * 4472 // 2 >= 10**7 > 4472 * 4471 // 2
    for wrong, hint in [
        (10**7, "How many people"),
        (3163, "twice"),
        (1415, "single"),
        (4472, "round up"),
        (5, "How many pairs"),
    ]:
        assert hint in evaluation.check_pictures(wrong).message
