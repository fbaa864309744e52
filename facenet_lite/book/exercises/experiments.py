"""Checkers for the chapter on experiments: an error reduced, pairs of seeds, a slope, a choice."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import evaluate
from facenet_lite.book.exercises.feedback import STUB, Feedback, is_stub, not_yet, passed

BEFORE: Final = 0.763
AFTER: Final = 0.851
CLAIMED: Final = 60
"""VAL with 2.6 and with 26 million pictures, of FaceNet's Table 6, and the per cent by which its
text says that the error falls (section 5.5)."""

NARROW: Final = (0.412, 0.437, 0.389, 0.446, 0.401)
WIDE: Final = (0.431, 0.449, 0.404, 0.457, 0.423)
"""VAL of two settings, made up, with the same five seeds in the same order."""

DIMS: Final = (32, 64, 128, 256)
LUCK: Final = np.array(
    [
        [0.436, 0.452, 0.441, 0.419, 0.437],
        [0.446, 0.421, 0.433, 0.458, 0.427],
        [0.425, 0.457, 0.438, 0.449, 0.416],
        [0.440, 0.418, 0.459, 0.432, 0.436],
    ]
)
"""VAL of four dimensions (rows), made up, with five seeds each (columns): one and the same mean."""


SEED: Final = 471
"""With it each wrong way of choosing picks another of the five settings, in the first case."""


def check_reduction(answer: Any) -> Feedback:
    """By how many per cent of itself the error falls from ``BEFORE`` to ``AFTER``."""
    if is_stub(answer):
        return STUB
    value = _number(answer)
    if value is None:
        return not_yet("One number is wanted, in per cent.")
    right = 100 * (AFTER - BEFORE) / (1 - BEFORE)
    hints = {
        100 * (AFTER - BEFORE): "Those are points of VAL. Which part of the *error* are they?",
        100 * (AFTER - BEFORE) / BEFORE: "That is by how much VAL grows. The error is what is left "
        "to 1.",
        100 * (1 - AFTER) / (1 - BEFORE): "That much of the error is left. How much is gone?",
        100 * (AFTER - BEFORE) / (1 - AFTER): "The part of the error that was there *before*.",
        float(CLAIMED): "So says the text. What does the table say?",
        right / 100: "Right as a share; the question is in per cent.",
    }
    if math.isclose(value, right, abs_tol=0.6):
        return passed(
            f"{right:.0f} %, and the text says {CLAIMED}. Even 260 million pictures, with 86.2 %, "
            "take away no more than 42 %."
        )
    for wrong, hint in hints.items():
        if math.isclose(value, wrong, rel_tol=0.01):
            return not_yet(hint)
    return not_yet(
        "The error is 1 - VAL: before, and after. By which part of the first has it fallen?"
    )


def check_paired(answer: Any) -> Feedback:
    """A function (first, second) of S seeds' values: mean difference, low and high of its 95 %."""
    if is_stub(answer):
        return STUB
    if not callable(answer):
        return not_yet("A function of first and second is wanted.")
    rng = np.random.default_rng(16)
    cases = [(np.array(NARROW), np.array(WIDE))]
    cases += [(rng.normal(0.5, 0.1, size), rng.normal(0.6, 0.1, size)) for size in (3, 8)]
    for first, second in cases:
        found = _row(_asked(answer, first.copy(), second.copy()), 3)
        if found is None:
            return not_yet("It should answer three numbers: the mean difference, low and high.")
        apart = second - first
        low, high = evaluate.t_interval(apart)
        if math.isclose(found[0], -apart.mean(), abs_tol=1e-9):
            return not_yet("The difference is second less first.")
        if not math.isclose(found[0], apart.mean(), abs_tol=1e-9):
            return not_yet("The first number is the mean of second - first, seed by seed.")
        if not np.allclose(found[1:], (low, high), atol=1e-6):
            return not_yet(_about_interval(found, first, second))
    low, high = evaluate.t_interval(np.subtract(WIDE, NARROW))
    return passed(
        f"WIDE is better than NARROW by {100 * low:.1f} to {100 * high:.1f} points, though either "
        "alone is far less sure. What the seeds have in common cancels."
    )


def check_slope(answer: Any) -> Feedback:
    """A function (pictures, val): by how much val rises for ten times the pictures."""
    if is_stub(answer):
        return STUB
    if not callable(answer):
        return not_yet("A function of pictures and val is wanted.")
    rng = np.random.default_rng(6)
    pictures = np.repeat(10.0 ** np.array([2, 3, 4, 5]), 3)
    val = 0.1 + 0.08 * np.log10(pictures) + rng.normal(0, 0.03, len(pictures))
    right = float(np.polyfit(np.log10(pictures), val, 1)[0])
    found = _number(_asked(answer, pictures.copy(), val.copy()))
    if found is None:
        return not_yet("It should answer one number.")
    means = [val[pictures == count].mean() for count in np.unique(pictures)]
    hints = {
        float(
            np.polyfit(np.log(pictures), val, 1)[0]
        ): "That is for e times the pictures, not ten.",
        float(np.polyfit(np.log2(pictures), val, 1)[0]): "That is for twice the pictures, not ten.",
        float(
            np.polyfit(pictures, val, 1)[0]
        ): "That is for one more picture. A thousand more mean "
        "much to a thousand and nothing to a million: take the logarithm.",
        float(means[-1] - means[0]) / 3: "The ends alone decide there. Let all runs have a say.",
        float(val[-1] - val[0]) / 3: "Two runs alone decide there. Let all of them have a say.",
    }
    if math.isclose(found, right, rel_tol=1e-6):
        return passed(
            "A line through the logarithm of the pictures, by least squares over all runs."
        )
    for wrong, hint in hints.items():
        if math.isclose(found, wrong, rel_tol=1e-6):
            return not_yet(hint)
    return not_yet(
        "Not that. Fit a line to val over the logarithm of pictures; its slope is wanted."
    )


def best_setting(validation: NDArray[np.float64], test: NDArray[np.float64]) -> tuple[int, float]:
    """Say which setting is best, and how good it is: the exercise's function, with its bugs.

    ``validation`` and ``test``: (S, R), the accuracy of each of S settings with each of R seeds, on
    people to choose by and on people to report.
    """
    setting, seed = np.unravel_index(np.argmax(test), test.shape)
    return int(setting), float(test[setting, seed])


def check_mended(answer: Any) -> Feedback:
    """``best_setting`` mended: chosen by the mean on validation, reported as the mean on test."""
    if is_stub(answer):
        return STUB
    if not callable(answer):
        return not_yet("A function of validation and test is wanted.")
    rng = np.random.default_rng(SEED)
    for _ in range(6):
        truth = rng.normal(0.6, 0.05, (5, 1))
        validation, test = (truth + rng.normal(0, 0.08, (5, 3)) for _ in range(2))
        found = _row(_asked(answer, validation.copy(), test.copy()), 2)
        if found is None:
            return not_yet("It should answer two numbers: the setting's row, and the figure.")
        right = int(validation.mean(axis=1).argmax())
        if found[0] != right:
            return not_yet(_about_choice(int(found[0]), validation, test))
        figure = float(test[right].mean())
        if not math.isclose(found[1], figure, abs_tol=1e-9):
            return not_yet(_about_figure(float(found[1]), validation[right], test[right]))
    return passed("Chosen on one set of people, reported on another, and by the mean of all seeds.")


def check_story(answer: Any) -> Feedback:
    """One seed (column) for each row of ``LUCK``, so that VAL rises at every step."""
    if is_stub(answer):
        return STUB
    given = _row(answer, len(DIMS))
    if given is None or not np.all(np.isin(given, range(LUCK.shape[1]))):
        return not_yet(f"{len(DIMS)} columns are wanted, each from 0 to {LUCK.shape[1] - 1}.")
    told = LUCK[np.arange(len(DIMS)), given.astype(np.intp)]
    if np.all(np.diff(told) > 0):
        return passed(
            f"{', '.join(f'{value:.3f}' for value in told)}: more dimensions are better, it seems. "
            "The rows have one mean, and the opposite can be told just as well."
        )
    step = int(np.flatnonzero(np.diff(told) <= 0)[0])
    return not_yet(
        f"From {DIMS[step]} to {DIMS[step + 1]} it goes from {told[step]:.3f} to "
        f"{told[step + 1]:.3f}. Begin with the lowest of the first row."
    )


def _about_interval(
    found: NDArray[np.float64], first: NDArray[np.float64], second: NDArray[np.float64]
) -> str:
    """What is wrong with an interval around the right difference."""
    apart, count = second - first, len(first)
    error = apart.std(ddof=1) / math.sqrt(count)
    t = (evaluate.t_interval(apart)[1] - apart.mean()) / error
    half = (found[2] - found[1]) / 2
    unpaired = math.hypot(first.std(ddof=1), second.std(ddof=1)) / math.sqrt(count)
    hints = {
        1.96 * error: "With so few seeds 1.96 is not enough: Student's t, one less than the seeds.",
        2 * error: "With so few seeds 2 is not enough: Student's t, one less than the seeds.",
        error: "That is one standard error, which holds the truth in less than 68 % of cases.",
        t * apart.std(ddof=1): "That is for one seed. A mean of S is surer, by the root of S.",
        t * apart.std() / math.sqrt(count): "A sample's deviation divides by one less: ddof=1.",
        t * unpaired: "That is for two groups of strangers. Seeds go in pairs: take differences "
        "first.",
        1.96 * unpaired: "Seeds go in pairs: take differences first. And 1.96 is for many.",
    }
    for wrong, hint in hints.items():
        if math.isclose(half, wrong, rel_tol=5e-3):
            return hint
    return "The difference is right. Its interval is Student's t of the S differences."


def _about_choice(chosen: int, validation: NDArray[np.float64], test: NDArray[np.float64]) -> str:
    if chosen == int(np.unravel_index(np.argmax(test), test.shape)[0]):
        return "It still chooses by the test. Whoever chooses by it has nothing left to report on."
    if chosen == int(test.mean(axis=1).argmax()):
        return "All seeds, and that is right; but still chosen on the people to report."
    if chosen == int(np.unravel_index(np.argmax(validation), validation.shape)[0]):
        return "By validation, and that is right; but one lucky seed decides. Take the mean."
    return "The best setting is the one with the highest mean on validation."


def _about_figure(figure: float, validation: NDArray[np.float64], test: NDArray[np.float64]) -> str:
    if math.isclose(figure, validation.mean(), abs_tol=1e-9):
        return "Chosen rightly, but reported on the people who chose: that flatters it."
    if math.isclose(figure, test.max(), abs_tol=1e-9):
        return "Chosen rightly, but the best seed is reported. What would the next run give?"
    if math.isclose(figure, test[int(validation.argmax())], abs_tol=1e-9):
        return "Chosen rightly; of the chosen setting all seeds count, not the best on validation."
    return "Chosen rightly. The figure is the mean over the seeds, on the test."


def _asked(function: Callable[..., Any], *given: Any) -> Any:
    """What the reader's function answers, or the exception that it raises."""
    try:
        return function(*given)
    except Exception as error:
        return error


def _number(answer: Any) -> float | None:
    found = _row([answer], 1)
    return None if found is None else float(found[0])


def _row(answer: Any, count: int) -> NDArray[np.float64] | None:
    """``count`` finite real numbers, or None for anything else."""
    try:
        found = np.asarray(answer)
        if found.shape != (count,) or found.dtype.kind not in "iuf":
            return None
        values = found.astype(np.float64)
    except Exception:
        return None
    return values if np.isfinite(values).all() else None
