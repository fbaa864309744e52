"""Parts of a long measurement, kept on the way: a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from facenet_lite import results


def once(path: Path, make_it: Any) -> Any:
    """Read the part at ``path``, or make it and write it there in one step, as JSON."""
    if path.is_file():
        return json.loads(path.read_text(encoding="utf-8"))
    value = make_it()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps(value), encoding="utf-8")
    part.replace(path)
    return value


def fingerprint(*settings: Any) -> str:
    """What measurements depend on, in few letters: other settings never share a folder.

    The versions of the libraries and of the results' form are taken in as well.
    """
    everything = [*settings, results.FORMAT, results.versions()]
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()[:12]


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
