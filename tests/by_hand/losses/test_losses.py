"""The loops that the book shows agree with the package's losses, and with values by hand."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from facenet_lite import losses, miners, ranking
from facenet_lite.by_hand.losses import descent, loops, one_triplet, running_sums
from facenet_lite.errors import InputError
from facenet_lite.types import Triplets

REDUCTIONS = ["mean_active", "mean", "sum"]
LABELS = [0, 0, 0, 1, 1, 2, 2, 2, 3]


def unit_points(seed=0, dimension=4):
    x = np.random.default_rng(seed).normal(size=(len(LABELS), dimension))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def by_package(loss, points, *rest):
    x = torch.tensor(points, dtype=torch.float64, requires_grad=True)
    value = loss(x, *rest)
    value.backward()
    return value.item(), x.grad.numpy()


def test_the_margin_is_the_packages():
    assert one_triplet.MARGIN == ranking.MARGIN


def test_a_triplet_by_hand():
    a, p, n = [0, 0], [0.6, 0], [0, 0.5]
    assert one_triplet.loss(a, p, n) == pytest.approx(0.36 - 0.25 + 0.2)
    slopes = one_triplet.gradient(a, p, n)
    assert np.allclose(slopes, [[-1.2, 1.0], [1.2, 0], [0, -1.0]])


def test_exactly_at_the_margin_there_is_neither_loss_nor_slope():
    a, p, n = [0.0], [0.5], [1.0]
    assert one_triplet.loss(a, p, n, 0.75) == 0
    assert not np.any(one_triplet.gradient(a, p, n, 0.75))


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 6), st.floats(0, 2))
def test_one_triplet_is_what_triplet_loss_gives(seed, dimension, margin):
    points = np.random.default_rng(seed).normal(size=(3, dimension))
    value, slopes = by_package(losses.triplet_loss, points, Triplets.of([(0, 1, 2)]), margin, "sum")
    assert one_triplet.loss(*points, margin) == pytest.approx(value, abs=1e-10)
    ours = one_triplet.gradient(*points, margin)
    assert np.abs(np.array(ours) - slopes).max() < 1e-10
    assert np.abs(sum(ours)).max() < 1e-10


def test_a_small_step_changes_the_loss_by_what_the_slope_says():
    points = unit_points()[:3]
    (value, slopes), step = (one_triplet.loss(*points, 2), one_triplet.gradient(*points, 2)), 1e-6
    for row in range(3):
        for column in range(4):
            moved = points.copy()
            moved[row, column] += step
            difference = (one_triplet.loss(*moved, 2) - value) / step
            assert difference == pytest.approx(slopes[row][column], abs=1e-5)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (([0, 1], [0], [1, 1]), "positive"),
        (([0, 1], [0, 1], [0]), "negative"),
        (([np.nan], [0], [1]), "finite"),
        (([0], [0], [1], -1), "margin"),
    ],
)
def test_what_is_no_triplet_is_refused(points, message):
    with pytest.raises(InputError, match=message):
        one_triplet.loss(*points)


def test_valid_triplets_by_hand():
    assert loops.valid_triplets([0, 1, 0]) == [(0, 2, 1), (2, 0, 1)]
    assert loops.valid_triplets([0, 0]) == []
    assert loops.valid_triplets([]) == []


def test_valid_triplets_are_those_of_the_miner():
    ours = Triplets.of(loops.valid_triplets(LABELS))
    assert ours == miners.batch_all(torch.tensor(unit_points()), torch.tensor(LABELS))


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("margin", [0.0, 0.2, 1.0])
def test_loops_agree_with_both_losses_to_ten_digits(reduction, margin):
    points, triplets = unit_points(), loops.valid_triplets(LABELS)
    value, slopes = loops.loss_and_gradient(points, triplets, margin, reduction)
    on_list = by_package(losses.triplet_loss, points, Triplets.of(triplets), margin, reduction)
    whole = by_package(
        losses.batch_all_triplet_loss, points, torch.tensor(LABELS), margin, reduction
    )
    for theirs, gradient in (on_list, whole):
        assert value == pytest.approx(theirs, abs=1e-10)
        assert np.abs(slopes - gradient).max() < 1e-10


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_no_triplet_costs_nothing(reduction):
    value, slopes = loops.loss_and_gradient(unit_points(), [], 0.2, reduction)
    assert value == 0
    assert not slopes.any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"triplets": [(0, 1, 9)]}, "indices"),
        ({"triplets": [(0, -1, 2)]}, "indices"),
        ({"reduction": "average"}, "reduction"),
        ({"margin": -0.1}, "margin"),
        ({"points": [1.0, 2.0]}, "points"),
    ],
)
def test_what_is_no_batch_is_refused(change, message):
    given = {"points": unit_points(), "triplets": [(0, 1, 3)]} | change
    with pytest.raises(InputError, match=message):
        loops.loss_and_gradient(**given)


DISTANCES = st.lists(st.integers(0, 8).map(float), max_size=8)


@settings(max_examples=60)
@given(DISTANCES, DISTANCES, st.integers(0, 4).map(float))
def test_running_sums_are_the_double_loop_with_ties(positives, negatives, margin):
    costs = [[p - n + margin for n in negatives] for p in positives]
    active = [[cost > 0 for cost in row] for row in costs]
    total, count = running_sums.anchor_loss(positives, negatives, margin)
    assert total == pytest.approx(sum(cost for row in costs for cost in row if cost > 0))
    assert count == sum(sum(row) for row in active)
    pulls, pushes = running_sums.weights(positives, negatives, margin)
    assert pulls == [sum(row) for row in active]
    assert pushes == [-sum(row[n] for row in active) for n in range(len(negatives))]


def test_all_anchors_together_are_the_packages_sum():
    points = unit_points()
    apart = np.square(points[:, None] - points[None]).sum(2)
    same = np.equal.outer(LABELS, LABELS)
    anchors = [
        running_sums.anchor_loss(np.delete(row[friends], friends[:a].sum()), row[~friends])
        for a, (row, friends) in enumerate(zip(apart, same, strict=True))
    ]
    whole, _ = by_package(losses.batch_all_triplet_loss, points, torch.tensor(LABELS), 0.2, "sum")
    assert sum(total for total, _ in anchors) == pytest.approx(whole, abs=1e-10)


def test_distances_that_are_no_numbers_are_refused():
    with pytest.raises(InputError, match="to_negatives"):
        running_sums.anchor_loss([1.0], [np.nan])


def hinge(d_p, d_n):
    return (d_p - d_n + 0.2).relu().sum()


def test_a_step_of_the_descent_by_hand():
    points = np.array([[0.0], [0.5], [0.6]])
    _, slopes = loops.loss_and_gradient(points, loops.valid_triplets([0, 0, 1]), 0.2, "sum")
    run = descent.descend(points, [0, 0, 1], hinge, steps=1, rate=0.25)
    assert run.points.shape == (2, 3, 1)
    assert np.allclose(run.points[1], points - 0.25 * slopes)
    assert run.slopes[0] == pytest.approx(np.linalg.norm(slopes))


def test_the_descent_ends_where_every_triplet_is_satisfied():
    run = descent.descend(unit_points(dimension=2), LABELS, hinge, steps=200, rate=0.02)
    assert run.costs[-1] == 0
    assert np.array_equal(run.points[-1], run.points[-2])


def test_unit_keeps_the_length():
    run = descent.descend(unit_points(), LABELS, hinge, steps=3, unit=True)
    assert np.allclose(np.linalg.norm(run.points, axis=2), 1)


def test_one_point_stays_one_point():
    run = descent.descend(np.ones((9, 3)), LABELS, lambda p, n: (p - n + 0.25).relu().mean())
    assert (run.costs == 0.25).all()
    assert not run.slopes.any()


def plain(d_p, d_n):
    return (d_p.sqrt() - d_n.sqrt() + 0.2).relu().sum()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"people": [0, 1, 2]}, "two pictures"),
        ({"points": np.zeros((2, 2))}, "points"),
        ({"steps": 0}, "steps"),
        ({"rate": -1.0}, "rate"),
        ({"cost": plain, "points": np.ones((3, 2))}, "step 0"),
    ],
)
def test_a_descent_that_leads_nowhere_is_refused(change, message):
    given = {"points": np.eye(3), "people": [0, 0, 1], "cost": hinge} | change
    with pytest.raises(InputError, match=message):
        descent.descend(given.pop("points"), given.pop("people"), given.pop("cost"), **given)
