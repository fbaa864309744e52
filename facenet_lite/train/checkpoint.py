"""The state of a run, in a file that is whole or missing; the one before it is kept as well."""

from __future__ import annotations

import hashlib
import io
import logging
import os
from pathlib import Path
from typing import Any, Final

import torch

from facenet_lite._files import whole
from facenet_lite.errors import AssetDamagedError

NAME: Final = "checkpoint.pt"
BEFORE: Final = "checkpoint.before.pt"
HEAD: Final = b"facenet_lite checkpoint 1\n"
"""The first bytes of a checkpoint; the SHA-256 of all that follows comes next."""
DIGEST: Final = 32
"""The length of a SHA-256 in bytes."""

log = logging.getLogger(__name__)


def save(state: dict[str, Any], folder: Path) -> bool:
    """Write a state; the file before it moves aside. Returns whether that succeeded.

    If it fails (a full disk), what was there stays, a warning says so, and the run goes on.
    """
    buffer = io.BytesIO()
    torch.save(state, buffer)
    payload = buffer.getvalue()
    path = folder / NAME
    try:
        with whole(path) as part:
            with part.open("wb") as stream:
                stream.write(HEAD + hashlib.sha256(payload).digest() + payload)
                stream.flush()
                os.fsync(stream.fileno())
            if path.is_file():
                path.replace(folder / BEFORE)
        return True
    except OSError as error:
        log.warning("%s: cannot be written (%s); the checkpoint before it stays", path, error)
        return False


def load(folder: Path) -> dict[str, Any] | None:
    """The newest whole state in a run's folder; None where there is none yet.

    A damaged file is skipped with a warning. Raises AssetDamagedError where no file is whole.
    """
    found = [path for path in (folder / NAME, folder / BEFORE) if path.is_file()]
    for path in found:
        content = path.read_bytes()
        start = len(HEAD) + DIGEST
        payload = content[start:]
        if content[:start] == HEAD + hashlib.sha256(payload).digest():
            state: dict[str, Any] = torch.load(io.BytesIO(payload), weights_only=True)
            return state
        log.warning("%s: damaged; the steps since the checkpoint before it are done again", path)
    if found:
        raise AssetDamagedError(
            f"{folder}: expected a whole checkpoint, got {len(found)} damaged; "
            "remove them to start from scratch"
        )
    return None
