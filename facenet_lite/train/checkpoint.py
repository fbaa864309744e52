"""Save a run's state in a file that is complete or missing, and keep the previous one as well."""

from __future__ import annotations

import hashlib
import io
import logging
import os
import pickle
from pathlib import Path
from typing import Any, Final

import torch

from facenet_lite._files import whole, writing
from facenet_lite.errors import AssetDamagedError

NAME: Final = "checkpoint.pt"
BEFORE: Final = "checkpoint.before.pt"
HEAD: Final = b"facenet_lite checkpoint 1\n"
"""The first bytes of a checkpoint; next comes the SHA-256 of everything that follows."""
DIGEST: Final = 32
"""The length of a SHA-256 in bytes."""
UNLIKE: Final = (KeyError, TypeError, ValueError, AttributeError)
"""The errors where a value has not the expected form."""

log = logging.getLogger(__name__)


def save(state: dict[str, Any], folder: Path) -> None:
    """Write a state and move the previous file aside.

    Raises WriteError where that fails, as on a full disk; the files stay as they were.
    """
    buffer = io.BytesIO()
    torch.save(state, buffer)
    payload = buffer.getvalue()
    path = folder / NAME
    with writing(path), whole(path) as part:
        with part.open("wb") as stream:
            stream.write(HEAD + hashlib.sha256(payload).digest() + payload)
            stream.flush()
            os.fsync(stream.fileno())
        if path.is_file():
            path.replace(folder / BEFORE)


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
            return _unpacked(payload, path)
        log.warning("%s: damaged; the steps since the checkpoint before it are done again", path)
    if found:
        raise AssetDamagedError(
            f"{folder}: expected a whole checkpoint, got {len(found)} damaged; "
            "remove them to start from scratch"
        )
    return None


def of_another_kind(what: Path, error: Exception) -> AssetDamagedError:
    """The error for a checkpoint that is whole, but not of the run at hand."""
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    return AssetDamagedError(
        f"{what}: a whole checkpoint, but of another network, loss or version ({first}); name "
        f"another folder, or remove {NAME} and {BEFORE} to start from scratch"
    )


def _unpacked(payload: bytes, path: Path) -> dict[str, Any]:
    try:
        state: dict[str, Any] = torch.load(io.BytesIO(payload), weights_only=True)
        int(state["step"])
        return state
    except (pickle.UnpicklingError, RuntimeError, EOFError, *UNLIKE) as error:
        raise of_another_kind(path, error) from error
