"""Write files completely or not at all, and fingerprint what they were made from."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

LETTERS: Final = 12
"""Digits in a fingerprint: 48 bits, so a thousand settings will not share one by chance."""


@contextmanager
def whole(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Write a file under a temporary name beside ``path``, and rename it when it is complete.

    Use: ``with whole(path) as part, part.open("wb") as stream: np.save(stream, values)``. The
    temporary name is in the same folder and contains the process's number. Close the file before
    the block ends. If the block raises or the process is killed in it, ``path`` stays as it was; if
    it raises, the temporary file is removed as well. The process's umask decides who may read the
    file, whatever its writer sets.

    Raises OSError if the folder is missing or cannot be written to.
    """
    goal = Path(path)
    part = goal.with_name(f".{goal.name}.{os.getpid()}.part")
    try:
        part.touch()
        mode = part.stat().st_mode
        part.unlink()  # so that a block that writes nothing fails instead of leaving an empty file
        yield part
        part.chmod(mode)
        os.replace(part, goal)
    finally:
        with suppress(OSError):  # as on a read-only disk, whose error must not hide the first one
            part.unlink()


def fingerprint(*parts: Any) -> str:
    """Identify what something was made from in 12 hexadecimal digits, equal for equal parts.

    ``parts``: anything that JSON can hold, and also bytes and arrays, which count by dtype, shape
    and content. The order of a dict's keys does not matter. Raises TypeError for anything else.
    """
    text = json.dumps(parts, sort_keys=True, default=_digest)
    return hashlib.sha256(text.encode()).hexdigest()[:LETTERS]


def _digest(value: Any) -> str:
    view = memoryview(value)
    head = f"{view.format} {view.shape} "
    return hashlib.sha256(head.encode() + view.tobytes()).hexdigest()
