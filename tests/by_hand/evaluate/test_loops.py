"""What the chapter does by hand agrees with the package, and its mistakes are mistakes."""

import numpy as np
import pytest

from facenet_lite import evaluate
from facenet_lite.by_hand.evaluate import loops, mistakes


def random_list(rng):
    size = int(rng.integers(3, 40))
    distances = rng.integers(0, 20, size) / 10
    same = rng.random(size) < 0.5
    same[:2] = True, False
    return distances, same


def test_counts_by_hand():
    counts = loops.count([0.1, 0.4, 0.4, 0.9], [True, True, False, False], 0.4)
    assert counts == (2, 1, 2, 2)
    assert (counts.val, counts.far) == (1, 0.5)


def test_a_hundred_lists_agree_with_the_package():
    rng = np.random.default_rng(0)
    for _ in range(100):
        distances, same = random_list(rng)
        whole = evaluate.roc(distances, same)
        for place, threshold in enumerate(whole.thresholds):
            counts = loops.count(distances.tolist(), same.tolist(), threshold)
            assert (counts.val, counts.far) == (whole.val[place], whole.far[place])
        for far in (0.1, 0.3, 1.0):
            found = evaluate.val_at_far(distances, same, far)
            by_hand = loops.val_at_far(distances.tolist(), same.tolist(), far)
            assert by_hand == (found.val if found.estimable else None)


@pytest.mark.parametrize(("hits", "trials"), [(0, 10), (9, 10), (10, 10), (290, 300)])
def test_the_interval_by_trial_is_the_equations_own(hits, trials):
    by_hand = loops.wilson_interval(hits, trials)
    assert by_hand == pytest.approx(evaluate.wilson_interval(hits, trials), abs=2e-4)


def test_the_mistake_gives_a_number_where_there_is_none():
    distances = np.concatenate([np.linspace(0.1, 0.6, 300), np.linspace(0.5, 1.2, 300)])
    same = np.arange(600) < 300
    assert not evaluate.val_at_far(distances, same, 1e-3).estimable
    assert 0 < mistakes.interpolated_val(distances, same, 1e-3) < 1


def test_the_mistakes_grid_misses_distances_of_another_scale():
    distances = np.array([0.0001, 0.0006, 0.0007, 0.0008])
    same = np.array([True, True, False, False])
    assert evaluate.val_at_far(distances, same, 0.5).val == 1
    assert mistakes.interpolated_val(distances, same, 0.5) != pytest.approx(1)
