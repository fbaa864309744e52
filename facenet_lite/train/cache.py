"""Arrays that took long to make, kept in a run's folder for when it is started again."""

from __future__ import annotations

import logging
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facenet_lite._files import whole, writing

Arrays: TypeAlias = Mapping[str, NDArray[Any]]

log = logging.getLogger(__name__)


def once(path: Path, make: Callable[[], Arrays]) -> Arrays:
    """Read the arrays of ``path``, or make them and write them there.

    The name must say what they depend on: whoever calls this puts a fingerprint of it in. A damaged
    file is made again, with a warning. Raises WriteError.
    """
    if path.is_file():
        try:
            # subtle: np.load leaves a file open that it opened itself and could not read
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                return dict(stored)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            log.warning("%s: damaged (%s), and made again", path, error)
    made = make()
    with writing(path), whole(path) as part, part.open("wb") as stream:
        np.savez(stream, **dict(made))  # type: ignore[arg-type]  # its next argument is a bool
    return made
