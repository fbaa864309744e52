"""Stop a run between two steps, when Ctrl-C or another process asks for it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

ASKING: Final = (signal.SIGINT, signal.SIGTERM)
"""Ctrl-C, and what ``kill``, ``timeout`` and batch systems send."""


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Inside this block Ctrl-C and SIGTERM only ask to stop; the value says whether one did.

    Ctrl-C after either interrupts as usual. A second SIGTERM does not: ``timeout`` sends two.
    In another thread than the main one, which gets no signals, nothing asks.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    before = {number: signal.getsignal(number) or signal.SIG_DFL for number in ASKING}

    def ask(number: int, frame: object) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before[signal.SIGINT])

    for number in ASKING:
        signal.signal(number, ask)
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
