"""Native objects with a state of their own, lent so that threads and processes can share a value.

OpenCV's networks and cascades and dlib's detectors keep what they are working on inside: two
threads that use one of them get wrong boxes without a word, or end the process.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class PerThread(Generic[T]):
    """A native object for each thread and process, made again where it is first needed.

    ``make``: makes one, without arguments; a function of a module or a ``functools.partial`` of
    one, so that a copy of this can be sent to another process. The thread that makes this value
    makes the first object at once, so that missing weights are noticed then.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._local = threading.local()
        self._local.made = make()

    @contextmanager
    def lent(self) -> Iterator[T]:
        """This thread's object, for as long as the block runs."""
        made: T | None = getattr(self._local, "made", None)
        if made is None:
            made = self._local.made = self._make()
        yield made

    def __reduce__(self) -> tuple[Any, ...]:
        return PerThread, (self._make,)


class OneAtATime(Generic[T]):
    """A given native object, which cannot be made again: threads use it one after the other.

    It can be sent to another process if the object itself can.
    """

    def __init__(self, made: T) -> None:
        self._made = made
        self._lock = threading.Lock()

    @contextmanager
    def lent(self) -> Iterator[T]:
        """The object, when no other thread is using it."""
        with self._lock:
            yield self._made

    def __reduce__(self) -> tuple[Any, ...]:
        return OneAtATime, (self._made,)


Lent = PerThread[T] | OneAtATime[T]
"""A native object that is used by ``with value.lent() as native: ...``."""


def lendable(value: Any) -> Any:
    """``value`` itself if it can be lent, and otherwise one that lends it to one at a time."""
    return value if isinstance(value, PerThread | OneAtATime) else OneAtATime(value)
