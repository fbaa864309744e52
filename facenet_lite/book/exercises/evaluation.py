"""Exercises of the chapter on evaluation: two rates, a door, VAL at FAR, a bug, a test's size."""

from __future__ import annotations

import functools
import math
from typing import Final

import numpy as np

from facenet_lite.book.exercises import Array, Case, Function, Number, exercise
from facenet_lite.by_hand.evaluate import loops

SAME: Final = (0.21, 0.28, 0.33, 0.35, 0.40, 0.52)
DIFFERENT: Final = (0.31, 0.40, 0.47, 0.55, 0.58, 0.61, 0.66, 0.70)
THRESHOLD: Final = 0.40
"""Six same pairs, eight different pairs, and a threshold that equals one distance of each kind."""

CALLERS: Final = 1000
IMPOSTORS: Final = 2
"""Comparisons at a door in a day: in all, and those of two different people."""

FAR: Final = 1e-6
FALSE_ACCEPTS: Final = 10
"""How many false accepts a test should allow at this rate."""


@exercise
def check_rates() -> Array:
    """VAL and FAR of ``SAME`` and ``DIFFERENT`` at ``THRESHOLD``: two numbers."""
    return Array(
        answer=np.array([5 / 6, 2 / 8]),
        wants="two numbers, VAL and FAR, each a share from 0 to 1",
        right="Five of six friends, two of eight strangers: D <= d lets both ties in.",
        wrong={
            "One pair of each kind lies exactly at the threshold. The paper accepts D <= d.": (
                *(4 / 6, 1 / 8),
            ),
            "The stranger at 0.40 is accepted, too: D <= d holds for both kinds.": (5 / 6, 1 / 8),
            "The shares are of different things: FAR is that of all *different* pairs, and two of "
            "the seven accepted pairs being strangers is another figure (the false discovery "
            "rate).": (5 / 6, 2 / 7),
            "Each rate has its own denominator: VAL is a share of the six same pairs, FAR of the "
            "eight different ones.": (5 / 14, 2 / 14),
            "The other way round: VAL first.": (2 / 8, 5 / 6),
            "1/6 is what is refused of the same pairs; VAL is what is accepted.": (1 / 6, 2 / 8),
        },
        otherwise="Count the accepted ones among the six, then among the eight.",
        within=6e-4,
    )


@exercise
def check_door() -> Number:
    """Accuracy, for ``CALLERS`` with ``IMPOSTORS`` among them, of a door that lets everyone in."""
    right = 1 - IMPOSTORS / CALLERS
    return Number(
        answer=right,
        wants="one number: a share from 0 to 1",
        right=f"{100 * right:.1f} % of its answers are right, with a VAL of 1 and a FAR of 1: a "
        "door without a lock.",
        wrong={
            "That is the share of its answers that is wrong.": IMPOSTORS / CALLERS,
            "Half would be right of a list with as many same as different pairs. This is "
            "another.": 0.5,
            "The impostors are let in, too: those answers are wrong.": 1,
            "As a share, from 0 to 1.": 100 * right,
        },
        otherwise="Which of its answers are right: all those about the people who live there.",
        within=6e-4,
    )


@exercise
def check_val_at_far() -> Function:
    """A function of distances, is_same and a rate: VAL, or None where it is not estimable."""
    return Function(
        cases=_lists(),
        right="As the loops have it, on 200 lists, ties and rates out of reach included.",
    )


@exercise
def check_mended() -> Function:
    """``mistakes.interpolated_val`` without its faults; what ``check_val_at_far`` wants, too."""
    return Function(
        cases=_lists(), right="No grid, no line between steps, and silence where it is due."
    )


@exercise
def check_pictures() -> Number:
    """How many pictures, of as many people, allow ``FALSE_ACCEPTS`` at a rate of ``FAR``."""
    pairs = round(FALSE_ACCEPTS / FAR)
    right = math.ceil((1 + math.sqrt(1 + 8 * pairs)) / 2)
    twice, single = math.isqrt(pairs), math.isqrt(round(2 / FAR))
    squares = tuple(range(twice - 1, twice + 3))
    return Number(
        answer=right,
        wants="one whole number",
        right=f"{right:,} people give {right * (right - 1) // 2:,} pairs, and {pairs:,} do.",
        wrong={
            "That many pairs it takes. How many people have that many pairs?": pairs,
            "n times n counts every pair twice, and each picture with itself.": squares,
            "That allows one single false accept. We need ten.": (*range(single - 1, single + 3),),
            "One short: round up.": right - 1,
        },
        otherwise="n people have n (n - 1) / 2 pairs. How many pairs allow ten at that rate?",
    )


@functools.cache
def _lists() -> tuple[Case, ...]:
    """Lists of pairs with their VAL. Those without come first, since a number there is worst."""
    rng = np.random.default_rng(0)
    cases: dict[bool, list[Case]] = {True: [], False: []}
    for _ in range(200):
        size = int(rng.integers(4, 40))
        distances = rng.integers(0, 30, size) / 10
        same = rng.random(size) < 0.5
        same[:2] = True, False
        far = float(rng.choice([0.02, 0.1, 0.3, 0.6]))
        right = loops.val_at_far(distances.tolist(), same.tolist(), far)
        case = Case((distances, same, far), _val(right, int(np.sum(~same)), far))
        cases[right is None].append(case)
    return (*cases[True], *cases[False])


def _val(right: float | None, strangers: int, far: float) -> Number:
    """Declare VAL at ``far``, with messages for answers that are too high and too low."""
    if right is None:
        silence = (
            f"{strangers} different pairs cannot show a rate of {far}: not one of them may be "
            "accepted. The answer is None there, never a number."
        )
        return Number(answer=None, or_none=True, wants="one number, or None", otherwise=silence)
    too_much = (
        f"{{given:.3f}}, where no threshold that keeps to {far} reaches more than {right:.3f}. Do "
        "pairs of equal distance stay together? Is a line drawn between two steps?"
    )
    too_little = (
        f"{{given:.3f}}, where some threshold that keeps to {far} has {right:.3f}. Try every "
        "distance that occurs, those of same pairs, too."
    )
    allowed = int(far * strangers)
    silent = f"{strangers} different pairs allow {allowed} at {far}: None is wrong."
    return Number(
        answer=right,
        or_none=True,
        wants="one number, or None",
        wrong={silent: None, too_little: lambda value: value <= right},
        otherwise=too_much,
        within=1e-9,
    )
