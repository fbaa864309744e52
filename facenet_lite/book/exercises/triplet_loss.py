"""Checkers for the chapter on the triplet loss: value, slope, batch, two bugs, hinge, margin 0."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite.book.exercises.feedback import STUB, Feedback, is_stub, not_yet, passed
from facenet_lite.by_hand.losses import descent, loops, one_triplet

MARGIN: Final = one_triplet.MARGIN
ANCHOR: Final = (0.6, 0.8)
"""The anchor of the exercises by hand; all three points have length 1."""
POSITIVE: Final = (0.0, 1.0)
NEGATIVE: Final = (0.8, 0.6)
PEOPLE: Final = (0, 0, 1, 1, 2, 2)
"""Who is on the six pictures of the exercise on margin 0."""
WAYS: Final = ("nothing", "together", "apart")
"""What may happen to triplets that were easy from the start."""
STEPS, RATE = 50, 0.1


def easy_points() -> tuple[NDArray[np.float64], list[int]]:
    """Nine points (9, 2) of three people, so far apart that every triplet is easy, and who it is.

    Each person's points lie within a tenth around one of three places on the unit circle.
    """
    people = [0, 0, 0, 1, 1, 1, 2, 2, 2]
    angles = np.radians([90, 210, 330])[people]
    around = np.random.default_rng(11).uniform(-0.1, 0.1, size=(9, 2))
    return np.stack([np.cos(angles), np.sin(angles)], axis=1) + around, people


def strangers_apart(points: NDArray[np.float64], people: Sequence[int]) -> float:
    """Mean squared distance of two points (B, D) that are two people's."""
    apart = np.square(points[:, None] - points[None]).sum(axis=2)
    return float(apart[np.not_equal.outer(people, people)].mean())


def check_value(answer: Any) -> Feedback:
    """The loss of ``ANCHOR``, ``POSITIVE`` and ``NEGATIVE`` with a margin of 0.2."""
    if is_stub(answer):
        return STUB
    number = _numbers(answer, ())
    if number is None:
        return not_yet("One number is wanted.")
    a, p, n = np.array([ANCHOR, POSITIVE, NEGATIVE])
    d_p, d_n = float(np.square(a - p).sum()), float(np.square(a - n).sum())
    if abs(number - one_triplet.loss(a, p, n)) < 1e-6:
        return passed("0.40 - 0.08 + 0.20: the stranger is nearer than the friend.")
    hints = [
        (0.0, "The other way round: the positive's distance is what costs. Take d(a,n) off it."),
        (d_n - d_p + MARGIN, "The other way round: the positive's distance is what costs."),
        (d_p**0.5 - d_n**0.5 + MARGIN, "Those are plain distances. Leave the roots away."),
        (d_p - d_n, "The margin is missing."),
        (d_p - d_n - MARGIN, "The margin is added to what the positive costs, not taken off."),
        (d_p + d_n + MARGIN, "The negative's distance is a merit: take it off."),
    ]
    return _hint(number, hints, "Not that. Find d(a,p) and d(a,n) first: they are 2 decimals long.")


def check_slope(answer: Any) -> Feedback:
    """The gradient of that loss with respect to the negative: two numbers."""
    if is_stub(answer):
        return STUB
    given = _numbers(answer, (2,))
    if given is None:
        return not_yet("Two numbers are wanted, one for each coordinate of the negative.")
    slopes = one_triplet.gradient(ANCHOR, POSITIVE, NEGATIVE)
    right = slopes.negative
    if np.allclose(given, right, atol=1e-6):
        return passed("2 (a - n). The step goes against it: away from the anchor.")
    hints = [
        (-right, "That is the step's direction. The gradient points up the slope."),
        (right / 2, "The derivative of a square brings a 2."),
        (slopes.positive, "That is the positive's, 2 (p - a)."),
        (slopes.anchor, "That is the anchor's, 2 (n - p)."),
        (np.zeros(2), "Zero only if the loss is. This triplet costs something."),
    ]
    return _hint(given, hints, "Not that. Differentiate -(a - n)² with respect to n.")


def check_batch(answer: Any) -> Feedback:
    """A function of points (B, D), people and margin: the mean over active triplets."""
    if is_stub(answer):
        return STUB
    if not callable(answer):
        return not_yet("A function is wanted: answer = my_loss, without brackets behind it.")
    rng = np.random.default_rng(3)
    for number, people in enumerate(([0, 0, 1, 1, 1, 2], [0, 1, 0, 2, 1, 2, 0])):
        points = rng.normal(size=(len(people), 3)) * 0.5
        given = _called(answer, points, people, 0.3 + number)
        if isinstance(given, Feedback):
            return given
        right, _ = loops.loss_and_gradient(points, loops.valid_triplets(people), 0.3 + number)
        if abs(given - right) > 1e-9:
            hints = _wrong_batches(points, people, 0.3 + number)
            return _hint(given, hints, f"Six points should cost {right:.4f}, not {given:.4f}.")
    for what, points, people in (
        ("every triplet is easy", np.array([[0.0], [0.1], [9.0]]), [0, 0, 1]),
        ("everybody is the same person", np.array([[0.0], [1.0], [2.0]]), [0, 0, 0]),
    ):
        given = _called(answer, points, people, 0.2)
        if isinstance(given, Feedback) or given != 0:
            return not_yet(f"Right, except where {what}: there the loss is 0. Do not divide by 0.")
    return passed("It agrees with the loops of the chapter, and has an answer for an empty batch.")


def check_bugs(answer: Any) -> Feedback:
    """The mended function of anchors, positives, negatives (T, D) and margin."""
    if is_stub(answer):
        return STUB
    if not callable(answer):
        return not_yet("A function is wanted: answer = mended, without brackets behind it.")
    # Negatives that are far enough on average: the mean of all costs is below 0, some are above.
    a, p, n = np.random.default_rng(0).normal(size=(3, 12, 4)) * [[[0.3]], [[0.3]], [[0.5]]]
    given = _called(answer, a, p, n, 0.2)
    if isinstance(given, Feedback):
        return given
    d_p, d_n = np.square(a - p).sum(axis=1), np.square(a - n).sum(axis=1)
    costs = d_p - d_n + 0.2
    right = np.maximum(costs, 0)
    if abs(given - right.mean()) < 1e-9:
        return passed("Each triplet is cut at 0 by itself, and the friend's distance costs.")
    back = d_n - d_p + 0.2
    one_left = (
        "The sign is right. But an easy triplet still pays for a hard one: cut each triplet at 0, "
        "before the mean."
    )
    hints = [
        (max(costs.mean(), 0), one_left),
        (costs.mean(), "The sign is right. Now the hinge is missing altogether."),
        (np.maximum(back, 0).mean(), "The hinge is right. Which of the two distances is to cost?"),
        (max(back.mean(), 0), "That is the function as it came: neither bug is mended."),
        (right.sum(), "Both are mended, but that is the sum. Take the mean, as the function did."),
        (right[right > 0].mean(), "Both are mended. Take the mean over all, as the function did."),
    ]
    return _hint(given, hints, "Not yet. Compare each line with equation 3, term by term.")


def check_factor(answer: Any) -> Feedback:
    """How many times longer a step is over the mean of 18 active triplets than of all 1,440."""
    if is_stub(answer):
        return STUB
    number = _numbers(answer, ())
    if number is None:
        return not_yet("One number is wanted: a length divided by a length.")
    hints = [
        (18 / 1440, "That is the active fraction. Which of the two steps is the longer?"),
        (1, "The sums are the same. What are they divided by?"),
        (1440, "That is from the mean over all to the sum."),
        (18, "That is from the mean over active ones to the sum."),
        ((1440 - 18) / 18, "All 1,440 are in the mean, not only the easy ones."),
        (80**0.5, "A length, not an area: the gradient itself is 80 times as long."),
    ]
    if abs(number - 80) < 1e-9:
        return passed("1,440 / 18: one over the active fraction, and it grows as the net learns.")
    return _hint(number, hints, "Not that. The same sum of slopes, divided by two numbers.")


def check_hinge(answer: Any) -> Feedback:
    """What 50 steps without the hinge do to ``easy_points()``: a word, and strangers' distance."""
    if is_stub(answer):
        return STUB
    if not (isinstance(answer, tuple | list) and len(answer) == 2 and isinstance(answer[0], str)):
        return not_yet('A pair is wanted: one of "nothing", "together", "apart", and a number.')
    number = _numbers(answer[1], (), most=1e300)
    if number is None:
        return not_yet("The second is to be a number: strangers_apart of the last points.")
    points, people = easy_points()
    ends = descent.descend(
        points, people, lambda d_p, d_n: (d_p - d_n + MARGIN).mean(), steps=STEPS, rate=RATE
    ).points
    right = strangers_apart(ends[-1], people)
    if abs(number - right) > 1e-6 * right:
        summed = "Take the mean over the triplets: their sum makes a step many times as long."
        hints = [
            (
                strangers_apart(points, people),
                "That is where they began: with the hinge nothing moves. Take .relu() away.",
            ),
            (strangers_apart(ends[-2], people), "That is one step short: points[-1] is the last."),
            (right**0.5, "Squared distances, please."),
        ]
        if number > 100 * right:
            return not_yet(summed)
        return _hint(number, hints, f"Not that: descend with steps={STEPS}, rate={RATE}, no unit.")
    if answer[0] not in WAYS:
        return not_yet(f"The number is right. The word is to be one of {', '.join(WAYS)}.")
    if answer[0] != "apart":
        return not_yet("The number is right, and says another word: compare it with the start.")
    factor = right / strangers_apart(points, people)
    return passed(f"{factor:.0f} times as far, and no end: they had nothing left to learn.")


def check_margin_zero(answer: Any) -> Feedback:
    """Six unit vectors for ``PEOPLE`` that cost nothing at margin 0, and tell nobody apart."""
    if is_stub(answer):
        return STUB
    given = _numbers(answer, (6, 2))
    if given is None:
        return not_yet("Six points of two numbers are wanted: an array (6, 2).")
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
) -> list[tuple[float, str]]:
    apart = np.square(points[:, None] - points[None]).sum(axis=2)
    a, p, n = np.array(loops.valid_triplets(people)).T
    d_p, d_n = apart[a, p], apart[a, n]
    costs = np.maximum(d_p - d_n + margin, 0)
    same = np.equal.outer(people, people)
    own = np.maximum(apart[:, :, None] - apart[:, None, :] + margin, 0)
    own = own[same[:, :, None] & ~same[:, None, :]]
    roots = np.maximum(np.sqrt(d_p) - np.sqrt(d_n) + margin, 0)
    back = np.maximum(d_n - d_p + margin, 0)
    return [
        (costs.mean(), "That is the mean over all triplets. Divide by the number that cost."),
        (costs.sum(), "That is the sum. Divide it by the number of triplets that cost."),
        (own[own > 0].mean(), "No picture is its own positive: leave p = a out."),
        (roots[roots > 0].mean(), "Those are plain distances. Leave the roots away."),
        (back[back > 0].mean(), "The sign is reversed: the positive's distance costs."),
        ((d_p - d_n + margin).mean(), "The hinge is missing: cut each triplet at 0."),
    ]


def _called(answer: Callable[..., Any], *arguments: Any) -> float | Feedback:
    """What the reader's function returns, as a finite number, or what is wrong with it."""
    try:
        number = _numbers(answer(*arguments), ())
    except Exception as error:
        return not_yet(f"Your function raises {type(error).__name__}: {str(error)[:120]}")
    return not_yet("Your function is to return one number.") if number is None else float(number)


def _hint(given: Any, hints: Sequence[tuple[Any, str]], otherwise: str) -> Feedback:
    for wrong, message in hints:
        if np.allclose(given, wrong, atol=1e-6):
            return not_yet(message)
    return not_yet(otherwise)


def _numbers(answer: Any, shape: tuple[int, ...], most: float = 1e12) -> NDArray[np.float64] | None:
    """The answer as finite numbers of that shape, else None."""
    try:
        array = np.asarray(answer)
        if array.dtype.kind not in "iuf" or array.shape != shape:
            return None
        numbers = array.astype(np.float64)
        return numbers if np.isfinite(numbers).all() and np.abs(numbers).max() < most else None
    except Exception:
        return None
