"""Checkers: functions of the answer, made from a declared exercise or from a program."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from facenet_lite.book.exercises.composed import Exercise
from facenet_lite.book.exercises.feedback import STUB, Feedback, is_stub, not_yet

T = TypeVar("T")


class Checker(Protocol):
    """What a notebook calls with the answer; ``declaration`` is None where a program judges."""

    declaration: Callable[[], Exercise] | None

    def __call__(self, answer: Any) -> Feedback:
        """Judge an answer, whatever it is."""


def exercise(declare: Callable[[], Exercise]) -> Checker:
    """Make a checker from a function that declares an exercise; it is called when first needed.

    The function's docstring is the checker's::

        @exercise
        def check_count() -> Number:
            \"\"\"The least number of points that fix a rotation, a scale and a shift.\"\"\"
            return Number(answer=2, right="Four unknowns, two equations a point.", ...)
    """
    declaration = functools.cache(declare)
    return _checker(declare, lambda answer: declaration().judge(answer), declaration)


def judging(
    read: Callable[[Any], T | None], wants: str
) -> Callable[[Callable[[T], Feedback]], Checker]:
    """Make a checker from a program, for exercises that cannot be declared.

    ``read`` turns the answer into the program's argument, or returns None for an unreadable one;
    ``wants`` completes "The answer should be".
    """

    def checker(program: Callable[[T], Feedback]) -> Checker:
        def judge(answer: Any) -> Feedback:
            value = read(answer)
            return not_yet(f"The answer should be {wants}.") if value is None else program(value)

        return _checker(program, judge, None)

    return checker


def _checker(named: Any, judge: Callable[[Any], Feedback], declaration: Any) -> Checker:
    def check(answer: Any) -> Feedback:
        return STUB if is_stub(answer) else judge(answer)

    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(check, name, getattr(named, name))
    checker = cast(Checker, check)
    checker.declaration = declaration
    return checker
