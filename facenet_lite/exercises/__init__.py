"""Checkers for the book's exercises, one module a chapter: ``exercises.ch02.check_…(answer)``."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Final

from facenet_lite.exercises.feedback import STUB, Feedback, is_stub, not_yet, passed

__all__ = ["CHAPTERS", "STUB", "Feedback", "is_stub", "not_yet", "passed"]

CHAPTERS: Final = (
    *("ch01", "ch02", "ch03", "ch04", "ch05", "ch06", "ch07", "ch08", "ch09"),
    *("ch10", "ch11", "ch12", "ch13", "ch14", "ch15", "ch16", "ch17"),
)


def __getattr__(name: str) -> ModuleType:
    if name in CHAPTERS:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *CHAPTERS})
