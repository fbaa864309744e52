"""The chapter's checkers: they pass on the answer, and know the typical wrong ones."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite import miners
from facenet_lite.book.exercises import triplet_mining
from facenet_lite.book.experiments.trained import in_the_page
from facenet_lite.by_hand.miners import loops

SQUARED = np.square(triplet_mining.POINTS[:, None] - triplet_mining.POINTS).sum(2)
SAME = triplet_mining.PEOPLE[:, None] == triplet_mining.PEOPLE


def expect(feedback, hint):
    assert not feedback
    assert hint in feedback.message


def mended(to_positive, to_negatives, margin=0.2):
    inside = (to_negatives > to_positive) & (to_negatives < to_positive + margin)
    return int(np.where(inside, to_negatives, np.inf).argmin()) if inside.any() else None


def test_the_right_answers_pass():
    people = [who for who in range(triplet_mining.P) for _ in range(triplet_mining.K)]
    assert triplet_mining.check_count(len(loops.batch_all(people)))
    assert triplet_mining.check_negative(6)
    hardest = [
        n for _, _, n in loops.batch_hard(triplet_mining.POINTS, triplet_mining.PEOPLE.tolist())
    ]
    assert triplet_mining.check_hardest(hardest)
    assert triplet_mining.check_hardest(np.where(SAME, np.inf, SQUARED).argmin(1))
    assert triplet_mining.check_mended(mended)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (1344, "Half"),
        (3584, "its own positive"),
        (2976, "somebody else"),
        (672, "not their pictures: every"),
        (29760, "Any three"),
        (32768, "B cubed"),
        (672 // 8, "Count anchors"),
        (5, "Count anchors"),
    ],
)
def test_wrong_counts_have_their_hints(answer, hint):
    expect(triplet_mining.check_count(answer), hint)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (0, "beyond the margin"),
        (1, "nearest of all"),
        (2, "easy"),
        (3, "exactly as far"),
        (4, "none in it that is nearer"),
        (5, "other way round"),
        (7, "argmax"),
        (8, "from 0 to 7"),
        (0.61, "That is a distance"),
    ],
)
def test_wrong_negatives_have_their_hints(answer, hint):
    expect(triplet_mining.check_negative(answer), hint)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (np.where(SAME, -1, SQUARED).argmax(1), "argmax"),
        (SQUARED.argmin(1), "himself"),
        (np.where(np.eye(9) > 0, np.inf, SQUARED).argmin(1), "no negatives"),
        (np.where(SAME, SQUARED, -1).argmax(1), "hardest positives"),
        (np.where(SAME & (np.eye(9) == 0), SQUARED, np.inf).argmin(1), "wrong way round"),
        (np.where(SAME, 0, SQUARED).argmin(1), "infinity"),
        (np.arange(9)[::-1], "infinity"),
    ],
)
def test_wrong_hardest_have_their_hints(answer, hint):
    expect(triplet_mining.check_hardest(answer), hint)


def test_no_anchor_of_the_exercise_has_two_nearest_strangers():
    others = np.sort(np.where(SAME, np.inf, SQUARED), axis=1)
    assert (others[:, 0] < others[:, 1]).all()


def test_the_function_with_the_bugs_is_not_the_mended_one():
    expect(triplet_mining.check_mended(triplet_mining.picked), "still the argmax")


@pytest.mark.parametrize(
    ("inside_only", "hint"),
    [
        (lambda p, n, m: int(np.where((n > p) & (n < p + m), n, 0).argmin()), "smallest of all"),
        (lambda p, n, m: int(np.where(n > p, n, np.inf).argmin()), "None"),
        (lambda p, n, m: int(np.argmin(n)), "nearest of all"),
        (lambda p, n, m: min((n[(n > p) & (n < p + m)]).tolist()), "nearest in the band"),
        (lambda p, n, m: None, "nearest in the band"),
        (lambda p, n, m: 1 / 0, "raises ZeroDivisionError"),
    ],
)
def test_half_mended_functions_have_their_hints(inside_only, hint):
    expect(triplet_mining.check_mended(inside_only), hint)


def test_a_function_that_finds_nothing_and_raises_is_told_so():
    def strict(to_positive, to_negatives, margin):
        found = mended(to_positive, to_negatives, margin)
        if found is None and len(to_negatives) == 0:
            raise ValueError("nothing")
        return found

    expect(triplet_mining.check_mended(strict), "raises ValueError")


def test_a_function_that_is_right_but_for_empty_bands_is_told_so():
    def stubborn(to_positive, to_negatives, margin):
        found = mended(to_positive, to_negatives, margin)
        return 0 if found is None and len(to_negatives) < 4 else found

    expect(triplet_mining.check_mended(stubborn), "the answer is None")


@pytest.fixture(scope="module")
def data():
    return in_the_page.faces()


def trained(data, rule, **change):
    return in_the_page.train(data, rule, **change)


def test_a_warm_up_passes(data):
    run = trained(data, miners.batch_hard, steps=150, first=miners.semi_hard, warm_up=50)
    assert triplet_mining.check_warm_up(run)


def test_runs_that_do_not_show_it_have_their_hints(data):
    expect(
        triplet_mining.check_warm_up(trained(data, miners.batch_hard, steps=100)),
        "Let another rule",
    )
    expect(triplet_mining.check_warm_up(trained(data, miners.semi_hard, steps=100)), "must use")
    expect(triplet_mining.check_warm_up(trained(data, miners.batch_hard, steps=5)), "must use")


def test_a_run_that_stands_without_telling_apart_is_told_so(data):
    run = trained(data, miners.batch_hard, steps=105, first=miners.semi_hard, warm_up=5, rate=1e-4)
    expect(triplet_mining.check_warm_up(run), "still cost")
