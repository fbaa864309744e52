"""Save a run's state in a file that is complete or missing, and keep the previous one as well."""

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
"""The first bytes of a checkpoint; next comes the SHA-256 of everything that follows."""
DIGEST: Final = 32
"""The length of a SHA-256 in bytes."""

log = logging.getLogger(__name__)


def save(state: dict[str, Any], folder: Path) -> bool:
    """Write a state and move the previous file aside. Returns whether that succeeded.

    If it fails (a full disk), the files stay as they were, with a warning, and the run goes on.
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
    """The newest intact state in a run's folder; None if there is none yet.

    A damaged file is skipped with a warning. Raises AssetDamagedError if all files are damaged.
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
