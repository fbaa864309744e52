"""Parts of a long measurement, kept on the way: a run that was stopped goes on where it was."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facenet_lite import _files
from facenet_lite._files import whole
from facenet_lite.book import results


def once(path: Path, make_it: Any) -> Any:
    """Read the part at ``path``, or make it and write it there in one step, as JSON."""
    if path.is_file():
        return json.loads(path.read_text(encoding="utf-8"))
    value = make_it()
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as part:
        part.write_text(json.dumps(value), encoding="utf-8")
    return value


def once_array(
    path: Path, make_it: Callable[[], NDArray[np.float32]]
) -> tuple[NDArray[np.float32], float]:
    """Read the array at ``path``, or make it and write it there in one step.

    With it comes how many seconds making it took. The folder has to be there.
    """
    if not path.is_file():
        start = time.perf_counter()
        value = make_it()
        seconds = time.perf_counter() - start
        with whole(path) as part, part.open("wb") as stream:
            np.savez(stream, value=value, seconds=seconds)
    with np.load(path) as stored:
        return stored["value"], float(stored["seconds"])


def fingerprint(*settings: Any) -> str:
    """What measurements depend on, in few letters: other settings never share a folder.

    The versions of the libraries and of the results' form are taken in as well.
    """
    return _files.fingerprint(*settings, results.FORMAT, results.versions())


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep OpenCV to one thread; dlib's detectors use one anyway."""
    import cv2

    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
