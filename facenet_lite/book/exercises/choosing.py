"""Exercises of the chapter on choosing a detector: overlap, intervals, recall, a choice."""

from __future__ import annotations

import math
from typing import Any, Final, TypeAlias

import numpy as np

from facenet_lite.book import results
from facenet_lite.book.exercises import Array, Case, Choice, Function, Number, Several, exercise
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
"""The three jobs of the exercise on choosing, each with the recorded condition it resembles."""

Pictures: TypeAlias = list[list[tuple[float, float, float, float]]]


@exercise
def check_overlap() -> Number:
    """The IoU of ``FIRST`` and ``SECOND``."""
    one, two = _area(FIRST), _area(SECOND)
    shared = _area((SECOND[0], SECOND[1], FIRST[2], FIRST[3]))
    inclusive = (81 - 40) * (91 - 30)
    counted_twice = shared / (one + two)
    with_borders = inclusive / (2 * 61 * 81 - inclusive)
    of_one = shared / one
    return Number(
        answer=shared / (one + two - shared),
        wants="one number between 0 and 1",
        right="Yes: 2400 shared, 7200 covered together, a third.",
        wrong={
            "What both share is counted twice in your union. Subtract it once.": counted_twice,
            "That is the share of one box. Divide by the area that both cover together.": of_one,
            "That is the intersection. Now divide it by the union.": shared,
            "You count right and bottom as inside; in this book they are excluded.": with_borders,
        },
        otherwise="Not that. First find the corners of the rectangle that both share.",
        within=5e-4,
    )


@exercise
def check_interval() -> Array:
    """The 95 % Wilson interval of 18 faces found out of 20, as a pair."""
    low, high = wilson_interval(HITS, FACES)
    share = HITS / FACES
    error = 1.96 * math.sqrt(share * (1 - share) / FACES)
    beyond = (share - error, share + error)
    cut_off = (share - error, 1.0)
    of_misses = wilson_interval(FACES - HITS, FACES)
    return Array(
        answer=np.array([low, high]),
        wants="two numbers, low and high",
        right="Yes. A recall of 0.9 on 20 faces is also what a detector of 0.7 may show.",
        wrong={
            "The right two numbers in the wrong order: low comes first.": (high, low),
            "That is 0.9 plus or minus 1.96 standard errors, which goes beyond 1.": beyond,
            "That is 0.9 less 1.96 standard errors, and 1 where those would go beyond it.": cut_off,
            "That is the interval of the misses. We want that of the faces found.": of_misses,
        },
        otherwise="Put hits = 18 and n = 20 into the formula, or call wilson_interval.",
        within=2e-3,
    )


@exercise
def check_recall() -> Function:
    """A corrected function ``answer(found, known)``: recall over pictures, each a list of boxes."""
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
    return Function(
        cases=[
            Case(
                (_arrays(found), _arrays(known)),
                Number(
                    answer=right,
                    otherwise=f"{hint} Your function gives {{given:g}}, where {right:g} is right.",
                ),
            )
            for found, known, right, hint in cases
        ],
        wants="a function of found and known",
        right="Every known face counts once, whether its picture has any box or none.",
    )


@exercise
def check_choice() -> Several:
    """Three names in a dictionary: the detector for dark, for tilted and for grainy pictures."""
    conditions = results.load("detectors")["data"]["conditions"]
    parts = {}
    for case, (kind, level) in CASES.items():
        counts = in_the_page.pick(conditions, kind, level)
        (best,) = in_the_page.leaders(counts)  # two would make two answers right
        parts[case] = Choice(
            answer=best,
            options=tuple(counts),
            wants=f"one of {', '.join(counts)}",
            wrong={
                f"{case}: {name} found {100 * counts[name]['recall']:.0f} % there. Read the row "
                f"({kind}, {level:g}) again.": name
                for name in counts
                if name != best
            },
            otherwise="",
        )
    return Several(
        parts=parts,
        wants='a dictionary: {"dark": ..., "tilted": ..., "grainy": ...}',
        right="Each is what was measured to find most. No single detector is best at all three.",
    )


def _area(box: tuple[float, float, float, float]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _arrays(pictures: Pictures) -> list[Any]:
    """Boxes as detectors return them: an array (N, 4) for each picture."""
    return [np.array(boxes, np.float32).reshape(-1, 4) for boxes in pictures]
