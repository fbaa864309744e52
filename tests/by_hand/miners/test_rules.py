"""The loops of the chapter pick what the package's rules pick."""

from __future__ import annotations

import bisect

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from miners.test_twelve_points import (
    ANSWERS,
    BAND,
    LABELS,
    MARGIN,
    PEOPLE,
    PLACES,
    POINTS,
    SEMI_HARD,
)

from facenet_lite import miners
from facenet_lite.by_hand.miners import loops, mistakes, other_libraries, search
from facenet_lite.errors import InputError
from facenet_lite.types import Triplets

LINE = [[float(x)] for x in PLACES]
BATCHES = st.lists(
    st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(0, 3)), max_size=12
)
WITH_MARGIN = ("semi_hard", "easy_positive_semi_hard")


def parts(batch):
    points = np.array([row[:2] for row in batch], np.float64).reshape(-1, 2)
    return points, [row[2] for row in batch]


@pytest.mark.parametrize("name", ["semi_hard", "easy_positive_semi_hard", "batch_hard"])
def test_twelve_points_are_answered_as_by_hand(name):
    extra = [MARGIN] if name in WITH_MARGIN else []
    assert getattr(loops, name)(LINE, PEOPLE, *extra) == ANSWERS[name]


@settings(max_examples=60, deadline=None)
@given(BATCHES, st.sampled_from([0.0, 1.0, 2.5, 9.0]))
def test_loops_and_package_agree_on_any_batch(batch, margin):
    points, people = parts(batch)
    x, y = torch.tensor(points), torch.tensor(people, dtype=torch.int64)
    assert loops.batch_all(people) == list(miners.batch_all(x, y))
    assert loops.batch_hard(points, people) == list(miners.batch_hard(x, y))
    for name in WITH_MARGIN:
        slow = getattr(loops, name)(points, people, margin)
        assert slow == list(miners.mine(name, x, y, margin=margin))
    assert loops.census(points, people, margin) == miners.census(x, y, margin)


@settings(max_examples=60, deadline=None)
@given(BATCHES, st.sampled_from([0.0, 1.0, 2.5, 9.0]))
def test_searching_one_anchor_finds_what_the_loops_find(batch, margin):
    points, people = parts(batch)
    d = loops.distances(points, people)
    found, total = [], np.zeros(3, int)
    for a in range(len(people)):
        friends, strangers = loops.positives(people, a), loops.strangers(people, a)
        near, far = [d[a][p] for p in friends], [d[a][n] for n in strangers]
        answers = search.nearest_in_band(near, far, margin)
        found += [
            (a, p, strangers[n]) for p, n in zip(friends, answers, strict=True) if n is not None
        ]
        counts = search.census(near, far, margin)
        total += [counts.easy, counts.semi_hard, counts.hard]
    assert found == loops.semi_hard(points, people, margin)
    assert miners.Census(*total.tolist()) == loops.census(points, people, margin)


def test_a_bound_on_the_wrong_side_is_seen(monkeypatch):
    monkeypatch.setattr(search, "bisect_right", bisect.bisect_left)
    assert search.nearest_in_band([1.0], [1.0, 1.1]) == [0]  # a hard one: the law above goes red


@pytest.mark.parametrize(
    ("d_n", "name"), [(0.4, "hard"), (0.5, "hard"), (0.6, "semi-hard"), (0.75, "easy"), (3, "easy")]
)
def test_a_negative_is_named_by_where_it_stands(d_n, name):
    assert loops.kind(0.5, d_n, 0.25) == name


def test_the_random_rule_stays_in_the_band_and_takes_all_of_it():
    rng = np.random.default_rng(0)
    runs = [loops.random_semi_hard(LINE, PEOPLE, MARGIN, rng=rng) for _ in range(60)]
    assert all([row[:2] for row in run] == [row[:2] for row in SEMI_HARD] for run in runs)
    assert {row for run in runs for row in run} == set(BAND)


def test_nothing_to_pick_is_no_triplet():
    for people in ([], [1], [1, 1, 1], [1, 2, 3]):
        points = np.arange(len(people), dtype=float)[:, None]
        assert loops.batch_all(people) == loops.batch_hard(points, people) == []
        assert (
            loops.semi_hard(points, people)
            == other_libraries.tensorflow_addons(points, people)
            == []
        )
    assert search.nearest_in_band([], [1.0]) == []
    assert search.nearest_in_band([1.0], []) == [None]


def test_metric_learning_takes_the_whole_band_and_its_far_edge():
    assert set(BAND) <= set(other_libraries.pytorch_metric_learning(LINE, PEOPLE, MARGIN))
    edge = [[0.0], [1.0], [2.0]]  # d_p = 1, d_n = 4
    assert other_libraries.pytorch_metric_learning(edge, [0, 0, 1], 3.0) == [(0, 1, 2)]
    assert loops.semi_hard(edge, [0, 0, 1], 3.0) == []


def test_metric_learning_is_what_the_library_itself_picks():
    from pytorch_metric_learning import distances
    from pytorch_metric_learning import miners as library

    squared = distances.LpDistance(normalize_embeddings=False, power=2)
    rule = library.TripletMarginMiner(MARGIN, type_of_triplets="semihard", distance=squared)
    theirs = {tuple(row) for row in torch.stack(rule(POINTS, LABELS), 1).tolist()}
    assert set(other_libraries.pytorch_metric_learning(LINE, PEOPLE, MARGIN)) == theirs


def test_addons_takes_a_negative_for_every_pair_even_an_easy_one():
    found = other_libraries.tensorflow_addons(LINE, PEOPLE)
    assert [row[:2] for row in found] == loops.pairs(PEOPLE)
    assert {row for row in found if row in BAND} == set(SEMI_HARD)
    # Nothing is farther than 9 from the anchor at 0: the farthest of all.
    assert other_libraries.tensorflow_addons([[0.0], [9.0], [1.0], [2.0]], [0, 0, 1, 2])[0] == (
        0,
        1,
        3,
    )
    # The nearest beyond the positive is far beyond the margin, and taken all the same.
    assert other_libraries.tensorflow_addons([[0.0], [1.0], [50.0]], [0, 0, 1])[0] == (0, 1, 2)


def test_siamese_triplet_takes_each_pair_once():
    found = other_libraries.siamese_triplet(LINE, PEOPLE, MARGIN, rng=np.random.default_rng(0))
    assert [row[:2] for row in found] == [row[:2] for row in SEMI_HARD if row[0] < row[1]]
    assert set(found) <= set(BAND)


def test_argmax_takes_the_farthest_negative():
    found = mistakes.farthest_negative(POINTS, LABELS)
    assert list(found)[:2] == [(0, 2, 11), (1, 2, 11)]
    assert len(found) == len(miners.batch_hard(POINTS, LABELS))


def test_the_reversed_band_takes_hard_negatives_only():
    d = loops.distances(LINE, PEOPLE)
    found = list(mistakes.reversed_semi_hard(POINTS, LABELS))
    assert found
    assert all(d[a][n] < d[a][p] for a, p, n in found)
    assert not set(found) & set(BAND)


def test_the_mistakes_find_nothing_in_a_batch_of_strangers():
    x, y = torch.zeros((3, 2)), torch.arange(3)
    assert mistakes.farthest_negative(x, y) == mistakes.reversed_semi_hard(x, y) == Triplets.empty()


@pytest.mark.parametrize("points", [[[0.0], [np.nan]], [[0.0]], [0.0, 1.0]])
def test_malformed_points_are_named(points):
    with pytest.raises(InputError, match="points"):
        loops.semi_hard(points, [0, 0])


def test_malformed_distances_are_named():
    with pytest.raises(InputError, match="to_negatives"):
        search.nearest_in_band([0.1], [np.nan])
    with pytest.raises(InputError, match="to_positives"):
        search.census([[0.1]], [0.2])
