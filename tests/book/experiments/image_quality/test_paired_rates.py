"""Rates under several conditions: those of plain loops, and differences of the same draws."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from facenet_lite import evaluate
from facenet_lite.book.experiments.image_quality.paired_rates import (
    FARS,
    MEASURES,
    DrawnPeople,
    pairs_of,
    rate_to_ask,
    rates,
)
from facenet_lite.distances import pairwise_squared_distances
from facenet_lite.errors import InputError

PEOPLE = np.repeat(np.arange(12), 3)
FAR = 0.02


def embeddings(noise=1.0, seed=0, people=PEOPLE):
    """Of few values, so that many distances are equal."""
    rng = np.random.default_rng(seed)
    middles = rng.normal(size=(people.max() + 1, 6))[people]
    return np.rint(middles * 2 + noise * rng.normal(size=(len(people), 6))).astype(np.float32)


def draws(people=12, trials=100, seed=1):
    return DrawnPeople.of(people, trials=trials, rng=np.random.default_rng(seed))


def in_plain_loops(vectors, people, times, far):
    """Every pair as often as it counts, then every threshold that occurs."""
    same, different = [], []
    for i, j in combinations(range(len(vectors)), 2):
        squared = sum(
            (float(a) - float(b)) ** 2 for a, b in zip(vectors[i], vectors[j], strict=True)
        )
        if people[i] == people[j]:
            same += [squared] * int(times[people[i]])
        else:
            different += [squared] * int(times[people[i]] * times[people[j]])
    val, eer = 0.0, 1.0
    for threshold in sorted({*same, *different}):
        accepted = sum(d <= threshold for d in same) / len(same)
        wrong = sum(d <= threshold for d in different) / len(different)
        if wrong <= far + 1e-12:
            val = accepted
        eer = min(eer, max(wrong, 1 - accepted))
    nearer = sum((a < b) + (a == b) / 2 for a in same for b in different)
    return [val, nearer / (len(same) * len(different)), eer]


def test_every_row_is_what_plain_loops_count():
    drawn, vectors = draws(), embeddings()
    found = rates(vectors, PEOPLE, drawn, FAR)
    for row in (0, 1, 2, 100, 101, 112):
        expected = in_plain_loops(vectors, PEOPLE, drawn.times[row], FAR)
        assert [found[m][row] for m in MEASURES] == pytest.approx(expected, abs=1e-12)


def test_of_everybody_once_they_are_the_evaluations_own():
    vectors = embeddings(2.0)
    first, second = np.triu_indices(len(vectors), 1)
    squared = pairwise_squared_distances(vectors)[first, second]
    is_same = PEOPLE[first] == PEOPLE[second]
    found = {m: figures[0] for m, figures in rates(vectors, PEOPLE, draws(), FAR).items()}
    error = evaluate.equal_error_rate(squared, is_same)
    assert found["val"] == pytest.approx(evaluate.val_at_far(squared, is_same, FAR).val)
    assert found["auc"] == pytest.approx(
        evaluate.area_under_roc(squared[is_same], squared[~is_same])
    )
    assert found["eer"] == pytest.approx(max(error.far, 1 - error.val))


def test_a_draw_has_as_many_people_as_there_are_and_each_is_left_out_once():
    drawn = draws()
    assert (drawn.times[0] == 1).all()
    assert (drawn.times[1:101].sum(axis=1) == 12).all()
    np.testing.assert_array_equal(drawn.times[101:], 1 - np.eye(12))


def test_without_a_rate_there_is_no_val():
    assert list(rates(embeddings(), PEOPLE, draws(), None)) == ["auc", "eer"]


def test_the_rate_asked_for_is_the_papers_where_pairs_suffice():
    """45 people with one picture make 990 pairs of two, 46 make 1,035."""
    for pictures, far in ((46, FARS[0]), (45, FARS[1]), (15, FARS[1]), (14, None)):
        assert rate_to_ask(np.arange(pictures)) == far


def test_pairs_by_hand():
    assert pairs_of([0, 0, 0, 1, 1, 2]) == (4, 11)


def test_a_share_of_one_is_never_certain():
    drawn = draws()
    everything = np.ones(len(drawn.times))
    low, _ = evaluate.wilson_interval(12, 12)
    assert drawn.interval(everything) == [1, round(low, 5), 1]
    assert drawn.interval(1 - everything) == [0, 0, round(1 - low, 5)]


def test_a_difference_that_no_draw_changes_has_no_interval():
    figures = rates(embeddings(), PEOPLE, draws(), FAR)["auc"]
    assert draws().difference(figures, figures) == [0, None, None]


def test_a_difference_of_the_same_draws_is_surer_than_either_figure():
    """The second condition is the first with a little noise: what is hard stays hard."""
    drawn, vectors = draws(trials=300), embeddings(3.0)
    other = vectors + np.random.default_rng(5).normal(size=vectors.shape).astype(np.float32)
    one, two = (rates(v, PEOPLE, drawn, FAR)["auc"] for v in (vectors, other))
    value, low, high = drawn.difference(one, two)
    assert value == pytest.approx(one[0] - two[0], abs=1e-5)
    assert low <= value <= high
    _, least, most = drawn.interval(one)
    assert high - low < 0.7 * (most - least)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """A population of two conditions, its true figures from 600 people, 40 samples of 40 people
    judged."""
    rng = np.random.default_rng(3)

    def population(people):
        who = np.repeat(np.arange(people), 2)
        middles = rng.normal(size=(people, 12))[who]
        noise, more = rng.normal(size=(2, len(who), 12))
        return [(middles + v).astype(np.float32) for v in (noise, noise + 0.8 * more)], who

    once = DrawnPeople(0, np.ones((1, 600), np.int64))
    clear, worse = (rates(v, w, once, FAR) for p, w in [population(600)] for v in p)
    truth = {m: clear[m][0] - worse[m][0] for m in MEASURES}
    held = dict.fromkeys(MEASURES, 0)
    for _ in range(40):
        (one, two), who = population(40)
        drawn = DrawnPeople.of(40, trials=100, rng=rng)
        one, two = (rates(v, who, drawn, FAR) for v in (one, two))
        for m in MEASURES:
            _, low, high = drawn.difference(one[m], two[m])
            held[m] += low <= truth[m] <= high
    assert min(held.values()) >= 33, held


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: draws(people=9), "people"),
        (lambda: draws(trials=99), "trials"),
        (lambda: rates(embeddings()[:, 0], PEOPLE, draws(), FAR), "embeddings"),
        (lambda: rates(embeddings(), PEOPLE[:-1], draws(), FAR), "people"),
        (lambda: rates(embeddings(), PEOPLE + 1, draws(), FAR), "from 0 to 11"),
        (lambda: rates(embeddings()[::3], np.arange(12), draws(), FAR), "only one kind"),
    ],
)
def test_what_cannot_be_judged_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
