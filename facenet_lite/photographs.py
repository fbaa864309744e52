"""Find the photographs in files and folders, and say what was passed over."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from facenet_lite.errors import AssetMissingError

SUFFIXES: Final = frozenset(
    (
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"),
        *(".pgm", ".ppm", ".pnm", ".jp2", ".avif", ".heic", ".heif"),
    )
)
"""A file in a folder counts as a photograph by its suffix; one that is named is always tried."""
MACHINE_MADE: Final = frozenset({"@eaDir", "__MACOSX", "Thumbs.db", "desktop.ini"})
"""What programs leave in folders of photographs, besides hidden files and folders."""


@dataclass(frozen=True)
class Found:
    """The ``photographs`` found, each once, in the order of their paths, and what was left out:
    pairs of a path and the reason."""

    photographs: tuple[Path, ...]
    left_out: tuple[tuple[Path, str], ...] = ()

    def summary(self) -> str:
        """Both in one line, what was left out by reason."""
        count = len(self.photographs)
        reasons = Counter(reason for _, reason in self.left_out)
        listed = ", ".join(f"{n} {reason}" for reason, n in reasons.most_common())
        return (
            f"{count:,} photograph{'' if count == 1 else 's'}"
            f"{f'; left out: {listed}' if listed else ''}"
        )


@dataclass(frozen=True)
class People(Found):
    """The same, and whose they are: a name for each photograph."""

    names: tuple[str, ...] = ()

    @property
    def by_name(self) -> dict[str, tuple[Path, ...]]:
        """Each person's photographs."""
        found: dict[str, list[Path]] = {}
        for path, name in zip(self.photographs, self.names, strict=True):
            found.setdefault(name, []).append(path)
        return {name: tuple(paths) for name, paths in sorted(found.items())}


def find(paths: Iterable[str | os.PathLike[str]]) -> Found:
    """The photographs among these files and in these folders, and in the folders inside them.

    A file that is named counts, whatever it is called. In a folder, one rule holds for everything:
    what begins with a dot, and what programs leave there (``@eaDir``, ``__MACOSX``, ...), is
    hidden; other files count by their suffix; a link counts as what it leads to, once. Raises
    AssetMissingError for a path at which there is nothing.
    """
    photographs: dict[Path, Path] = {}
    left_out: list[tuple[Path, str]] = []
    for given in paths:
        path = Path(given)
        if not _is_folder(path):
            if not os.path.lexists(path):
                raise AssetMissingError(
                    f"{path}: there is no such file or folder (looked in {path.absolute().parent})"
                )
            _add(path, photographs, left_out)
            continue
        for place, reason in _walk(path, set()):
            if reason:
                left_out.append((place, reason))
            else:
                _add(place, photographs, left_out)
    return Found(tuple(sorted(photographs.values())), tuple(left_out))


def people(folder: str | os.PathLike[str]) -> People:
    """The photographs in a folder with one sub-folder for each person, whose name it has.

    Photographs in folders inside a person's folder are that person's. Files beside the people's
    folders are left out. Raises AssetMissingError if there is no such folder, or nobody in it.
    """
    root = Path(folder)
    if not _is_folder(root):
        raise AssetMissingError(f"{root}: expected a folder with one sub-folder a person")
    found = find([root])
    photographs, names, left_out = [], [], list(found.left_out)
    for path in found.photographs:
        inside = path.relative_to(root).parts
        if len(inside) == 1:
            left_out.append((path, "in no person's folder"))
        else:
            photographs.append(path)
            names.append(inside[0])
    if not photographs:
        raise AssetMissingError(
            f"{root}: expected sub-folders, one a person, with photographs; "
            f"got {Found((), tuple(left_out)).summary()}"
        )
    return People(tuple(photographs), tuple(left_out), tuple(names))


def _walk(folder: Path, above: set[Path]) -> Iterator[tuple[Path, str]]:
    try:
        here = folder.resolve()
        if here in above:
            yield folder, "folder that leads back to itself"
            return
        entries = sorted(folder.iterdir())
    except OSError:
        yield folder, "folder that cannot be read"
        return
    for path in entries:
        if path.name.startswith(".") or path.name in MACHINE_MADE:
            yield path, "hidden"
        elif _is_folder(path):
            yield from _walk(path, above | {here})
        elif path.suffix.lower() not in SUFFIXES:
            yield path, "not a photograph"
        else:
            yield path, ""


def _add(path: Path, photographs: dict[Path, Path], left_out: list[tuple[Path, str]]) -> None:
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError):
        left_out.append((path, "link to nothing"))
        return
    if real in photographs:
        left_out.append((path, "the same photograph again"))
    else:
        photographs[real] = path


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False
