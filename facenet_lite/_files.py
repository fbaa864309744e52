"""Write files completely or not at all, one process to a folder, and fingerprint their origins."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from facenet_lite.errors import FacenetLiteError, InUseError, WriteError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK: Final = ".lock"
"""The file that says which process is writing to a folder."""
UNLOCKABLE: Final = frozenset({errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
"""The errors of a file system that cannot lock a file."""
LETTERS: Final = 12
"""Digits in a fingerprint: 48 bits, so a thousand settings will not share one by chance."""

log = logging.getLogger(__name__)


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


@contextmanager
def writing(path: str | os.PathLike[str]) -> Iterator[None]:
    """Raise WriteError, which names ``path``, in place of an OSError while it is written."""
    try:
        yield
    except OSError as error:
        if isinstance(error, FacenetLiteError):
            raise
        raise WriteError(
            f"{path}: cannot be written ({error.strerror or error}); what was there before is "
            "kept; make room, or see who may write there, and repeat the command"
        ) from error


@contextmanager
def locked(folder: str | os.PathLike[str]) -> Iterator[Path]:
    """Let no other process that asks for it write to ``folder`` while the block runs.

    The folder is made if it is missing; if it was made here and is empty in the end, it is removed
    again. A file ``.lock`` in it says who holds it. The operating system lets go of the lock when
    its process ends, even by a kill, so a file that was left behind holds nobody up.

    Raises InUseError, with the holder's process number, computer and time, and WriteError if the
    folder cannot be written to. A file system without locks is used without one, with a warning.
    """
    place = Path(folder)
    with writing(place):
        made = not place.is_dir()
        place.mkdir(parents=True, exist_ok=True)
        stream = _take(place / LOCK)
    try:
        yield place
    finally:
        _release(stream, place / LOCK)
        if made:
            with suppress(OSError):  # it holds something by now
                place.rmdir()


def _take(path: Path) -> IO[bytes]:
    """Open a lock's file and hold it."""
    while True:
        stream = path.open("a+b")
        try:
            _hold(stream)
        except OSError as error:
            if error.errno not in UNLOCKABLE:
                who = _holder(stream)
                stream.close()
                raise InUseError(
                    f"{path.parent}: {who} is writing here; wait for it or end it, or name "
                    "another folder"
                ) from error
            log.warning("%s: cannot be locked; let one process at a time write there", path.parent)
        # subtle: whoever held it may have removed the file after it was opened here
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(stream.fileno()), path.stat()):
                break
        stream.close()
    if _text(stream):
        log.info("%s: taken over from %s, which has ended", path.parent, _holder(stream))
    since = datetime.now(UTC).astimezone().isoformat(" ", "seconds")
    with suppress(OSError):  # on a full disk the lock holds, but does not say whose it is
        stream.truncate(0)
        holder = {"process": os.getpid(), "computer": platform.node(), "since": since}
        stream.write(json.dumps(holder).encode())
        stream.flush()
    return stream


def _release(stream: IO[bytes], path: Path) -> None:
    if sys.platform == "win32":  # where no open file can be removed
        stream.close()
    with suppress(OSError):
        path.unlink()
    stream.close()


def _hold(stream: IO[bytes]) -> None:
    """Lock an open file; OSError if another has. On Windows a byte far beyond its content."""
    if sys.platform == "win32":
        stream.seek(2**30)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _text(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    return stream.read(1_000)


def _holder(stream: IO[bytes]) -> str:
    """Say in words who wrote a lock's file."""
    try:
        return "process {process} on {computer} (since {since})".format(**json.loads(_text(stream)))
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


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
