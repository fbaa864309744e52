"""Every rule's answer on twelve points of a line, worked out by hand.

    -3   0   1   2   3   4   6   7   9  10  13  20     place
    10   0   1   3   8   2   4   5   9   6   7  11     index
     F   A   A   B   D   A   B   B   E   C   C   G     person

Squared distances are whole numbers, many of them equal. The margin is 12.
"""

import numpy as np
import pytest
import reference
import torch

from facenet_lite import miners
from facenet_lite.types import Triplets

PLACES = [0, 1, 4, 2, 6, 7, 10, 13, 3, 9, -3, 20]
PEOPLE = [0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 6]
POINTS = torch.tensor(PLACES, dtype=torch.float32)[:, None]
LABELS = torch.tensor(PEOPLE)
MARGIN = 12.0

SEMI_HARD = [
    (0, 1, 3),
    (1, 0, 8),  # 3 is as far as the positive: hard
    (1, 2, 10),
    (2, 0, 9),
    (3, 4, 10),
    (4, 3, 1),
    (4, 5, 2),
    (5, 3, 1),  # 7 is as far as 1: the lower index
    (5, 4, 9),
    (6, 7, 4),
    (7, 6, 9),
]
BAND = [
    *[(0, 1, 3), (0, 1, 8), (0, 1, 10), (1, 0, 8), (1, 2, 10), (2, 0, 9), (3, 4, 10), (4, 3, 1)],
    *[(4, 5, 2), (4, 5, 8), (4, 5, 9), (5, 3, 1), (5, 3, 7), (5, 4, 9), (5, 4, 2), (5, 4, 6)],
    *[(6, 7, 4), (7, 6, 9)],
]
BATCH_HARD = [
    *[(0, 2, 3), (1, 2, 3), (2, 0, 8), (3, 5, 1), (4, 3, 2), (5, 3, 9), (6, 7, 9), (7, 6, 9)]
]
EASY_POSITIVE = [*[(0, 1, 3), (1, 0, 8), (3, 4, 10), (4, 5, 2), (5, 4, 9), (6, 7, 4), (7, 6, 9)]]
ANSWERS = {
    "semi_hard": SEMI_HARD,
    "all_semi_hard": BAND,
    "batch_hard": BATCH_HARD,
    "easy_positive_semi_hard": EASY_POSITIVE,
}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_rule_picks_what_was_worked_out_by_hand(name):
    assert list(miners.mine(name, POINTS, LABELS, margin=MARGIN)) == ANSWERS[name]


@pytest.mark.parametrize("name", ANSWERS)
def test_the_plain_loops_agree_with_the_hand(name):
    extra = [] if name == "batch_hard" else [MARGIN]
    points = [[float(x)] for x in PLACES]
    assert getattr(reference, name)(points, PEOPLE, *extra) == ANSWERS[name]


def test_batch_all_lists_every_valid_triplet():
    found = list(miners.batch_all(POINTS, LABELS))
    # Three of A and three of B have two positives and nine negatives each; two of C one and ten.
    assert len(found) == 3 * 2 * 9 + 3 * 2 * 9 + 2 * 1 * 10 == 128
    negatives_of_a = [3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert found[:18] == [(0, p, n) for p in (1, 2) for n in negatives_of_a]
    assert found[-10:] == [(7, 6, n) for n in (0, 1, 2, 3, 4, 5, 8, 9, 10, 11)]


def test_the_random_rule_takes_each_pair_with_a_band_once():
    found = list(
        miners.random_semi_hard(POINTS, LABELS, MARGIN, generator=torch.Generator().manual_seed(0))
    )
    assert [row[:2] for row in found] == [row[:2] for row in SEMI_HARD]
    assert set(found) <= set(BAND)


def test_the_random_rule_takes_all_of_a_band_equally_often():
    generator = torch.Generator().manual_seed(1)
    runs = [
        list(miners.random_semi_hard(POINTS, LABELS, MARGIN, generator=generator))
        for _ in range(300)
    ]
    counts = np.bincount([run[0][2] for run in runs], minlength=12)
    assert set(np.flatnonzero(counts)) == {3, 8, 10}
    assert counts[[3, 8, 10]] == pytest.approx(100, abs=30)


def test_the_census_counts_the_three_kinds():
    found = miners.census(POINTS, LABELS, MARGIN)
    assert (found.easy, found.semi_hard, found.hard, found.total) == (77, 18, 33, 128)


def test_a_negative_exactly_at_the_margin_is_easy():
    # Of pair (0, 1) at distance 1, negatives 8 and 10 lie at 9.
    assert {n for a, p, n in miners.all_semi_hard(POINTS, LABELS, 8.0) if (a, p) == (0, 1)} == {3}


def test_offline_mining_picks_what_the_rule_picks():
    points, labels = POINTS.numpy(), LABELS.numpy()
    assert list(miners.offline(points, labels, margin=MARGIN)) == SEMI_HARD
    assert list(miners.offline(points, labels, rule="batch_hard")) == BATCH_HARD


def test_offline_mining_for_some_anchors_searches_the_whole_set():
    found = miners.offline(POINTS, LABELS, margin=MARGIN, anchors=[5, 0])
    assert found == Triplets.of([(5, 3, 1), (5, 4, 9), (0, 1, 3)])
