"""Exercises of the chapter on the triplet loss: value, slope, batch, two bugs, hinge, margin 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite.book.exercises import Array, Case, Choice, Function, Number, Several, exercise
from facenet_lite.book.exercises.checker import judging
from facenet_lite.book.exercises.feedback import Feedback, not_yet, passed
from facenet_lite.book.exercises.reading import shaped
from facenet_lite.by_hand.losses import descent, loops, one_triplet

MARGIN: Final = one_triplet.MARGIN
ANCHOR: Final = (0.6, 0.8)
"""The anchor of the exercises by hand; all three points have length 1."""
POSITIVE: Final = (0.0, 1.0)
NEGATIVE: Final = (0.8, 0.6)
PEOPLE: Final = (0, 0, 1, 1, 2, 2)
"""The person in each of the six pictures of the exercise on margin 0."""
WAYS: Final = ("nothing", "together", "apart")
"""What may happen to triplets that were easy from the start."""
STEPS, RATE = 50, 0.1


def easy_points() -> tuple[NDArray[np.float64], list[int]]:
    """Nine points (9, 2) of three people, far enough apart that every triplet is easy, and labels.

    Each person's points lie within a tenth of one of three places on the unit circle.
    """
    people = [0, 0, 0, 1, 1, 1, 2, 2, 2]
    angles = np.radians([90, 210, 330])[people]
    around = np.random.default_rng(11).uniform(-0.1, 0.1, size=(9, 2))
    return np.stack([np.cos(angles), np.sin(angles)], axis=1) + around, people


def strangers_apart(points: NDArray[np.float64], people: Sequence[int]) -> float:
    """The mean squared distance between points (B, D) of different people."""
    apart = np.square(points[:, None] - points[None]).sum(axis=2)
    return float(apart[np.not_equal.outer(people, people)].mean())


@exercise
def check_value() -> Number:
    """The loss of ``ANCHOR``, ``POSITIVE`` and ``NEGATIVE`` with a margin of 0.2."""
    a, p, n = np.array([ANCHOR, POSITIVE, NEGATIVE])
    d_p, d_n = float(np.square(a - p).sum()), float(np.square(a - n).sum())
    return Number(
        answer=one_triplet.loss(a, p, n),
        right="0.40 - 0.08 + 0.20: the stranger is nearer than the friend.",
        wrong={
            "The other way round: the positive's distance is what costs. Take d(a,n) off it.": 0,
            "The other way round: the positive's distance is what costs.": d_n - d_p + MARGIN,
            "Those are plain distances. Leave the roots away.": d_p**0.5 - d_n**0.5 + MARGIN,
            "The margin is missing.": d_p - d_n,
            "The margin is added to what the positive costs, not taken off.": d_p - d_n - MARGIN,
            "The negative's distance is a merit: take it off.": d_p + d_n + MARGIN,
        },
        otherwise="Not that. Find d(a,p) and d(a,n) first: they are 2 decimals long.",
    )


@exercise
def check_slope() -> Array:
    """The gradient of that loss with respect to the negative: two numbers."""
    slopes = one_triplet.gradient(ANCHOR, POSITIVE, NEGATIVE)
    right = slopes.negative
    return Array(
        answer=right,
        wants="two numbers, one for each coordinate of the negative",
        right="2 (a - n). The step goes against it: away from the anchor.",
        wrong={
            "That is the step's direction. The gradient points up the slope.": -right,
            "The derivative of a square brings a 2.": right / 2,
            "That is the positive's, 2 (p - a).": slopes.positive,
            "That is the anchor's, 2 (n - p).": slopes.anchor,
            "Zero only if the loss is. This triplet costs something.": np.zeros(2),
        },
        otherwise="Not that. Differentiate -(a - n)² with respect to n.",
    )


@exercise
def check_batch() -> Function:
    """A function of points (B, D), people and margin: the mean over active triplets."""
    rng = np.random.default_rng(3)
    cases = []
    for number, people in enumerate(([0, 0, 1, 1, 1, 2], [0, 1, 0, 2, 1, 2, 0])):
        points, margin = rng.normal(size=(len(people), 3)) * 0.5, 0.3 + number
        right, _ = loops.loss_and_gradient(points, loops.valid_triplets(people), margin)
        cost = Number(
            answer=right,
            wrong=_wrong_batches(points, people, margin),
            otherwise=f"{len(people)} points should cost {right:.4f}, not {{given:.4f}}.",
        )
        cases.append(Case((points, people, margin), cost))
    nothing = Number(answer=0, otherwise="the loss is 0. Do not divide by 0.")
    easy, alone = np.array([[0.0], [0.1], [9.0]]), np.array([[0.0], [1.0], [2.0]])
    cases += [
        Case((easy, [0, 0, 1], 0.2), nothing, "Right, except where every triplet is easy: there "),
        Case((alone, [0, 0, 0], 0.2), nothing, "Right, except where everybody is the same person: "
             "there "),
    ]  # fmt: skip
    return Function(
        cases=cases,
        right="It agrees with the loops of the chapter, and has an answer for an empty batch.",
    )


@exercise
def check_bugs() -> Function:
    """The corrected function of anchors, positives, negatives (T, D) and margin."""
    # Negatives that are far enough on average: the mean cost is below 0, but some costs are above.
    a, p, n = np.random.default_rng(0).normal(size=(3, 12, 4)) * [[[0.3]], [[0.3]], [[0.5]]]
    d_p, d_n = np.square(a - p).sum(axis=1), np.square(a - n).sum(axis=1)
    costs, back = d_p - d_n + 0.2, d_n - d_p + 0.2
    right = np.maximum(costs, 0)
    reversed_hinge = np.maximum(back, 0).mean()
    of_active = right[right > 0].mean()
    loss = Number(
        answer=right.mean(),
        wrong={
            "The sign is right. But an easy triplet still pays for a hard one: cut each triplet at "
            "0, before the mean.": max(costs.mean(), 0),
            "The sign is right. Now the hinge is missing altogether.": costs.mean(),
            "The hinge is right. Which of the two distances is to cost?": reversed_hinge,
            "That is the function as it came: neither bug is mended.": max(back.mean(), 0),
            "Both are mended, but that is the sum. "
            "Take the mean, as the function did.": right.sum(),
            "Both are mended. Take the mean over all, as the function did.": of_active,
        },
        otherwise="Not yet. Compare each line with equation 3, term by term.",
    )
    return Function(
        cases=[Case((a, p, n, 0.2), loss)],
        right="Each triplet is cut at 0 by itself, and the friend's distance costs.",
    )


@exercise
def check_factor() -> Number:
    """The length of a step over the mean of 18 active triplets, divided by that over all 1,440."""
    return Number(
        answer=80,
        wants="one number: a length divided by a length",
        right="1,440 / 18: one over the active fraction, and it grows as the net learns.",
        wrong={
            "That is the active fraction. Which of the two steps is the longer?": 18 / 1440,
            "The sums are the same. What are they divided by?": 1,
            "That is from the mean over all to the sum.": 1440,
            "That is from the mean over active ones to the sum.": 18,
            "All 1,440 are in the mean, not only the easy ones.": (1440 - 18) / 18,
            "A length, not an area: the gradient itself is 80 times as long.": 80**0.5,
        },
        otherwise="Not that. The same sum of slopes, divided by two numbers.",
    )


@exercise
def check_hinge() -> Several:
    """What 50 steps without the hinge do to ``easy_points()``: a word, and strangers' distance."""
    points, people = easy_points()
    ends = descent.descend(
        points, people, lambda d_p, d_n: (d_p - d_n + MARGIN).mean(), steps=STEPS, rate=RATE
    ).points
    summed = descent.descend(
        points, people, lambda d_p, d_n: (d_p - d_n + MARGIN).sum(), steps=STEPS, rate=RATE
    ).points
    start, right = strangers_apart(points, people), strangers_apart(ends[-1], people)
    distance = Number(
        answer=right,
        wants="a number: strangers_apart of the last points",
        wrong={
            "That is where they began: with the hinge nothing moves. Take .relu() away.": start,
            "That is one step short: points[-1] is the last.": strangers_apart(ends[-2], people),
            "Squared distances, please.": right**0.5,
            "Take the mean over the triplets: "
            "their sum makes a step many times as long.": strangers_apart(summed[-1], people),
        },
        otherwise=f"Not that: descend with steps={STEPS}, rate={RATE}, no unit.",
        within=1e-6 * right,
        roughly=1e-6,
    )
    way = Choice(
        answer="apart",
        options=WAYS,
        wants=f"one of {', '.join(WAYS)}. The number is right",
        otherwise="The number is right, and says another word: compare it with the start.",
    )
    return Several(
        parts={1: distance, 0: way},
        wants='a pair: one of "nothing", "together", "apart", and a number',
        right=f"{right / start:.0f} times as far, and no end: they had nothing left to learn.",
    )


@judging(shaped(6, 2), wants="six points of two numbers: an array (6, 2)")
def check_margin_zero(given: NDArray[Any]) -> Feedback:
    """Six unit vectors for ``PEOPLE`` that cost nothing at margin 0 but tell nobody apart."""
    if not np.allclose(np.square(given).sum(axis=1), 1, atol=1e-6):
        return not_yet("Each is to have the length 1, as the network's embeddings have.")
    cost, _ = loops.loss_and_gradient(given, loops.valid_triplets(PEOPLE), 0.0)
    if cost > 1e-9:
        return not_yet(f"These cost {cost:.3f} at margin 0: some stranger is nearer than a friend.")
    if strangers_apart(given, PEOPLE) > 1e-9:
        return not_yet("They cost nothing, but two people can be told apart. Which place is worst?")
    return passed("One point: no loss at margin 0, and exactly 0.2 at margin 0.2.")


def _wrong_batches(
    points: NDArray[np.float64], people: Sequence[int], margin: float
) -> dict[str, float]:
    apart = np.square(points[:, None] - points[None]).sum(axis=2)
    a, p, n = np.array(loops.valid_triplets(people)).T
    d_p, d_n = apart[a, p], apart[a, n]
    costs = np.maximum(d_p - d_n + margin, 0)
    same = np.equal.outer(people, people)
    own = np.maximum(apart[:, :, None] - apart[:, None, :] + margin, 0)
    own = own[same[:, :, None] & ~same[:, None, :]]
    roots = np.maximum(np.sqrt(d_p) - np.sqrt(d_n) + margin, 0)
    back = np.maximum(d_n - d_p + margin, 0)
    return {
        "That is the mean over all triplets. Divide by the number that cost.": costs.mean(),
        "That is the sum. Divide it by the number of triplets that cost.": costs.sum(),
        "No picture is its own positive: leave p = a out.": own[own > 0].mean(),
        "Those are plain distances. Leave the roots away.": roots[roots > 0].mean(),
        "The sign is reversed: the positive's distance costs.": back[back > 0].mean(),
        "The hinge is missing: cut each triplet at 0.": (d_p - d_n + margin).mean(),
    }
