"""Checkers for the chapter on mining: counting, picking by hand, the hardest, a bug, a warm-up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from facenet_lite import miners
from facenet_lite.book.exercises.feedback import STUB, Feedback, is_stub, not_yet, passed
from facenet_lite.book.experiments.trained.in_the_page import Run
from facenet_lite.by_hand.miners import search
from facenet_lite.ranking import MARGIN

P: Final = 8
K: Final = 4
"""People and pictures of each in the batch whose triplets are to be counted."""

TO_POSITIVE: Final = 0.55
"""Squared distance of a pair, in the exercise on picking by hand."""
TO_NEGATIVES: Final = (0.90, 0.31, 0.80, 0.55, 0.70, 0.48, 0.61, 1.30)
"""The anchor's squared distances to eight strangers; the margin is 0.2."""

POINTS: Final = np.array(
    [[0, 0], [3, 1], [1, 4], [7, 0], [6, 3], [2, 2], [9, 5], [5, 6], [8, 8]], np.float32
)
"""Nine embeddings; no anchor has two strangers equally near."""
PEOPLE: Final = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2])
"""Who is on each of them."""


def check_count(answer: Any) -> Feedback:
    """How many valid triplets a batch of ``P`` people with ``K`` pictures each has."""
    if is_stub(answer):
        return STUB
    number = _array(answer, ())
    if number is None:
        return not_yet("One whole number is wanted.")
    size, others = P * K, (P - 1) * K
    hints = {
        size * (K - 1) * others // 2: "Half. Anchor and positive are not the same part: a pair "
        "counts twice, once for each of its two as the anchor.",
        size * K * others: "An anchor is not its own positive: how many others has its person?",
        size * (K - 1) * (size - 1): "Among all others are the anchor's own pictures, too: a "
        "negative shows somebody else.",
        size * (K - 1) * (P - 1): "People are counted somewhere, and not their pictures: every "
        "picture is an anchor, and every picture of another person a negative.",
        size * (size - 1) * (size - 2): "Any three pictures make that many. Whose must they be?",
        size**3: "That is B cubed. Most of those are not valid: whose pictures must they be?",
    }
    right = size * (K - 1) * others
    if number == right:
        return passed(
            f"{right:,} from {size} pictures: P K anchors, K - 1 positives, (P - 1) K negatives."
        )
    return not_yet(
        hints.get(int(number), "Not that. Count anchors, then positives of one, then negatives.")
    )


def check_negative(answer: Any) -> Feedback:
    """Which of ``TO_NEGATIVES`` FaceNet's rule takes for a pair at ``TO_POSITIVE``: its index."""
    if is_stub(answer):
        return STUB
    number = _array(answer, ())
    if number is None:
        return not_yet("One index is wanted, counted from 0.")
    hints = {
        0: "At 0.90 it lies beyond the margin: an easy one, without a loss.",
        1: "At 0.31 it is the nearest of all, and hard: nearer than the positive.",
        2: "At 0.80 it lies beyond 0.55 + 0.2: an easy one.",
        3: "At 0.55 it is exactly as far as the positive: that still counts as hard.",
        4: "At 0.70 it is in the band. Is there none in it that is nearer?",
        5: "At 0.48 it is nearer than the positive: the inequality is the other way round.",
        7: "At 1.30 it is the farthest of all: argmax. The hardest negative is a near one.",
    }
    if number == search.nearest_in_band([TO_POSITIVE], TO_NEGATIVES)[0]:
        return passed("At 0.61: the nearest of the two that lie between 0.55 and 0.75.")
    if number in TO_NEGATIVES:
        return not_yet("That is a distance. Which place in the list has it, counted from 0?")
    return not_yet(hints.get(int(number), "There are eight, from 0 to 7."))


def check_hardest(answer: Any) -> Feedback:
    """For each of ``POINTS`` the index of its hardest negative, as ``batch_hard`` has it: (9,)."""
    if is_stub(answer):
        return STUB
    given = _array(answer, (len(POINTS),))
    if given is None:
        return not_yet("Nine indices are wanted, one for each point.")
    points = torch.from_numpy(POINTS)
    if np.array_equal(given, miners.batch_hard(points, torch.from_numpy(PEOPLE)).negative):
        return passed("batch_hard's own negatives: a mask, and an argmin.")
    d = np.square(POINTS[:, None] - POINTS).sum(2)
    same, itself = PEOPLE[:, None] == PEOPLE, np.eye(len(POINTS), dtype=bool)
    wrong = {
        "The farthest strangers: argmax, where the hardest negative is the *nearest*.": np.where(
            same, -1, d
        ).argmax(1),
        "Everybody's nearest is himself. Leave out whoever is the same person.": d.argmin(1),
        "The nearest of all others: some are the anchor's own person, and no negatives.": np.where(
            itself, np.inf, d
        ).argmin(1),
        "These are the hardest positives.": np.where(same, d, -1).argmax(1),
        "The nearest of the same person: the mask is the wrong way round.": np.where(
            same & ~itself, d, np.inf
        ).argmin(1),
        "A masked distance of 0 is the smallest of all: fill with infinity.": np.where(
            same, 0, d
        ).argmin(1),
    }
    for hint, candidate in wrong.items():
        if np.array_equal(given, candidate):
            return not_yet(hint)
    return not_yet("Not these. Mask the same person with infinity, then take the argmin of a row.")


def picked(
    to_positive: float, to_negatives: NDArray[np.float64], margin: float = MARGIN
) -> int | None:
    """The rule of the exercise on finding bugs, as it stands in circulation: it has two."""
    inside = (to_negatives > to_positive) & (to_negatives < to_positive + margin)
    return int(np.where(inside, to_negatives, 0).argmax())


def check_mended(answer: Any) -> Feedback:
    """A function as ``picked``, mended: the nearest in the band, and None where there is none."""
    if is_stub(answer):
        return STUB
    if not callable(answer):
        return not_yet("A function is wanted, that takes what picked takes.")
    rng = np.random.default_rng(12)
    cases = [(0.5, np.array([0.65, 0.9, 0.3, 0.55]))]
    cases += [(float(rng.uniform(0.2, 1)), rng.uniform(0, 1.5, 12)) for _ in range(12)]
    empty = [(0.5, np.array([0.4, 0.9])), (0.5, np.array([0.9, 0.5, 0.2])), (0.5, np.array([]))]
    for to_positive, to_negatives in cases:
        fault = _fault(answer, to_positive, to_negatives)
        if fault:
            return not_yet(fault)
    for to_positive, to_negatives in empty:
        found = _asked(answer, to_positive, to_negatives)
        if isinstance(found, Exception):
            return not_yet(f"Where no negative is in the band, it raises: {_short(found)}")
        if found is not None:
            return not_yet("Where no negative is in the band, the answer is None, and no index.")
    return passed("The nearest in the band, and nothing where there is nothing to take.")


def check_warm_up(answer: Any) -> Feedback:
    """A run whose last 100 steps are ``batch_hard``'s, and which tells its faces apart."""
    if is_stub(answer):
        return STUB
    if not isinstance(answer, Run):
        return not_yet("A run is wanted: what mining_live.train returns.")
    if len(answer.rules) < 100 or set(answer.rules[-100:]) != {"batch_hard"}:
        return not_yet("The last 100 steps, at least, must use miners.batch_hard.")
    left = answer.active()
    if answer.collapsed_at is not None:
        hint = "Let another rule pick first." if set(answer.rules) == {"batch_hard"} else ""
        return not_yet(
            f"Collapsed after {answer.collapsed_at} steps: every face is at one point. {hint}"
        )
    if left > 0.05:
        return not_yet(
            f"It stands, but {100 * left:.0f} % of all triplets still cost something. Was the "
            "warm-up long enough for people to come apart?"
        )
    return passed(
        f"{100 * left:.1f} % of all triplets still cost something: what is hardest is a poor "
        "teacher for a beginner only."
    )


def _fault(
    rule: Callable[..., Any], to_positive: float, to_negatives: NDArray[np.float64]
) -> str | None:
    (right,) = search.nearest_in_band([to_positive], to_negatives)
    found = _asked(rule, to_positive, to_negatives)
    if isinstance(found, Exception):
        return f"It raises: {_short(found)}"
    if found is right is None:
        return None
    number = _array(found, ()) if found is not None else None
    if number is not None and right is not None and number == right:
        return None
    where = f"With d(a,p) = {to_positive:.2f} and negatives at {to_negatives.round(2).tolist()}, "
    if right is None:
        return f"{where}none is in the band; the answer is None, and no index."
    inside = (to_negatives > to_positive) & (to_negatives < to_positive + MARGIN)
    if number is not None and number == np.where(inside, to_negatives, 0).argmax():
        return f"{where}it takes the farthest of the band: still the argmax."
    if number is not None and number == to_negatives.argmin():
        return f"{where}it takes the nearest of all, which is a hard one."
    if number is not None and number == np.where(inside, to_negatives, 0).argmin():
        return f"{where}it takes one outside: filled with 0, they are the smallest of all."
    return f"{where}{right} is the nearest in the band, and not {_short(found)}."


def _asked(rule: Callable[..., Any], to_positive: float, to_negatives: NDArray[np.float64]) -> Any:
    """What the reader's function answers, or the exception that it raises."""
    try:
        return rule(to_positive, to_negatives.copy(), MARGIN)
    except Exception as error:
        return error


def _short(value: object) -> str:
    try:
        return repr(value)[:80]
    except Exception:
        return f"a {type(value).__name__}"


def _array(answer: Any, shape: tuple[int, ...]) -> NDArray[np.float64] | None:
    """The answer as finite numbers of that shape, else None."""
    try:
        array = np.asarray(answer)
        if array.dtype.kind not in "iuf" or array.shape != shape:
            return None
        numbers = array.astype(np.float64)
        return numbers if np.isfinite(numbers).all() and np.abs(numbers).max() < 1e12 else None
    except Exception:
        return None
