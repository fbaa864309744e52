"""Files that the package brings and can make again, each by its name: ``facenet-lite build``."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from facenet_lite._checks import check_choice

BUILDERS: Final[Mapping[str, str]] = {
    "nobody": "the face model behind Faces of Nobody, from LFW's View 1 training people",
    "nobody-triplet": "a network trained by triplets of drawn faces alone",
    "lfw-triplet": "the same, trained on by triplets of LFW's View 1 training people",
    "lfw-distilled": "a network that learnt dlib's embeddings of these people and of drawn faces",
}
"""What can be made, and from what."""


def build(name: str, *, lfw: Path | None = None, folder: Path | None = None) -> Path:
    """Make a file again with the settings it was made with, and return its path.

    ``lfw``: the reader's copy of LFW (None: as ``data.lfw.find`` looks for it); ``folder``: where
    the file goes (None: the working directory). Raises InputError for a name that is not in
    ``BUILDERS``, and what the builder itself raises.
    """
    check_choice(name, "builder", BUILDERS)
    module = "nobody" if name == "nobody" else "nets"
    builder: Any = importlib.import_module(f"{__name__}.{module}")  # only the one that is run
    which = () if name == "nobody" else (name,)
    path: Path = builder.build(*which, lfw=lfw, folder=folder)
    return path
