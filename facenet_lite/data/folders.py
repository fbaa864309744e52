"""A folder of people: one sub-folder each, with its pictures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from facenet_lite.errors import AssetMissingError

SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})


def people(folder: str | os.PathLike[str]) -> dict[str, list[Path]]:
    """The pictures of each sub-folder, by its name, both in alphabetical order.

    Raises AssetMissingError where there is no folder, or none in it with a picture.
    """
    root = Path(folder)
    if not root.is_dir():
        raise AssetMissingError(f"{root}: expected a folder with one sub-folder a person")
    found = {}
    for person in sorted(path for path in root.iterdir() if path.is_dir()):
        pictures = sorted(p for p in person.iterdir() if p.suffix.lower() in SUFFIXES)
        if pictures:
            found[person.name] = pictures
    if not found:
        raise AssetMissingError(
            f"{root}: expected sub-folders, one a person, with pictures ("
            f"{', '.join(sorted(SUFFIXES))}); got none"
        )
    return found
