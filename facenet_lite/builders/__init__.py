"""Files that the package brings and can make again, each by its name: ``facenet-lite build``."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from facenet_lite._checks import check_choice

BUILDERS: Final[Mapping[str, str]] = {
    "nobody": "the face model behind Faces of Nobody, from LFW's View 1 training people",
}
"""Each builder's name, which is its file's, and what it makes."""


def build(name: str, *, lfw: Path | None = None, folder: Path | None = None) -> Path:
    """Make a file again with the settings it was made with, and return its path.

    ``lfw``: the reader's copy of LFW (None: as ``data.lfw.find`` looks for it); ``folder``: where
    the file goes (None: the working directory). Raises InputError for a name that is not in
    ``BUILDERS``, and what the builder itself raises.
    """
    check_choice(name, "builder", BUILDERS)
    module: Any = importlib.import_module(f"{__name__}.{name}")  # only the one that is run
    path: Path = module.build(lfw=lfw, folder=folder)
    return path
