"""Exercises of the chapter on LFW: who may be reported, a ±, coins, a bug, and a lever."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from facenet_lite import evaluate
from facenet_lite.book import results
from facenet_lite.book.exercises import Case, Choice, Function, Number, Several, exercise, judging
from facenet_lite.book.exercises.feedback import Feedback, not_yet, passed
from facenet_lite.book.exercises.reading import shaped
from facenet_lite.by_hand.evaluate import loops
from facenet_lite.evaluate.lfw import REPORTABLE, Seen, View


class Claim(NamedTuple):
    """``what`` is to be reported, on which ``view``; ``seen``: the LFW data it learnt from."""

    what: str
    view: View
    seen: Seen
    hint: str


CASES: Final = (
    Claim("dlib's network as downloaded, on the ten folds", "folds", "nothing",
         "Its author kept LFW's people out of its training data."),
    Claim("eigenfaces of all 13,233 pictures, on the ten folds", "folds", "everything",
         "Eigenfaces are fitted to pictures, and here to those that they are judged on."),
    Claim("eigenfaces fitted from scratch for each fold to the other nine, on the ten folds",
          "folds", "other_folds",
          "No person is in two folds: what was fitted never saw the judged ones."),
    Claim("a network trained on View 1's training people, on the ten folds", "folds",
          "view1_train", "View 1's people are in View 2 again."),
    Claim("a network trained on Faces of Nobody, on the ten folds", "folds", "view1_train",
         "Whose pictures was the drawing of faces learnt from? Chapter 9 says it."),
    Claim("a network trained on Faces of Nobody, on View 1's test pairs", "test", "view1_train",
         "View 1's test people are in none of its training pictures."),
)  # fmt: skip
"""Results that somebody wants to publish."""

PRINTED: Final = (92.92, 1.34)
"""OpenFace's accuracy in per cent and the standard deviation over ten folds behind its ±."""

MOST: Final = 40
TARGET: Final = 0.994
"""For the exercise on the lever: how many pairs may be lost at most, and the target accuracy."""
LIST: Final = "lfw_dlib_aligned"

FOLDS: Final = 10
EACH: Final = 20
SEED: Final = 0
"""This seed gives each fold of the exercise on the bug one best threshold: no ties to break."""


@exercise
def check_reportable() -> Several:
    """Which of ``CASES`` may be reported: a True or False for each."""
    return Several(
        parts={
            place: Choice(
                answer=case.view in REPORTABLE[case.seen],
                options=(True, False),
                wants="True or False",
                otherwise=f"Look again at number {place}, counted from 0. {case.hint}",
            )
            for place, case in enumerate(CASES)
        },
        wants=f"a list of {len(CASES)} answers, each True or False",
        right="Who is judged must be a stranger to whatever was fitted.",
    )


@exercise
def check_standard_error() -> Number:
    """The standard error of ``PRINTED``, in percentage points."""
    deviation = PRINTED[1]
    right = deviation / math.sqrt(10)
    by_pairs = deviation / math.sqrt(6000)
    return Number(
        answer=(right, deviation / 3),
        wants="one number, in points of a per cent",
        right="0.42 points, a third of what was printed, for a sample's deviation; OpenFace takes "
        "np.std, which divides by ten and makes it 0.45. FaceNet's 0.09 is of this kind.",
        wrong={
            "That is what was printed: how far a *fold* may be off.": deviation,
            "Not by 10: by its root.": deviation / 10,
            "The other way round: a mean is surer than a fold.": deviation * math.sqrt(10),
            "There are 6,000 pairs, but the deviation is one of *folds*.": by_pairs,
            "A fold has 600 pairs. How many folds are in the mean?": deviation / math.sqrt(600),
            "Right as a share; the question is in points.": right / 100,
        },
        otherwise="Not that. The mean of ten folds scatters less than one fold; by what factor?",
        within=0.006,
        roughly=0.01,
    )


@exercise
def check_coins() -> Function:
    """A function (first, second, rng) that estimates ``PairedTest.p`` by tossing coins."""
    return Function(
        cases=[_coins(one, two) for one, two in ((0, 0), (8, 3), (3, 8), (5, 5))],
        wants="a function of first, second and rng",
        right="Coins and binomials agree: that is all that the exact test does.",
    )


@exercise
def check_mended() -> Function:
    """``mistakes.usual_ten_folds`` corrected: accuracy and standard error, lost pairs counted."""
    cases = []
    for number, hint in enumerate(FAULTS):
        case = _case(number)
        right = evaluate.fold_accuracy(*case[:3], missing=case[3])
        found = right.accuracies
        spread = Number(
            answer=right.standard_error,
            wrong={
                "The accuracy is right. Behind the ± stands np.std: a fold's spread, not the "
                "mean's.": found.std(),
                "The accuracy is right. Now divide the deviation by the root of the number of "
                "folds.": found.std(ddof=1),
                "Nearly: a sample's deviation divides by one less than its size, "
                "ddof=1.": found.std() / math.sqrt(FOLDS),
            },
            otherwise="The accuracy is right, and what stands behind the ± is not its standard "
            "error.",
            within=1e-9,
            roughly=1e-6,
        )
        accuracy = Number(answer=right.mean, otherwise=hint, within=1e-9)
        both = "two numbers: the accuracy, and what stands behind the ±"
        cases.append(Case(case, Several(parts={0: accuracy, 1: spread}, wants=both)))
    return Function(
        cases=cases,
        wants="a function, that takes what usual_ten_folds takes",
        right="The list's folds, every distance a candidate, lost pairs wrong, and an error.",
    )


@judging(shaped(None, kinds="iu"), wants="a list of rows: whole numbers from 0 to 5,999")
def check_lever(rows: NDArray[Any]) -> Feedback:
    """At most ``MOST`` rows of ``LIST``, without which the usual evaluator reaches ``TARGET``."""
    stored = results.load_distances(LIST)
    lost = np.unique(rows)
    if len(lost) == 0 or lost.min() < 0 or lost.max() >= len(stored.squared):
        return not_yet("Rows go from 0 to 5,999, and at least one must get lost.")
    if len(lost) > MOST:
        return not_yet(f"{len(lost)} pairs get lost. {MOST} must do: more would be noticed.")
    kept = np.ones(len(stored.squared), np.bool_)
    kept[lost.astype(np.intp)] = False
    found = evaluate.fold_accuracy(*(column[kept] for column in stored))
    if found.mean < TARGET:
        judged = evaluate.fold_accuracy(*stored)
        wasted = int(np.sum(judged.right[~kept]))
        said = f"{found.mean:.2%}. Of the {len(lost)} lost pairs {wasted} were judged rightly"
        more = "whom does it help to lose?" if wasted else "well chosen, but too few."
        return not_yet(f"{said}: {more}")
    honest = evaluate.fold_accuracy(*stored, missing=~kept)
    return passed(
        f"{found.mean:.2%} without them; counted as wrong, {honest.mean:.2%}. Nobody who reads the "
        "first figure can tell, unless the lost pairs are counted and named."
    )


FAULTS: Final = (
    "The folds of a list come from the list. Here pairs stand in another order, and np.array_split "
    "makes folds that are not the list's.",
    "With the distances times a hundred the answer changes. A grid from 0 to 4 fits one scale: try "
    "the distances themselves, and accept with <=.",
    "Pairs without a distance are left out, or choose the threshold. They stay in their fold, have "
    "no say in the threshold, and count as wrong.",
)


def _case(number: int) -> tuple[NDArray[Any], NDArray[np.bool_], NDArray[Any], NDArray[np.bool_]]:
    """A small list that shows one fault: the order of its folds, its scale, or lost pairs."""
    rng = np.random.default_rng(SEED)
    is_same = rng.random(FOLDS * EACH) < 0.5
    distances = np.where(
        is_same, rng.integers(1, 9, FOLDS * EACH), rng.integers(5, 13, FOLDS * EACH)
    )
    folds = np.repeat(np.arange(FOLDS), EACH)
    if number == 0:
        sizes = [EACH // 2, EACH + EACH // 2] * (FOLDS // 2)
        folds = rng.permutation(np.repeat(np.arange(FOLDS), sizes))
    missing = np.zeros(FOLDS * EACH, np.bool_)
    if number == 2:
        missing[rng.choice(FOLDS * EACH, 9, replace=False)] = True
    squared = distances * (100.0 if number == 1 else 0.1)
    squared[missing] = np.inf
    return squared, is_same, folds.astype(np.int64), missing


def _coins(one: int, two: int) -> Case:
    """Declare the p-value where one model alone is right on ``one`` pairs, the other on ``two``."""
    n, most = one + two, max(one, two)
    right = loops.as_uneven(one, two)
    tail = sum(math.comb(n, k) for k in range(most, n + 1)) / 2**n
    stricter = 2 * tail - 2 * math.comb(n, most) / 2**n
    one_sided = (tail, 1 - tail)
    hints: dict[str, Any] = {
        "*At least* as uneven: what is just as uneven counts, too.": stricter,
        "Uneven in one direction only. Who is the better one was not known beforehand.": one_sided,
        "A coin for each pair, not one coin for all of them.": lambda value: value > 0.97,
        "Were the lists shuffled? "
        "Then pairs part: toss for each pair which model is which.": lambda value: value > right,
    }
    never = "If they never disagree, every division is as uneven as the one that was seen."
    toss = "Toss for each pair on which they disagree who was right, and compare the divisions."
    near = f"it should be near {right:.2f}, and is {{given:.2f}}. "
    chance = Number(
        answer=right,
        wants="a chance",
        wrong={near + hint: value for hint, value in hints.items()} if n else {},
        otherwise=near + (toss if n else never),
        within=0.03,
    )
    where = f"Where {one} and {two} pairs are one model's alone, "
    first = np.array([True] * one + [False] * two + [True] * 40 + [False] * 9)
    second = np.array([False] * one + [True] * two + [True] * 40 + [False] * 9)
    return Case((first, second, np.random.default_rng(15)), chance, where)
