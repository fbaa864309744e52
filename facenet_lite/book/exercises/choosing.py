"""Checkers for the chapter on choosing a detector: overlap, intervals, recall, a choice."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from facenet_lite.book import results
from facenet_lite.book.exercises.feedback import STUB, Feedback, is_stub, not_yet, passed
from facenet_lite.book.experiments.detectors import in_the_page
from facenet_lite.evaluate.uncertainty import wilson_interval

FIRST: Final = (20, 10, 80, 90)
SECOND: Final = (40, 30, 100, 110)
"""The two boxes of the exercise on overlap."""

HITS: Final = 18
FACES: Final = 20
"""The count of the exercise on intervals."""

CASES: Final = {
    "dark": ("brightness", 0.1),
    "tilted": ("rotation", 45.0),
    "grainy": ("noise", 80.0),
}
"""The three jobs of the exercise on choosing, and the recorded condition that each is like."""

Pictures = list[list[tuple[float, float, float, float]]]


def check_overlap(answer: Any) -> Feedback:
    """The IoU of ``FIRST`` and ``SECOND``."""
    if is_stub(answer):
        return STUB
    value = _number(answer)
    if value is None:
        return not_yet("One number between 0 and 1 is wanted.")
    one, two = _area(FIRST), _area(SECOND)
    shared = _area((SECOND[0], SECOND[1], FIRST[2], FIRST[3]))
    if math.isclose(value, shared / (one + two - shared), abs_tol=5e-4):
        return passed("Yes: 2400 shared, 7200 covered together, a third.")
    if math.isclose(value, shared / (one + two), abs_tol=5e-4):
        return not_yet("What both share is counted twice in your union. Subtract it once.")
    if math.isclose(value, shared / one, abs_tol=5e-4):
        return not_yet("That is the share of one box. Divide by the area that both cover together.")
    if math.isclose(value, shared, rel_tol=1e-6):
        return not_yet("That is the intersection. Now divide it by the union.")
    inclusive = (81 - 40) * (91 - 30)
    both = 2 * 61 * 81
    if math.isclose(value, inclusive / (both - inclusive), abs_tol=5e-4):
        return not_yet("You count right and bottom as inside; in this book they are excluded.")
    return not_yet("Not that. First find the corners of the rectangle that both share.")


def check_interval(answer: Any) -> Feedback:
    """The 95 % Wilson interval of 18 faces found out of 20, as a pair."""
    if is_stub(answer):
        return STUB
    pair = _pair(answer)
    if pair is None:
        return not_yet("Two numbers are wanted, low and high.")
    low, high = wilson_interval(HITS, FACES)
    share = HITS / FACES
    error = 1.96 * math.sqrt(share * (1 - share) / FACES)
    if _near(pair, (low, high)):
        return passed("Yes. A recall of 0.9 on 20 faces is also what a detector of 0.7 may show.")
    if _near(pair, (high, low)):
        return not_yet("The right two numbers in the wrong order: low comes first.")
    if _near(pair, (share - error, share + error)) or _near(pair, (share - error, 1.0)):
        return not_yet("That is 0.9 plus or minus 1.96 standard errors, which goes beyond 1.")
    if _near(pair, wilson_interval(FACES - HITS, FACES)):
        return not_yet("That is the interval of the misses. We want that of the faces found.")
    return not_yet("Put hits = 18 and n = 20 into the formula, or call wilson_interval.")


def check_recall(answer: Any) -> Feedback:
    """A mended function ``answer(found, known)``: recall over pictures, each a list of boxes."""
    if is_stub(answer):
        return STUB
    if not callable(answer):
        return not_yet("A function of found and known is wanted: answer = the function's name.")
    face, other = (0.0, 0.0, 100.0, 100.0), (200.0, 0.0, 300.0, 100.0)
    near, far = (5.0, 0.0, 105.0, 100.0), (600.0, 600.0, 700.0, 700.0)
    cases: list[tuple[Pictures, Pictures, float, str]] = [
        ([[face], [other]], [[face], [other]], 1.0, "Two faces, both found: recall is 1."),
        (
            [[face], []], [[face], [other]], 0.5,
            "A picture in which nothing is found must count: its faces are missed, not absent.",
        ),
        (
            [[face, near]], [[face, other]], 0.5,
            "Two boxes on one face are one face found. Pair boxes and faces one to one.",
        ),
        ([[far]], [[face]], 0.0, "A box far from every face finds none of them."),
        ([[], []], [[face], [other]], 0.0, "Nothing found at all: recall is 0, not an error."),
    ]  # fmt: skip
    for found, known, right, hint in cases:
        value = _call(answer, found, known)
        if value is None or not math.isclose(value, right, abs_tol=1e-9):
            said = "no number" if value is None else f"{value:g}"
            return not_yet(f"{hint} Your function gives {said}, where {right:g} is right.")
    return passed("Every known face counts once, whether its picture has any box or none.")


def check_choice(answer: Any) -> Feedback:
    """Three names in a dictionary: the detector for dark, for tilted and for grainy pictures."""
    if is_stub(answer):
        return STUB
    if not isinstance(answer, dict) or set(answer) != set(CASES):
        return not_yet('A dictionary is wanted: {"dark": ..., "tilted": ..., "grainy": ...}.')
    data = results.load("detectors")["data"]
    for case, (kind, level) in CASES.items():
        counts = in_the_page.pick(data["conditions"], kind, level)
        name = answer[case]
        if name is ...:
            return not_yet(f"{case}: replace the three dots by a detector's name.")
        if not isinstance(name, str) or name not in counts:
            return not_yet(f"{case}: expected one of {', '.join(counts)}.")
        if name not in in_the_page.leaders(counts):
            share = 100 * counts[name]["recall"]
            return not_yet(
                f"{case}: {name} found {share:.0f} % there. Read the row ({kind}, {level:g}) again."
            )
    return passed(
        "Each is what was measured to find most. No single detector is best at all three."
    )


def _area(box: tuple[float, float, float, float]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _number(answer: Any) -> float | None:
    try:
        array = np.asarray(answer)
        if array.dtype.kind not in "iuf" or array.shape != ():
            return None
        return float(array) if np.isfinite(array) else None
    except Exception:
        return None


def _pair(answer: Any) -> tuple[float, float] | None:
    try:
        values = [_number(value) for value in answer]
    except Exception:
        return None
    if len(values) != 2 or values[0] is None or values[1] is None:
        return None
    return values[0], values[1]


def _near(pair: tuple[float, float], right: tuple[float, float]) -> bool:
    return all(abs(a - b) < 2e-3 for a, b in zip(pair, right, strict=True))


def _call(function: Callable[..., Any], found: Pictures, known: Pictures) -> float | None:
    """What the reader's function gives, on arrays as detectors return them."""
    try:
        arrays = [
            [np.array(p, np.float32).reshape(-1, 4) for p in pictures]
            for pictures in (found, known)
        ]
        return _number(function(*arrays))
    except Exception:
        return None
