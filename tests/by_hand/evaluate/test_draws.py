"""People drawn anew by hand: the same rates as the package's, on the same draws."""

import numpy as np
import pytest

from facenet_lite.book.experiments.image_quality.paired_rates import DrawnPeople, pairs_of, rates
from facenet_lite.by_hand.evaluate import draws, loops


def made_up(rng, people=10, each=3):
    who = np.repeat(np.arange(people), each)
    centres = rng.normal(size=(people, 4))
    vectors = (8 * centres[who] + 9 * rng.normal(size=(len(who), 4))).round()
    first, second = np.triu_indices(len(who), 1)
    squared = np.square(vectors[first] - vectors[second]).sum(axis=1)
    assert len(set(squared)) < len(squared)  # some distances are equal, and whole numbers stay so
    return vectors.astype(np.float32), who, squared, who[first], who[second]


def test_a_pair_counts_as_often_as_its_people_were_drawn():
    assert draws.weights([0, 0, 1, 2], [0, 1, 2, 2], [2, 3, 0]) == [2, 6, 0, 0]


@pytest.mark.parametrize("far", [0.01, 0.05, 0.3])
def test_every_draw_agrees_with_the_package(far):
    rng = np.random.default_rng(3)
    vectors, who, squared, one, two = made_up(rng)
    drawn = DrawnPeople.of(10, trials=100, rng=rng)
    found = rates(vectors, who, drawn, far)["val"]
    assert len(set(found)) > 10
    same = one == two
    assert same.sum() == pairs_of(who)[0]
    for times, val in zip(drawn.times, found, strict=True):
        counts = draws.weights(one.tolist(), two.tolist(), times.tolist())
        by_hand = draws.val_at_far(squared.tolist(), same.tolist(), counts, far)
        assert by_hand == pytest.approx(val, abs=1e-12)


def test_with_everybody_once_it_is_the_rate_of_the_chapter_before():
    _, _, squared, one, two = made_up(np.random.default_rng(4))
    same = (one == two).tolist()
    once = [1] * len(same)
    for far in (0.02, 0.1):
        assert draws.val_at_far(squared.tolist(), same, once, far) == pytest.approx(
            loops.val_at_far(squared.tolist(), same, far)
        )


def test_nothing_is_accepted_before_the_rate_allows_it():
    # The nearest pair is of two people, and one in three is too many.
    assert draws.val_at_far([0.1, 0.2, 0.3, 0.4], [False, True, False, False], [1] * 4, 0.3) == 0
    assert draws.val_at_far([0.1, 0.2, 0.3, 0.4], [False, True, False, False], [1] * 4, 0.34) == 1
