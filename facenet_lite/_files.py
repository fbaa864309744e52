"""Files that are whole or not there, and short names for what they were made from."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

LETTERS: Final = 12
"""Digits of a fingerprint: 48 bits, so that two of a thousand settings never share one."""


@contextmanager
def whole(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Write a file beside ``path``, and give it that name when all of it is there.

    As in ``with whole(path) as part, part.open("wb") as stream: np.save(stream, values)``: what is
    given is a name in the same folder, with the process's number in it. Close the file before the
    block ends. Where the block raises, or the process is killed in it, ``path`` stays
    as it was; the first leaves no other file either. Like every new file, the written one may be
    read by those whom the process's umask allows, whatever its writer says.

    Raises OSError where the folder is missing, or nothing can be written to it.
    """
    goal = Path(path)
    part = goal.with_name(f".{goal.name}.{os.getpid()}.part")
    try:
        part.touch()
        mode = part.stat().st_mode
        part.unlink()  # so that a block that writes nothing fails, and leaves no empty file
        yield part
        part.chmod(mode)
        os.replace(part, goal)
    finally:
        part.unlink(missing_ok=True)


def fingerprint(*parts: Any) -> str:
    """What something was made from, in 12 hexadecimal digits: equal parts give equal digits.

    ``parts``: what JSON can hold, and in it bytes and arrays, of which kind, shape and content
    count. Keys of a dict may come in any order. Raises TypeError for anything else.
    """
    text = json.dumps(parts, sort_keys=True, default=_digest)
    return hashlib.sha256(text.encode()).hexdigest()[:LETTERS]


def _digest(value: Any) -> str:
    view = memoryview(value)
    head = f"{view.format} {view.shape} "
    return hashlib.sha256(head.encode() + view.tobytes()).hexdigest()
