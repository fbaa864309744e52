"""Read a folder with one sub-folder of pictures for each person."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from facenet_lite.errors import AssetMissingError

SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})


def people(folder: str | os.PathLike[str]) -> dict[str, list[Path]]:
    """The pictures in each sub-folder, by its name; both are in alphabetical order.

    Raises AssetMissingError if the folder does not exist or no sub-folder has a picture.
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
