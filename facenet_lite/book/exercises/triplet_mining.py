"""Exercises of the chapter on mining: counting, picking by hand, the hardest, a bug, a warm-up."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from facenet_lite import miners
from facenet_lite.book.exercises import Array, Case, Function, Number, exercise, judging
from facenet_lite.book.exercises.feedback import Feedback, not_yet, passed
from facenet_lite.book.exercises.reading import of_type
from facenet_lite.book.experiments.trained.in_the_page import Run
from facenet_lite.by_hand.miners import search
from facenet_lite.ranking import MARGIN

P: Final = 8
K: Final = 4
"""The number of people, and of pictures of each, in the batch whose triplets are counted."""

TO_POSITIVE: Final = 0.55
"""The squared distance of a pair, in the exercise on picking by hand."""
TO_NEGATIVES: Final = (0.90, 0.31, 0.80, 0.55, 0.70, 0.48, 0.61, 1.30)
"""The anchor's squared distances to eight strangers; the margin is 0.2."""

POINTS: Final = np.array(
    [[0, 0], [3, 1], [1, 4], [7, 0], [6, 3], [2, 2], [9, 5], [5, 6], [8, 8]], np.float32
)
"""Nine embeddings; no anchor has two strangers at the same distance."""
PEOPLE: Final = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2])
"""The person each embedding belongs to."""


@exercise
def check_count() -> Number:
    """How many valid triplets a batch of ``P`` people with ``K`` pictures each has."""
    size, others = P * K, (P - 1) * K
    right = size * (K - 1) * others
    own_positive = size * K * others
    any_three = size * (size - 1) * (size - 2)
    return Number(
        answer=right,
        wants="one whole number",
        right=f"{right:,} from {size} pictures: P K anchors, K - 1 positives, (P - 1) K negatives.",
        wrong={
            "Half. Anchor and positive are not the same part: a pair counts twice, once for each "
            "of its two as the anchor.": right // 2,
            "An anchor is not its own positive: how many others has its person?": own_positive,
            "Among all others are the anchor's own pictures, too: a negative shows somebody "
            "else.": size * (K - 1) * (size - 1),
            "People are counted somewhere, and not their pictures: every picture is an anchor, and "
            "every picture of another person a negative.": size * (K - 1) * (P - 1),
            "Any three pictures make that many. Whose must they be?": any_three,
            "That is B cubed. Most of those are not valid: whose pictures must they be?": size**3,
        },
        otherwise="Not that. Count anchors, then positives of one, then negatives.",
    )


@exercise
def check_negative() -> Number:
    """Which of ``TO_NEGATIVES`` FaceNet's rule picks for a pair at ``TO_POSITIVE``: its index."""
    (right,) = search.nearest_in_band([TO_POSITIVE], TO_NEGATIVES)
    return Number(
        answer=right,
        wants="one index, counted from 0",
        right="At 0.61: the nearest of the two that lie between 0.55 and 0.75.",
        wrong={
            "At 0.90 it lies beyond the margin: an easy one, without a loss.": 0,
            "At 0.31 it is the nearest of all, and hard: nearer than the positive.": 1,
            "At 0.80 it lies beyond 0.55 + 0.2: an easy one.": 2,
            "At 0.55 it is exactly as far as the positive: that still counts as hard.": 3,
            "At 0.70 it is in the band. Is there none in it that is nearer?": 4,
            "At 0.48 it is nearer than the positive: the inequality is the other way round.": 5,
            "At 1.30 it is the farthest of all: argmax. The hardest negative is a near one.": 7,
            "That is a distance. Which place in the list has it, counted from 0?": TO_NEGATIVES,
        },
        otherwise="There are eight, from 0 to 7.",
    )


@exercise
def check_hardest() -> Array:
    """For each of ``POINTS`` the index of its hardest negative, as in ``batch_hard``: (9,)."""
    d = np.square(POINTS[:, None] - POINTS).sum(2)
    same, itself = PEOPLE[:, None] == PEOPLE, np.eye(len(POINTS), dtype=bool)
    found = miners.batch_hard(torch.from_numpy(POINTS), torch.from_numpy(PEOPLE))
    other_mask = np.where(same & ~itself, d, np.inf).argmin(1)
    zero_mask = np.where(same, 0, d).argmin(1)
    return Array(
        answer=np.asarray(found.negative),
        wants="nine indices, one for each point",
        right="batch_hard's own negatives: a mask, and an argmin.",
        wrong={
            "The farthest strangers: argmax, "
            "where the hardest negative is the *nearest*.": np.where(same, -1, d).argmax(1),
            "Everybody's nearest is himself. Leave out whoever is the same person.": d.argmin(1),
            "The nearest of all others: some are the anchor's own person, "
            "and no negatives.": np.where(itself, np.inf, d).argmin(1),
            "These are the hardest positives.": np.where(same, d, -1).argmax(1),
            "The nearest of the same person: the mask is the wrong way round.": other_mask,
            "A masked distance of 0 is the smallest of all: fill with infinity.": zero_mask,
        },
        otherwise="Not these. Mask the same person with infinity, then take the argmin of a row.",
    )


def picked(
    to_positive: float, to_negatives: NDArray[np.float64], margin: float = MARGIN
) -> int | None:
    """The widely copied rule of the exercise on finding bugs: it has two."""
    inside = (to_negatives > to_positive) & (to_negatives < to_positive + margin)
    return int(np.where(inside, to_negatives, 0).argmax())


@exercise
def check_mended() -> Function:
    """``picked`` corrected: the nearest in the band, or None where there is none."""
    rng = np.random.default_rng(12)
    drawn = [(float(rng.uniform(0.2, 1)), rng.uniform(0, 1.5, 12)) for _ in range(12)]
    empty = [(0.5, np.array([0.4, 0.9])), (0.5, np.array([0.9, 0.5, 0.2])), (0.5, np.array([]))]
    return Function(
        cases=[_mined(*case) for case in ((0.5, np.array([0.65, 0.9, 0.3, 0.55])), *drawn, *empty)],
        wants="a function that takes what picked takes",
        right="The nearest in the band, and nothing where there is nothing to take.",
    )


def _mined(to_positive: float, to_negatives: NDArray[np.float64]) -> Case:
    """Declare what FaceNet's rule picks for a pair: the nearest in the band, or None."""
    (right,) = search.nearest_in_band([to_positive], to_negatives)
    where = f"With d(a,p) = {to_positive:.2f} and negatives at {to_negatives.round(2).tolist()}, "
    wrong: dict[str, int | None] = {}
    otherwise = "none is in the band; the answer is None, and no index."
    if right is not None:
        inside = (to_negatives > to_positive) & (to_negatives < to_positive + MARGIN)
        filled = np.where(inside, to_negatives, 0)
        outside = int(filled.argmin())
        wrong = {
            f"{right} is the nearest in the band, and not None.": None,
            "it takes the farthest of the band: still the argmax.": int(filled.argmax()),
            "it takes the nearest of all, which is a hard one.": int(to_negatives.argmin()),
            "it takes one outside: filled with 0, they are the smallest of all.": outside,
        }
        otherwise = f"{right} is the nearest in the band, and not {{given:g}}."
    index = Number(
        answer=right, or_none=True, wants="one index, or None", wrong=wrong, otherwise=otherwise
    )
    return Case((to_positive, to_negatives, MARGIN), index, where)


@judging(of_type(Run), wants="a run: what mining_live.train returns")
def check_warm_up(run: Run) -> Feedback:
    """A run whose last 100 steps use ``batch_hard``, and which tells its faces apart."""
    if len(run.rules) < 100 or set(run.rules[-100:]) != {"batch_hard"}:
        return not_yet("The last 100 steps, at least, must use miners.batch_hard.")
    left = run.active()
    if run.collapsed_at is not None:
        hint = "Let another rule pick first." if set(run.rules) == {"batch_hard"} else ""
        return not_yet(
            f"Collapsed after {run.collapsed_at} steps: every face is at one point. {hint}"
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
