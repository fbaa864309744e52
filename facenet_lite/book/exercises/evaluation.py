"""Checkers for the chapter on evaluation: two rates, a door, VAL at FAR, a bug, a test's size."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite.book.exercises.feedback import STUB, Feedback, is_stub, not_yet, passed
from facenet_lite.by_hand.evaluate import loops

SAME: Final = (0.21, 0.28, 0.33, 0.35, 0.40, 0.52)
DIFFERENT: Final = (0.31, 0.40, 0.47, 0.55, 0.58, 0.61, 0.66, 0.70)
THRESHOLD: Final = 0.40
"""Six pairs of one person, eight of two, and a threshold at which one of each lies."""

CALLERS: Final = 1000
IMPOSTORS: Final = 2
"""At a door a day: comparisons in all, and those of two people."""

FAR: Final = 1e-6
FALSE_ACCEPTS: Final = 10
"""How many false accepts a test is to allow at this rate."""


def check_rates(answer: Any) -> Feedback:
    """VAL and FAR of ``SAME`` and ``DIFFERENT`` at ``THRESHOLD``: two numbers."""
    if is_stub(answer):
        return STUB
    given = _numbers(answer, 2)
    if given is None:
        return not_yet("Two numbers are wanted, VAL and FAR, each a share from 0 to 1.")
    hints = {
        (4 / 6, 1 / 8): "One pair of each kind lies exactly at the threshold. The paper accepts "
        "D <= d.",
        (5 / 6, 1 / 8): "The stranger at 0.40 is accepted, too: D <= d holds for both kinds.",
        (5 / 6, 2 / 7): "The shares are of different things: FAR is that of all *different* pairs, "
        "and two of the seven accepted pairs being strangers is another figure (the false "
        "discovery rate).",
        (5 / 14, 2 / 14): "Each rate has its own denominator: VAL is a share of the six same "
        "pairs, FAR of the eight different ones.",
        (2 / 8, 5 / 6): "The other way round: VAL first.",
        (1 / 6, 2 / 8): "1/6 is what is refused of the same pairs; VAL is what is accepted.",
    }
    if _near(given, (5 / 6, 2 / 8)):
        return passed("Five of six friends, two of eight strangers: D <= d lets both ties in.")
    for wrong, hint in hints.items():
        if _near(given, wrong):
            return not_yet(hint)
    return not_yet("Count the accepted ones among the six, then among the eight.")


def check_door(answer: Any) -> Feedback:
    """Accuracy at the door of ``CALLERS`` with ``IMPOSTORS`` of one that lets in everybody."""
    if is_stub(answer):
        return STUB
    given = _numbers(answer, 1)
    if given is None:
        return not_yet("One number is wanted: a share from 0 to 1.")
    right = 1 - IMPOSTORS / CALLERS
    if _near(given, (right,)):
        return passed(
            f"{100 * right:.1f} % of its answers are right, with a VAL of 1 and a FAR of 1: a door "
            "without a lock."
        )
    hints = {
        IMPOSTORS / CALLERS: "That is the share of its answers that is wrong.",
        0.5: "Half would be right of a list with as many same as different pairs. This is another.",
        1.0: "The impostors are let in, too: those answers are wrong.",
        100 * right: "As a share, from 0 to 1.",
    }
    for wrong, hint in hints.items():
        if _near(given, (wrong,)):
            return not_yet(hint)
    return not_yet("Which of its answers are right: all those about the people who live there.")


def check_val_at_far(answer: Any) -> Feedback:
    """A function of distances, is_same and a rate: VAL, or None where it is not estimable."""
    if is_stub(answer):
        return STUB
    if not callable(answer):
        return not_yet("A function is wanted: name it without brackets.")
    fault = _judge(answer)
    good = "As the loops have it, on 200 lists, ties and rates out of reach included."
    return passed(good) if fault is None else fault


def check_mended(answer: Any) -> Feedback:
    """``mistakes.interpolated_val`` without its faults; what ``check_val_at_far`` wants, too."""
    if is_stub(answer):
        return STUB
    if not callable(answer):
        return not_yet("A function is wanted: name it without brackets.")
    fault = _judge(answer)
    good = "No grid, no line between steps, and silence where it is due."
    return passed(good) if fault is None else fault


def check_pictures(answer: Any) -> Feedback:
    """How many pictures, of as many people, allow ``FALSE_ACCEPTS`` at a rate of ``FAR``."""
    if is_stub(answer):
        return STUB
    given = _numbers(answer, 1)
    if given is None or given[0] != int(given[0]):
        return not_yet("One whole number is wanted.")
    pairs = round(FALSE_ACCEPTS / FAR)
    right = math.ceil((1 + math.sqrt(1 + 8 * pairs)) / 2)
    number = int(given[0])
    if number == right:
        return passed(
            f"{right:,} people give {right * (right - 1) // 2:,} pairs, and {pairs:,} do."
        )
    if number == pairs:
        return not_yet("So many pairs it takes. How many people have that many pairs?")
    if abs(number - math.sqrt(pairs)) <= 2:
        return not_yet("n times n counts every pair twice, and each picture with itself.")
    if abs(number - math.sqrt(2 / FAR)) <= 2:
        return not_yet("That allows one single false accept. Ten are wanted.")
    if number == right - 1:
        return not_yet("One short: round up.")
    return not_yet("n people have n (n - 1) / 2 pairs. How many pairs allow ten at that rate?")


def _judge(function: Callable[..., Any]) -> Feedback | None:
    """What is wrong with a reader's ``val_at_far``; None where nothing is."""
    rng = np.random.default_rng(0)
    cases = []
    for _ in range(200):
        size = int(rng.integers(4, 40))
        distances = rng.integers(0, 30, size) / 10
        same = rng.random(size) < 0.5
        same[:2] = True, False
        far = float(rng.choice([0.02, 0.1, 0.3, 0.6]))
        cases.append(
            (distances, same, far, loops.val_at_far(distances.tolist(), same.tolist(), far))
        )
    # Silence first: a number where there is none is the gravest fault.
    for distances, same, far, expected in sorted(cases, key=lambda case: case[3] is not None):
        try:
            found = function(distances.copy(), same.copy(), far)
            number = None if found is None else float(found)
        except Exception as error:
            return not_yet(f"On {len(same)} pairs: {type(error).__name__}: {error}"[:160])
        if number != expected and not (number and expected and abs(number - expected) < 1e-9):
            return not_yet(_why(number, expected, same, far))
    return None


def _why(found: float | None, expected: float | None, same: NDArray[np.bool_], far: float) -> str:
    strangers = int(np.sum(~same))
    if expected is None:
        return (
            f"{strangers} different pairs cannot show a rate of {far}: not one of them may be "
            "accepted. The answer is None there, never a number."
        )
    if found is None:
        return f"{strangers} different pairs allow {int(far * strangers)} at {far}: None is wrong."
    if not found <= expected:
        return (
            f"{found:.3f}, where no threshold that keeps to {far} reaches more than "
            f"{expected:.3f}. Do pairs of equal distance stay together? Is a line drawn between "
            "two steps?"
        )
    return (
        f"{found:.3f}, where some threshold that keeps to {far} has {expected:.3f}. Try "
        "every distance that occurs, those of same pairs, too."
    )


def _near(given: NDArray[np.float64], wanted: tuple[float, ...]) -> bool:
    return bool(np.all(np.abs(given - np.array(wanted)) < 6e-4))


def _numbers(answer: Any, size: int) -> NDArray[np.float64] | None:
    try:
        given = np.atleast_1d(np.asarray(answer))
        if given.dtype.kind not in "iuf" or given.shape != (size,):
            return None
        numbers = given.astype(np.float64)
        return numbers if np.isfinite(numbers).all() else None
    except Exception:
        return None
