"""Exercises of the chapter on experiments: an error reduced, pairs of seeds, a slope, a choice."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import evaluate
from facenet_lite.book.exercises import Case, Function, Number, Several, exercise, judging
from facenet_lite.book.exercises.feedback import Feedback, not_yet, passed
from facenet_lite.book.exercises.reading import shaped

BEFORE: Final = 0.763
AFTER: Final = 0.851
CLAIMED: Final = 60
"""VAL with 2.6 and with 26 million pictures, in FaceNet's Table 6, and the percentage by which its
text says that the error falls (section 5.5)."""

NARROW: Final = (0.412, 0.437, 0.389, 0.446, 0.401)
WIDE: Final = (0.431, 0.449, 0.404, 0.457, 0.423)
"""Made-up VAL of two settings, with the same five seeds in the same order."""

DIMS: Final = (32, 64, 128, 256)
LUCK: Final = np.array(
    [
        [0.436, 0.452, 0.441, 0.419, 0.437],
        [0.446, 0.421, 0.433, 0.458, 0.427],
        [0.425, 0.457, 0.438, 0.449, 0.416],
        [0.440, 0.418, 0.459, 0.432, 0.436],
    ]
)
"""Made-up VAL of four dimensions (rows) with five seeds each (columns): all means are equal."""


SEED: Final = 471
"""With this seed, each wrong way picks a different one of the five settings in the first case."""


@exercise
def check_reduction() -> Number:
    """The percentage of itself by which the error falls from ``BEFORE`` to ``AFTER``."""
    right = 100 * (AFTER - BEFORE) / (1 - BEFORE)
    of_val = 100 * (AFTER - BEFORE) / BEFORE
    of_the_rest = 100 * (AFTER - BEFORE) / (1 - AFTER)
    return Number(
        answer=right,
        wants="one number, in per cent",
        right=f"{right:.0f} %, and the text says {CLAIMED}. Even 260 million pictures, with "
        "86.2 %, take away no more than 42 %.",
        wrong={
            "Those are points of VAL. Which part of the *error* are they?": 100 * (AFTER - BEFORE),
            "That is by how much VAL grows. The error is what is left to 1.": of_val,
            "That much of the error is left. How much is gone?": 100 * (1 - AFTER) / (1 - BEFORE),
            "The part of the error that was there *before*.": of_the_rest,
            "So says the text. What does the table say?": CLAIMED,
            "Right as a share; the question is in per cent.": right / 100,
        },
        otherwise="The error is 1 - VAL: before, and after. By which part of the first has it "
        "fallen?",
        within=0.6,
        roughly=0.01,
    )


@exercise
def check_paired() -> Function:
    """A function (first, second) of S seeds' values: mean difference, low and high of its 95 %."""
    rng = np.random.default_rng(16)
    cases = [(np.array(NARROW), np.array(WIDE))]
    cases += [(rng.normal(0.5, 0.1, size), rng.normal(0.6, 0.1, size)) for size in (3, 8)]
    low, high = evaluate.t_interval(np.subtract(WIDE, NARROW))
    return Function(
        cases=[Case(case, _interval(*case)) for case in cases],
        wants="a function of first and second",
        right=f"WIDE is better than NARROW by {100 * low:.1f} to {100 * high:.1f} points, though "
        "either alone is far less sure. What the seeds have in common cancels.",
    )


@exercise
def check_slope() -> Function:
    """A function (pictures, val): by how much val rises for ten times the pictures."""
    rng = np.random.default_rng(6)
    pictures = np.repeat(10.0 ** np.array([2, 3, 4, 5]), 3)
    val = 0.1 + 0.08 * np.log10(pictures) + rng.normal(0, 0.03, len(pictures))
    means = [val[pictures == count].mean() for count in np.unique(pictures)]

    def slope(over: NDArray[np.float64]) -> float:
        return float(np.polyfit(over, val, 1)[0])

    rise = Number(
        answer=slope(np.log10(pictures)),
        wrong={
            "That is for e times the pictures, not ten.": slope(np.log(pictures)),
            "That is for twice the pictures, not ten.": slope(np.log2(pictures)),
            "That is for one more picture. A thousand more mean much to a thousand and nothing to "
            "a million: take the logarithm.": slope(pictures),
            "The ends alone decide there. Let all runs have a say.": (means[-1] - means[0]) / 3,
            "Two runs alone decide there. Let all of them have a say.": (val[-1] - val[0]) / 3,
        },
        otherwise="Not that. Fit a line to val over the logarithm of pictures, and take its slope.",
        within=1e-7,
    )
    return Function(
        cases=[Case((pictures, val), rise)],
        wants="a function of pictures and val",
        right="A line through the logarithm of the pictures, by least squares over all runs.",
    )


def best_setting(validation: NDArray[np.float64], test: NDArray[np.float64]) -> tuple[int, float]:
    """Return the best setting and its score: the exercise's function, with its bugs.

    ``validation`` and ``test``: (S, R), the accuracy of each of S settings with each of R seeds,
    on the people used for choosing and on those used for reporting.
    """
    setting, seed = np.unravel_index(np.argmax(test), test.shape)
    return int(setting), float(test[setting, seed])


@exercise
def check_mended() -> Function:
    """``best_setting`` corrected: chosen by mean on validation, reported by mean on test."""
    rng = np.random.default_rng(SEED)
    cases = []
    for _ in range(6):
        truth = rng.normal(0.6, 0.05, (5, 1))
        validation, test = (truth + rng.normal(0, 0.08, (5, 3)) for _ in range(2))
        cases.append(Case((validation, test), _chosen(validation, test)))
    return Function(
        cases=cases,
        wants="a function of validation and test",
        right="Chosen on one set of people, reported on another, and by the mean of all seeds.",
    )


@judging(shaped(len(DIMS)), wants="4 columns, each from 0 to 4")
def check_story(given: NDArray[Any]) -> Feedback:
    """One seed (column) for each row of ``LUCK``, so that VAL rises at every step."""
    if not np.all(np.isin(given, range(LUCK.shape[1]))):
        return not_yet("The answer should be 4 columns, each from 0 to 4.")
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


def _interval(first: NDArray[np.float64], second: NDArray[np.float64]) -> Several:
    """Declare the mean difference of pairs of seeds and its interval by Student's t."""
    apart = second - first
    mean, count = float(apart.mean()), len(apart)
    low, high = evaluate.t_interval(apart)
    error = float(apart.std(ddof=1)) / math.sqrt(count)
    t = (high - low) / 2 / error
    unpaired = math.hypot(first.std(ddof=1), second.std(ddof=1)) / math.sqrt(count)
    of_one = t * error * math.sqrt(count)
    of_all = t * float(apart.std()) / math.sqrt(count)
    halves = {
        "With so few seeds 1.96 is not enough: Student's t, one less than the seeds.": 1.96 * error,
        "With so few seeds 2 is not enough: Student's t, one less than the seeds.": 2 * error,
        "That is one standard error, which holds the truth in less than 68 % of cases.": error,
        "That is for one seed. A mean of S is surer, by the root of S.": of_one,
        "A sample's deviation divides by one less: ddof=1.": of_all,
        "That is for two groups of strangers. Seeds go in pairs: take differences first.": (
            t * unpaired
        ),
        "Seeds go in pairs: take differences first. And 1.96 is for many.": 1.96 * unpaired,
    }
    rest = "The difference is right. Its interval is Student's t of the S differences."
    difference = Number(
        answer=mean,
        wrong={"The difference is second less first.": -mean},
        otherwise="The first number is the mean of second - first, seed by seed.",
        within=1e-9,
    )
    lower = Number(
        answer=low, wrong={hint: mean - half for hint, half in halves.items()}, otherwise=rest
    )
    return Several(
        parts={0: difference, 1: lower, 2: Number(answer=high, otherwise=rest)},
        wants="three numbers: the mean difference, low and high",
    )


def _chosen(validation: NDArray[np.float64], test: NDArray[np.float64]) -> Several:
    """Declare the setting that validation chooses, and its mean on the test."""
    right = int(validation.mean(axis=1).argmax())
    judged, reported = validation[right], test[right]
    best_on_test = int(test.mean(axis=1).argmax())
    lucky = int(np.unravel_index(np.argmax(validation), validation.shape)[0])
    row = Number(
        answer=right,
        wrong={
            "It still chooses by the test. Whoever chooses by it has nothing left to report "
            "on.": int(np.unravel_index(np.argmax(test), test.shape)[0]),
            "All seeds, and that is right; but still chosen on the people to report.": best_on_test,
            "By validation, and that is right; but one lucky seed decides. Take the mean.": lucky,
        },
        otherwise="The best setting is the one with the highest mean on validation.",
    )
    figure = Number(
        answer=float(reported.mean()),
        wrong={
            "Chosen rightly, but reported on the people who chose: "
            "that flatters it.": judged.mean(),
            "Chosen rightly, but the best seed is reported. "
            "What would the next run give?": reported.max(),
            "Chosen rightly; of the chosen setting all seeds count, "
            "not the best on validation.": reported[int(judged.argmax())],
        },
        otherwise="Chosen rightly. The figure is the mean over the seeds, on the test.",
        within=1e-9,
    )
    return Several(
        parts={0: row, 1: figure}, wants="two numbers: the setting's row, and the figure"
    )
