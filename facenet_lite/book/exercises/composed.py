"""Exercises of several parts, and those whose answer is a function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from facenet_lite.book.exercises.feedback import Feedback, is_stub, not_yet, passed
from facenet_lite.book.exercises.kinds import SUBJECT, Simple
from facenet_lite.book.exercises.reading import called, short


@dataclass(frozen=True, kw_only=True)
class Several:
    """Parts that are judged in the order of declaration, up to the first that does not pass.

    The answer is a dictionary where the parts' keys are words, and a sequence where they are
    indices: ``Several(parts={0: Number(...), 1: Choice(...)}, wants="a pair", right="Both are.")``.
    """

    parts: Mapping[Any, Simple]
    wants: str
    right: str = ""

    def judge(self, answer: Any, subject: str = SUBJECT) -> Feedback:
        """Judge the parts of any answer; one without these parts is unreadable."""
        is_row = isinstance(answer, tuple | list | np.ndarray) and getattr(answer, "ndim", True)
        given = dict(enumerate(answer)) if is_row else answer
        if not isinstance(given, dict) or set(given) != set(self.parts):
            return not_yet(f"{subject} should be {self.wants}.")
        for key, part in self.parts.items():
            name = f"Part {key + 1}" if isinstance(key, int) else str(key)
            if is_stub(given[key]):
                return not_yet(f"{name}: replace the three dots.")
            feedback = part.judge(given[key], name)
            if not feedback:
                return feedback
        return passed(self.right)


class Case(NamedTuple):
    """The arguments for a reader's function, and how its result is judged.

    ``where`` precedes all messages of the case, such as "Where all are the same person, ".
    """

    arguments: tuple[Any, ...]
    result: Simple | Several
    where: str = ""

    def says(self, message: str) -> str:
        """Put the case's words in front of a message."""
        whole = self.where + message
        return whole[0].upper() + whole[1:]


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function, judged by its results in each case, up to the first that does not pass.

    ``Function(cases=[Case((3, 4), Number(answer=5, otherwise="Take the root."))], right="Yes.")``
    """

    cases: Sequence[Case]
    right: str
    wants: str = "a function"

    def judge(self, answer: Any, subject: str = SUBJECT) -> Feedback:
        """Call any answer on copies of the arguments; an exception is reported."""
        if not callable(answer):
            return not_yet(f"{subject} should be {self.wants}: its name without brackets.")
        for case in self.cases:
            found = called(answer, *case.arguments)
            feedback = case.result.judge(found, f"your function returned {short(found)}, which")
            if isinstance(found, Exception):
                feedback = not_yet(f"your function raises {short(found)}.")
            if not feedback:
                return not_yet(case.says(feedback.message))
        return passed(self.right)


Exercise: TypeAlias = Simple | Several | Function
