"""The kinds of exercise, as data: an answer, typical wrong answers with their hints, messages.

``wrong`` maps each hint to the wrong answer that gets it; all others get ``otherwise``.
A hint may quote the answer as ``{given}``. ``wants`` completes "The answer should be"::

    Number(answer=2, right="Four unknowns, two equations a point.",
           wrong={"One point fixes the shift only.": 1, "Three fix an affine transform.": 3},
           otherwise="Count the unknowns, then the equations per point.")
    Choice(answer="mmod", options=("ssd", "hog", "mmod"), right="It was trained on turned faces.",
           wrong={"It was trained on upright faces.": "ssd"}, otherwise="Read the row again.")
    Order(answer=("detect", "crop", "embed"), right="Each step takes what the last one gives.",
          wrong={"The network takes crops.": ("crop", "embed")}, otherwise="What needs what?")
    Array(answer=np.array([3, 4]), wants="two numbers: x and y", right="It begins in the corner.",
          wrong={"x comes first.": np.array([4, 3])}, otherwise="Measure from the corner.")

``Several`` (in ``composed``) holds such parts, and ``Function`` judges results. The contract suite
hands every exercise its own right and typical wrong answers, and fails where two of them cannot be
told apart.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from facenet_lite.book.exercises import reading
from facenet_lite.book.exercises.feedback import Feedback, not_yet, passed

SUBJECT: Final = "The answer"
ROUNDING: Final = 1e-5
"""The relative difference that is always allowed in an array: float32 has no more digits."""


@dataclass(frozen=True, kw_only=True)
class Simple(ABC):
    """An answer that is compared with the right one and then with each typical wrong one.

    Instead of a wrong answer, the declaration may hold a function that recognises one.
    """

    answer: Any
    otherwise: str
    right: str = ""
    wrong: Mapping[str, Any] = field(default_factory=dict)
    wants: str

    @abstractmethod
    def _read(self, answer: Any) -> Any:
        """Bring an answer into the form that is compared; return ... if that is impossible."""

    def _like(self, value: Any, other: Any, is_right: bool = False) -> bool:
        """Whether a readable answer equals the given wrong or right one."""
        return bool(value == other)

    def _each(self, answer: Any) -> tuple[Any, ...]:
        """Return the one or more answers held in one place of the declaration."""
        return (answer,)

    def _misfit(self, value: Any) -> str | None:
        """Return the message for a readable answer whose form alone rules it out, or None."""
        return None

    def judge(self, answer: Any, subject: str = SUBJECT) -> Feedback:
        """Judge any answer; the message about an unreadable one begins with ``subject``."""
        value = self._read(answer)
        unreadable = f"{subject} should be {self.wants}."
        if value is ...:
            return not_yet(unreadable)
        if any(self._like(value, right, is_right=True) for right in self._each(self.answer)):
            return passed(self.right)
        misfit = self._misfit(value)
        for hint, wrong in self.wrong.items():
            if callable(wrong):
                known = misfit is None and wrong(value)
            else:
                known = any(self._like(value, each) for each in self._each(wrong))
            if known:
                return not_yet(_quoting(hint, value))
        rest = self.otherwise if misfit is None else misfit or unreadable
        return not_yet(_quoting(rest, value))


@dataclass(frozen=True, kw_only=True)
class Number(Simple):
    """One number, off by at most ``within``; several may be given as a tuple instead."""

    wants: str = "one number"
    within: float = 1e-6
    roughly: float | None = None
    """The relative tolerance of wrong numbers; without it they may be off by ``within``."""
    or_none: bool = False
    """Whether None counts as a number: functions may return it."""

    def _read(self, answer: Any) -> Any:
        value = reading.number(answer)
        return ... if value is None and not (self.or_none and answer is None) else value

    def _each(self, answer: Any) -> tuple[Any, ...]:
        return answer if isinstance(answer, tuple) else (answer,)

    def _like(self, value: Any, other: Any, is_right: bool = False) -> bool:
        if value is None or other is None:
            return value is other
        exact = is_right or self.roughly is None
        return bool(
            abs(value - other) <= (self.within if exact else self.roughly * abs(other) + 1e-6)
        )


@dataclass(frozen=True, kw_only=True)
class Choice(Simple):
    """One of ``options``, which are all words or all bools."""

    options: Sequence[Any]

    def _read(self, answer: Any) -> Any:
        value = answer.item() if isinstance(answer, np.bool_) else answer
        return value if type(value) is type(self.answer) and value in self.options else ...


@dataclass(frozen=True, kw_only=True)
class Order(Simple):
    """Words in order; the first of each hint's words must come before its others."""

    def _read(self, answer: Any) -> Any:
        words = isinstance(answer, list | tuple) and all(isinstance(word, str) for word in answer)
        return tuple(answer) if words and sorted(answer) == sorted(self.answer) else ...

    def _like(self, value: Any, other: Any, is_right: bool = False) -> bool:
        return bool(value == other if is_right else min(other, key=value.index) != other[0])


@dataclass(frozen=True, kw_only=True)
class Array(Simple):
    """Numbers or bools in the answer's shape, each off by at most ``within``."""

    shapes: Mapping[tuple[int, ...], str] = field(default_factory=dict)
    """Hints for wrong shapes."""
    within: float = 1e-6
    wrong_within: float | None = None
    """The absolute tolerance for wrong arrays, if it differs from the right one's."""
    any_order: bool = False
    """Whether the rows may come in any order."""

    def _read(self, answer: Any) -> Any:
        value = reading.array(answer, "b" if np.asarray(self.answer).dtype == np.bool_ else "iuf")
        return ... if value is None else value

    def _like(self, value: Any, other: Any, is_right: bool = False) -> bool:
        one, two = value, np.asarray(other)
        if one.shape != two.shape:
            return False
        if self.any_order:
            one, two = (rows[np.lexsort(np.atleast_2d(rows.T)[::-1])] for rows in (one, two))
        within = self.within if is_right else self.wrong_within or self.within
        return bool(np.allclose(one, two, ROUNDING, within, equal_nan=True))

    def _misfit(self, value: Any) -> str | None:
        fits = value.shape == np.shape(self.answer) and reading.is_plain(value)
        return None if fits else self.shapes.get(value.shape, "")


def _quoting(hint: str, value: Any) -> str:
    return hint.format(given=value) if "{given" in hint else hint
