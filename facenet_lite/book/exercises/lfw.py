"""Checkers for the chapter on LFW: who may be reported, a ±, coins, a bug, and a lever."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from facenet_lite import evaluate
from facenet_lite.book import results
from facenet_lite.book.exercises.feedback import STUB, Feedback, is_stub, not_yet, passed
from facenet_lite.by_hand.evaluate import loops
from facenet_lite.evaluate.lfw import REPORTABLE, Seen, View


class Case(NamedTuple):
    """``what`` is to be reported, on which ``view``; ``seen``: what of LFW it has learnt from."""

    what: str
    view: View
    seen: Seen
    hint: str


CASES: Final = (
    Case("dlib's network as downloaded, on the ten folds", "folds", "nothing",
         "Its author kept LFW's people out of its training data."),
    Case("eigenfaces of all 13,233 pictures, on the ten folds", "folds", "everything",
         "Eigenfaces are fitted to pictures, and here to those that they are judged on."),
    Case("eigenfaces fitted anew for each fold to the other nine, on the ten folds", "folds",
         "other_folds", "No person is in two folds: what was fitted never saw the judged ones."),
    Case("a network trained on View 1's training people, on the ten folds", "folds", "view1_train",
         "View 1's people are in View 2 again."),
    Case("a network trained on Faces of Nobody, on the ten folds", "folds", "view1_train",
         "Whose pictures was the drawing of faces learnt from? Chapter 9 says it."),
    Case("a network trained on Faces of Nobody, on View 1's test pairs", "test", "view1_train",
         "View 1's test people are in none of its training pictures."),
)  # fmt: skip
"""Figures that somebody wants to print."""

PRINTED: Final = (92.92, 1.34)
"""OpenFace's accuracy in per cent and the standard deviation over ten folds behind its ±."""

MOST: Final = 40
TARGET: Final = 0.994
"""So many pairs may get lost on the way to so high an accuracy, in the exercise on the lever."""
LIST: Final = "lfw_dlib_aligned"

FOLDS: Final = 10
EACH: Final = 20
SEED: Final = 0
"""With it each fold of the exercise on the bug has one best threshold: no ties to break."""


def check_reportable(answer: Any) -> Feedback:
    """Which of ``CASES`` may be reported: a True or False for each."""
    if is_stub(answer):
        return STUB
    given = _array(answer, (len(CASES),), "b")
    if given is None:
        return not_yet(f"A list of {len(CASES)} answers is wanted, each True or False.")
    right = [case.view in REPORTABLE[case.seen] for case in CASES]
    wrong = [place for place, value in enumerate(right) if given[place] != value]
    if not wrong:
        return passed("Who is judged must be a stranger to whatever was fitted.")
    return not_yet(f"Look again at number {wrong[0]}, counted from 0. {CASES[wrong[0]].hint}")


def check_standard_error(answer: Any) -> Feedback:
    """The standard error of ``PRINTED``, in points."""
    if is_stub(answer):
        return STUB
    number = _array(answer, (), "iuf")
    if number is None:
        return not_yet("One number is wanted, in points of a per cent.")
    deviation = PRINTED[1]
    hints = {
        deviation: "That is what was printed: how far a *fold* may be off.",
        deviation / 10: "Not by 10: by its root.",
        deviation * math.sqrt(10): "The other way round: a mean is surer than a fold.",
        deviation / math.sqrt(6000): "There are 6,000 pairs, but the deviation is one of *folds*.",
        deviation / math.sqrt(600): "A fold has 600 pairs. How many folds are in the mean?",
        deviation / math.sqrt(10) / 100: "Right as a share; the question is in points.",
    }
    value = float(number)
    if math.isclose(value, deviation / math.sqrt(10), abs_tol=0.006):
        return passed(
            "0.42 points, a third of what was printed, for a sample's deviation; OpenFace takes "
            "np.std, which makes it 0.45. FaceNet's 0.09 is of this kind."
        )
    if math.isclose(value, deviation / 3, abs_tol=0.006):
        return passed(
            "0.45 points, since OpenFace's np.std divides by ten; for a sample's deviation 0.42."
        )
    for wrong, hint in hints.items():
        if math.isclose(value, wrong, rel_tol=0.01):
            return not_yet(hint)
    return not_yet("Not that. The mean of ten folds scatters less than one fold; by what factor?")


def check_coins(answer: Any) -> Feedback:
    """A function (first, second, rng) that finds ``PairedTest.p`` by tossing coins."""
    if is_stub(answer):
        return STUB
    if not callable(answer):
        return not_yet("A function of first, second and rng is wanted.")
    for one, two in ((0, 0), (8, 3), (3, 8), (5, 5)):
        first, second = _verdicts(one, two)
        found = _asked(answer, first, second, np.random.default_rng(15))
        number = None if isinstance(found, Exception) else _array(found, (), "iuf")
        where = f"Where {one} and {two} pairs are one model's alone, "
        if number is None:
            said = f"it raises {_short(found)}" if isinstance(found, Exception) else _short(found)
            return not_yet(f"{where}a chance is wanted, and not: {said}.")
        value, right = float(number), loops.as_uneven(one, two)
        if abs(value - right) > 0.03:
            return not_yet(f"{where}it should be near {right:.2f}, and is {value:.2f}. "
                           f"{_about_coins(value, one, two)}")  # fmt: skip
    return passed("Coins and binomials agree: that is all that the exact test does.")


def check_mended(answer: Any) -> Feedback:
    """``mistakes.usual_ten_folds`` mended: accuracy and standard error, lost pairs counted."""
    if is_stub(answer):
        return STUB
    if not callable(answer):
        return not_yet("A function is wanted, that takes what usual_ten_folds takes.")
    for number, hint in enumerate(FAULTS):
        case = _case(number)
        found = _asked(answer, *(column.copy() for column in case))
        if isinstance(found, Exception):
            return not_yet(f"It raises: {_short(found)}")
        pair = _array(found, (2,), "iuf")
        if pair is None:
            return not_yet("Two numbers are wanted: the accuracy, and what stands behind the ±.")
        right = right_ten_folds(*case)
        if abs(pair[0] - right[0]) > 1e-9:
            return not_yet(hint)
        if abs(pair[1] - right[1]) > 1e-9:
            return not_yet(_about_spread(float(pair[1]), *case))
    return passed("The list's folds, every distance a candidate, lost pairs wrong, and an error.")


def check_lever(answer: Any) -> Feedback:
    """Rows of ``LIST``, at most ``MOST``, without which the usual evaluator finds ``TARGET``."""
    if is_stub(answer):
        return STUB
    rows = _array(answer, None, "iu")
    if rows is None:
        return not_yet("A list of rows is wanted: whole numbers from 0 to 5,999.")
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


def right_ten_folds(
    distances: NDArray[np.float64],
    is_same: NDArray[np.bool_],
    folds: NDArray[np.int64],
    missing: NDArray[np.bool_],
) -> tuple[float, float]:
    """What a mended function answers."""
    found = evaluate.fold_accuracy(distances, is_same, folds, missing=missing)
    return found.mean, found.standard_error


def _case(
    number: int,
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64], NDArray[np.bool_]]:
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


def _about_spread(
    value: float,
    distances: NDArray[np.float64],
    is_same: NDArray[np.bool_],
    folds: NDArray[np.int64],
    missing: NDArray[np.bool_],
) -> str:
    found = evaluate.fold_accuracy(distances, is_same, folds, missing=missing).accuracies
    if math.isclose(value, found.std(), rel_tol=1e-6):
        return "The accuracy is right. Behind the ± stands np.std: a fold's spread, not the mean's."
    if math.isclose(value, found.std(ddof=1), rel_tol=1e-6):
        return "The accuracy is right. Now divide the deviation by the root of the number of folds."
    if math.isclose(value, found.std() / math.sqrt(FOLDS), rel_tol=1e-6):
        return "Nearly: a sample's deviation divides by one less than its size, ddof=1."
    return "The accuracy is right, and what stands behind the ± is not its standard error."


def _about_coins(value: float, one: int, two: int) -> str:
    n = one + two
    tail = sum(math.comb(n, k) for k in range(max(one, two), n + 1)) / 2**n
    if one == two == 0:
        return "If they never disagree, every division is as uneven as the one that was seen."
    if abs(value - (2 * tail - 2 * math.comb(n, max(one, two)) / 2**n)) < 0.03:
        return "*At least* as uneven: what is just as uneven counts, too."
    if one != two and min(abs(value - tail), abs(value - (1 - tail))) < 0.03:
        return "Uneven in one direction only. Who is the better one was not known beforehand."
    if value > 0.97:
        return "A coin for each pair, not one coin for all of them."
    if one != two and value > loops.as_uneven(one, two):
        return "Were the lists shuffled? Then pairs part: toss for each pair which model is which."
    return "Toss for each pair on which they disagree who was right, and compare the divisions."


def _verdicts(one: int, two: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    first = np.array([True] * one + [False] * two + [True] * 40 + [False] * 9)
    second = np.array([False] * one + [True] * two + [True] * 40 + [False] * 9)
    return first, second


def _asked(function: Callable[..., Any], *given: Any) -> Any:
    """What the reader's function answers, or the exception that it raises."""
    try:
        return function(*given)
    except Exception as error:
        return error


def _short(value: object) -> str:
    try:
        return repr(value)[:80]
    except Exception:
        return f"a {type(value).__name__}"


def _array(answer: Any, shape: tuple[int, ...] | None, kinds: str) -> NDArray[Any] | None:
    """The answer as a finite array of that shape (None: a list) and of those kinds, else None."""
    try:
        array = np.asarray(answer)
        if array.dtype.kind not in kinds or (
            array.ndim != 1 if shape is None else array.shape != shape
        ):
            return None
        return array if np.isfinite(array).all() else None
    except Exception:
        return None
