"""Native objects with a state of their own, lent so that threads and processes can share a value.

OpenCV's networks and cascades and dlib's detectors keep what they are working on inside: two
threads that use one of them get wrong boxes without a word, or end the process.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Native(Generic[T]):
    """A native object that one thread uses at a time; as many are made as threads need at once.

    ``make``: makes one, without arguments; a function of a module or a ``functools.partial`` of
    one, because a copy of this that is sent to another process makes its object again there, and
    only once however often it is sent. The first object is made at once, so that missing weights
    are noticed then. ``shared``: the first object, for a library whose calls change nothing in it.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self.shared = make()
        self._idle = [self.shared]

    @contextmanager
    def lent(self) -> Iterator[T]:
        """An object that no other thread uses while the block runs.

        One whose call raised is not used again: nobody knows what state it is in.
        """
        try:
            made = self._idle.pop()  # subtle: one step, so that no two threads get the same
        except IndexError:
            made = self._make()
        yield made
        self._idle.append(made)

    def __reduce__(self) -> tuple[Any, ...]:
        made_by = self._make
        if isinstance(made_by, partial):
            return _again, (made_by.func, made_by.args)
        return _again, (made_by, ())


@lru_cache(maxsize=8)
def _again(make: Callable[..., T], arguments: tuple[Any, ...]) -> Native[T]:
    return Native(partial(make, *arguments) if arguments else make)


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


Lent = Native[T] | OneAtATime[T]
"""A native object that is used by ``with value.lent() as native: ...``."""


def lendable(value: Any) -> Any:
    """``value`` itself if it can be lent, and otherwise one that lends it to one at a time."""
    return value if isinstance(value, Native | OneAtATime) else OneAtATime(value)
