"""The chapter's checkers: they pass on the answer, and know the typical wrong ones."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.book.exercises import triplet_loss
from facenet_lite.by_hand.losses import descent, loops


def expect(feedback, hint):
    assert not feedback
    assert hint in feedback.message


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (0, "other way round"),
        (-0.12, "other way round"),
        (0.4**0.5 - 0.08**0.5 + 0.2, "roots"),
        (0.32, "margin is missing"),
        (0.12, "margin is added"),
        (0.68, "merit"),
        (3, "d(a,p) and d(a,n)"),
    ],
)
def test_values(answer, hint):
    assert triplet_loss.check_value(0.52)
    expect(triplet_loss.check_value(answer), hint)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0.4, -0.4), "step's direction"),
        ((-0.2, 0.2), "brings a 2"),
        ((-1.2, 0.4), "the positive's"),
        ((1.6, -0.8), "the anchor's"),
        ((0, 0), "costs something"),
        ((5, 5), "Differentiate"),
    ],
)
def test_slopes(answer, hint):
    assert triplet_loss.check_slope((-0.4, 0.4))
    expect(triplet_loss.check_slope(answer), hint)


def batch(points, people, margin, *, cost=lambda p, n, m: p - n + m, own=False, over="active"):
    """A loss of the reader's, right unless told otherwise."""
    apart = np.square(points[:, None] - points[None]).sum(axis=2)
    same = np.equal.outer(people, people)
    friends = same if own else same & ~np.eye(len(people), dtype=bool)
    costs = cost(apart[:, :, None], apart[:, None, :], margin)
    costs = costs[friends[:, :, None] & ~same[:, None, :]]
    if over == "no hinge":
        return costs.mean() if len(costs) else 0
    costs = np.maximum(costs, 0)
    count = {"active": (costs > 0).sum(), "all": len(costs), "sum": 1}[over]
    return costs.sum() / max(1, count)


def test_batches():
    assert triplet_loss.check_batch(batch)
    for change, hint in (
        ({"over": "all"}, "over all"),
        ({"over": "sum"}, "That is the sum"),
        ({"over": "no hinge"}, "hinge is missing"),
        ({"own": True}, "own positive"),
        ({"cost": lambda p, n, m: np.sqrt(p) - np.sqrt(n) + m}, "roots"),
        ({"cost": lambda p, n, m: n - p + m}, "reversed"),
        ({"cost": lambda p, n, m: p + 7 * n}, "should cost"),
    ):
        expect(triplet_loss.check_batch(lambda *rest, change=change: batch(*rest, **change)), hint)


def test_a_batch_in_which_nothing_costs_is_asked_for():
    def divides(points, people, margin):
        triplets = loops.valid_triplets(people)
        total, _ = loops.loss_and_gradient(points, triplets, margin, "sum")
        mean, _ = loops.loss_and_gradient(points, triplets, margin)
        return total / (total / mean)

    expect(triplet_loss.check_batch(divides), "every triplet is easy")
    expect(
        triplet_loss.check_batch(lambda x, y, m: batch(x, y, m) if len(set(y)) > 1 else 1),
        "same person",
    )
    expect(triplet_loss.check_batch(lambda: 0), "raises TypeError")


def test_bugs():
    def mended(a, p, n, margin, *, sign=1, each=True, mean=np.mean):
        d_p, d_n = np.square(a - p).sum(axis=1), np.square(a - n).sum(axis=1)
        costs = sign * (d_p - d_n) + margin
        return mean(np.maximum(costs, 0)) if each else max(costs.mean(), 0)

    assert triplet_loss.check_bugs(mended)
    for change, hint in (
        ({"each": False}, "pays for a hard one"),
        ({"sign": -1}, "Which of the two distances"),
        ({"sign": -1, "each": False}, "neither bug"),
        ({"mean": np.sum}, "that is the sum"),
        ({"mean": lambda costs: costs[costs > 0].mean()}, "over all"),
        ({"mean": lambda costs: 9.0}, "equation 3"),
    ):
        expect(triplet_loss.check_bugs(lambda *rest, change=change: mended(*rest, **change)), hint)
    bare = lambda a, p, n, m: (np.square(a - p) - np.square(a - n)).sum(1).mean() + m  # noqa: E731
    expect(triplet_loss.check_bugs(bare), "altogether")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (1 / 80, "longer"),
        (1, "divided by"),
        (1440, "to the sum"),
        (18, "to the sum"),
        (79, "not only the easy"),
        (80**0.5, "not an area"),
        (3, "two numbers"),
    ],
)
def test_factors(answer, hint):
    assert triplet_loss.check_factor(80)
    expect(triplet_loss.check_factor(answer), hint)


def run(cost, steps=triplet_loss.STEPS, rate=triplet_loss.RATE):
    points, people = triplet_loss.easy_points()
    ends = descent.descend(points, people, cost, steps=steps, rate=rate).points[-1]
    return triplet_loss.strangers_apart(ends, people)


def bare(d_p, d_n):
    return (d_p - d_n + 0.2).mean()


def test_the_easy_points_are_easy():
    points, people = triplet_loss.easy_points()
    assert loops.loss_and_gradient(points, loops.valid_triplets(people))[0] == 0


def test_hinges():
    end = run(bare)
    assert triplet_loss.check_hinge(("apart", end))
    assert end > 3 * triplet_loss.strangers_apart(*triplet_loss.easy_points())
    expect(
        triplet_loss.check_hinge(("apart", run(lambda p, n: bare(p, n).relu()))), "nothing moves"
    )
    expect(triplet_loss.check_hinge(("apart", run(bare, steps=49))), "one step short")
    expect(triplet_loss.check_hinge(("apart", run(lambda p, n: (p - n).sum()))), "mean over")
    expect(triplet_loss.check_hinge(("apart", end**0.5)), "Squared")
    expect(triplet_loss.check_hinge(("apart", 1.0)), "steps=50")
    expect(triplet_loss.check_hinge(("nothing", end)), "another word")
    expect(triplet_loss.check_hinge(("far", end)), "one of nothing")
    expect(triplet_loss.check_hinge(end), "a pair")
    expect(triplet_loss.check_hinge(("apart", [end])), "a number")


def on_circle(*angles):
    return np.stack([np.cos(np.radians(angles)), np.sin(np.radians(angles))], axis=1)


def test_margins_of_zero():
    assert triplet_loss.check_margin_zero(on_circle(40, 40, 40, 40, 40, 40))
    expect(triplet_loss.check_margin_zero(np.zeros((6, 2))), "length 1")
    expect(triplet_loss.check_margin_zero(on_circle(0, 90, 10, 80, 20, 70)), "stranger is nearer")
    expect(triplet_loss.check_margin_zero(on_circle(0, 0, 120, 120, 240, 240)), "told apart")
    expect(triplet_loss.check_margin_zero([1, 0]), "(6, 2)")
