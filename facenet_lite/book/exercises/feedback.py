"""A checker's answer: passed or not yet, with a sentence that helps."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, repr=False)
class Feedback:
    """The feedback on a reader's answer; true if the answer passed."""

    passed: bool
    message: str

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        return f"{self._word}: {self.message}"

    __repr__ = __str__

    @property
    def _word(self) -> str:
        return "Passed" if self.passed else "Not yet"

    def _repr_html_(self) -> str:
        kind = "passed" if self.passed else "not-yet"
        mark = "✓" if self.passed else "✎"
        return (
            f'<p class="fl-feedback fl-{kind}"><strong><span aria-hidden="true">{mark}</span> '
            f"{self._word}.</strong> {escape(self.message)}</p>"
        )


def passed(message: str) -> Feedback:
    """The answer is right; ``message`` says what follows from it."""
    return Feedback(True, message)


def not_yet(message: str) -> Feedback:
    """The answer is not right yet; ``message`` is a hint."""
    return Feedback(False, message)


def is_stub(answer: object) -> bool:
    """Whether the reader has not answered yet: the stub is ``...``."""
    return answer is ... or answer is None


STUB = not_yet("Replace the three dots with your answer, and run the cell again.")
