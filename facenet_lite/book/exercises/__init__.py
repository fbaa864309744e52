"""The book's exercises, one module a chapter: ``exercises.haar.check_…(answer)``.

A chapter declares its exercises; ``kinds`` shows each kind, and ``checker`` how one is declared.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Final

from facenet_lite._extras import named
from facenet_lite.book.exercises.checker import exercise, judging
from facenet_lite.book.exercises.composed import Case, Function, Several
from facenet_lite.book.exercises.feedback import STUB, Feedback, is_stub, not_yet, passed
from facenet_lite.book.exercises.kinds import Array, Choice, Number, Order

__all__ = ["CHAPTERS", "STUB", "Array", "Case", "Choice", "Feedback", "Function", "Number", "Order"]
__all__ += ["Several", "exercise", "is_stub", "judging", "not_yet", "passed"]

CHAPTERS: Final = tuple(
    sorted(
        path.stem
        for path in Path(__file__).parent.glob("*.py")
        if "\ndef check_" in path.read_text(encoding="utf-8")
    )
)
"""The modules of this folder that hold checkers: one for each chapter, named after its topic."""


def __getattr__(name: str) -> ModuleType:
    if name in CHAPTERS:
        with named():
            return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *CHAPTERS})
