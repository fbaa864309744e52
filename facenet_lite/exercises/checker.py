"""Checkers: functions of the answer, made from a declared exercise or from a program of its own."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from facenet_lite.exercises.composed import Exercise
from facenet_lite.exercises.feedback import STUB, Feedback, is_stub, not_yet

T = TypeVar("T")


class Checker(Protocol):
    """What a notebook calls with the answer; it never raises."""

    declaration: Callable[[], Exercise] | None
    """Makes the exercise, the first time; None where a program judges."""

    def __call__(self, answer: Any) -> Feedback:
        """Judge an answer."""


def exercise(declare: Callable[[], Exercise]) -> Checker:
    """Make a checker of a function that declares an exercise; it is called when one is needed.

    ::

        @exercise
        def check_count() -> Number:
            \"\"\"How many points it takes at least to fix a rotation, a scale and a shift.\"\"\"
            return Number(answer=2, right="Four unknowns, two equations a point.", ...)
    """
    declaration = functools.cache(declare)
    return _checker(declare, lambda answer: declaration().judge(answer), declaration)


def judging(
    read: Callable[[Any], T | None], wants: str
) -> Callable[[Callable[[T], Feedback]], Checker]:
    """Make a checker of a program, for what cannot be declared: it is given what was read.

    ``read`` returns None for what it cannot read; ``wants`` completes "The answer should be".
    """

    def decorate(judge: Callable[[T], Feedback]) -> Checker:
        def readable(answer: Any) -> Feedback:
            value = read(answer)
            return not_yet(f"The answer should be {wants}.") if value is None else judge(value)

        return _checker(judge, readable, None)

    return decorate


def _checker(
    named: Callable[..., Any],
    judge: Callable[[Any], Feedback],
    declaration: Callable[[], Exercise] | None,
) -> Checker:
    def check(answer: Any) -> Feedback:
        return STUB if is_stub(answer) else judge(answer)

    check.__module__, check.__doc__ = named.__module__, named.__doc__
    check.__name__, check.__qualname__ = named.__name__, named.__qualname__
    checker = cast(Checker, check)
    checker.declaration = declaration
    return checker
