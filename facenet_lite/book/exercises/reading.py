"""Read a reader's answer without ever raising: ``None`` if it is not readable."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")

LARGEST: Final = 1e12
"""An array with a larger number is not read, since sums and squares of it would overflow."""


def number(answer: Any) -> float | None:
    """Read one finite real number; an array of one element counts, a bool does not."""
    try:
        array = np.asarray(answer)
        if isinstance(answer, np.ndarray) and array.size == 1:
            array = array.reshape(())
        if array.dtype.kind not in "iuf" or array.shape != () or not np.isfinite(array):
            return None
        return float(array)
    except Exception:  # whatever a reader hands over, and whatever it does
        return None


def array(answer: Any, kinds: str = "iuf") -> NDArray[Any] | None:
    """Read an array of any shape: of float64 for numbers, of bool where ``kinds`` is "b"."""
    try:
        found = np.asarray(answer)
        if found.dtype.kind not in kinds and found.size:
            return None
        return found.astype(np.bool_ if kinds == "b" else np.float64)
    except Exception:
        return None


def shaped(*shape: int | None, kinds: str = "iuf") -> Callable[[Any], NDArray[Any] | None]:
    """Make a reader of arrays of the given shape (None: any size) with finite numbers."""

    def read(answer: Any) -> NDArray[Any] | None:
        found = array(answer, kinds)
        if found is None or found.ndim != len(shape) or not is_plain(found):
            return None
        fits = all(size in (None, got) for size, got in zip(shape, found.shape, strict=True))
        return found if fits else None

    return read


def function(answer: Any) -> Callable[..., Any] | None:
    """Read anything that can be called."""
    return answer if callable(answer) else None


def of_type(kind: type[T]) -> Callable[[Any], T | None]:
    """Make a reader of values of a class."""
    return lambda answer: answer if isinstance(answer, kind) else None


def is_plain(found: NDArray[Any]) -> bool:
    """Whether all numbers are finite and small enough to compute with."""
    return bool(np.isfinite(found).all() and np.abs(found).max(initial=0) < LARGEST)


def called(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a reader's function on copies; if it raises an exception, return that."""
    try:
        return function(*copy.deepcopy(arguments))
    except Exception as error:
        return error


def short(value: object) -> str:
    """Describe a value in at most 80 characters."""
    try:
        return repr(value)[:80]
    except Exception:
        return f"a {type(value).__name__}"
