"""Find the photographs in files and folders, and say what was passed over."""

from __future__ import annotations

import os
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from facenet_lite import _formats, _paths
from facenet_lite.errors import AssetMissingError, InputError

MACHINE_MADE: Final = frozenset(
    (
        *("@eaDir", "@Recycle", "#recycle", "#snapshot", "$RECYCLE.BIN", "__MACOSX", "lost+found"),
        *("System Volume Information", "Thumbs.db", "desktop.ini"),
    )
)
"""What programs leave in folders of photographs, besides hidden files and folders."""

HIDDEN: Final = "hidden"
PROGRAMS: Final = "made by a program"
NOT_A_PICTURE: Final = "not a picture"
RAW: Final = "camera's raw file"
NO_PERSON: Final = "in no person's folder"
NOBODY: Final = "person's folder without a photograph"
LINK_TO_NOTHING: Final = "link to nothing"
CIRCLE: Final = "link that leads back"
AGAIN: Final = "photograph found already by another path"
FOLDER_AGAIN: Final = "folder searched already by another path"
FORBIDDEN: Final = "file that may not be read"
MANY: Final = {
    NOT_A_PICTURE: "not pictures",
    RAW: "cameras' raw files",
    NO_PERSON: "in nobody's folder",
    NOBODY: "people's folders without a photograph",
    LINK_TO_NOTHING: "links to nothing",
    CIRCLE: "links that lead back",
    AGAIN: "photographs found already by another path",
    FOLDER_AGAIN: "folders searched already by another path",
    FORBIDDEN: "files that may not be read",
}
"""How a reason is said of several, where that is different."""


@dataclass(frozen=True)
class Found:
    """The ``photographs`` found, each once, in the order of their paths, and what was left out:
    pairs of a path and the reason, in plain words."""

    photographs: tuple[Path, ...]
    left_out: tuple[tuple[Path, str], ...] = ()

    def summary(self) -> str:
        """Both in one line, what was left out by reason, such as "12 photographs; left out: 3
        hidden, 1 not a picture, 1 link to nothing"."""
        count = len(self.photographs)
        reasons = Counter(reason for _, reason in self.left_out)
        listed = ", ".join(
            f"{n:,} {reason if n == 1 else _of_several(reason)}"
            for reason, n in reasons.most_common()
        )
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
        """Each person's photographs, in the order of the names."""
        found: dict[str, list[Path]] = {}
        for path, name in zip(self.photographs, self.names, strict=True):
            found.setdefault(name, []).append(path)
        return {name: tuple(paths) for name, paths in sorted(found.items())}


def find(paths: Iterable[str | os.PathLike[str]]) -> Found:
    """The photographs among these files and in these folders, and in the folders inside them.

    A file that is named is always among them, whatever it is called and even if it is not there:
    who reads it then learns what is wrong. Inside a folder one rule holds for everything:

    - What begins with a dot is hidden, and so is all that is in it; what programs leave behind
      (``MACHINE_MADE``) is passed over in the same way.
    - Other files count by their suffix, and where this process may read them.
    - A link counts as what it leads to, unless that is found without it. A link to a folder that
      holds the one searched leads back, and is not followed.
    - A photograph counts once, by its resolved path; copies and hard links are other photographs.

    All that was passed over is in ``left_out``; a hidden folder is there once, not file by file.
    """
    if isinstance(paths, str | os.PathLike):
        raise InputError(f"paths: expected a list of paths, got one; write [{str(paths)!r}]")
    files: list[Path] = []
    folders: list[Path] = []
    for path in map(Path, paths):
        (folders if _paths.is_folder(path) else files).append(path)
    taken: dict[str, Path] = {}
    left_out = []
    named = ((path, _paths.resolved(path), "") for path in files)
    for path, real, reason in chain(named, _walk(folders)):
        if reason:
            left_out.append((path, reason))
        elif _is_other(taken.setdefault(real, path), path):
            left_out.append((path, AGAIN))
    return Found(tuple(sorted(taken.values())), tuple(sorted(left_out)))


def people(folder: str | os.PathLike[str]) -> People:
    """The photographs in a folder with one sub-folder for each person, whose name it has.

    Found as ``find`` does; photographs in folders inside a person's folder are that person's. Files
    beside the people's folders are left out. Raises AssetMissingError if there is no such folder,
    or nobody in it.
    """
    root = Path(folder)
    if not _paths.is_folder(root):
        raise AssetMissingError(
            f"{root}: expected a folder with one sub-folder a person, got {_paths.what(root)} "
            f"(looked in {root.absolute().parent})"
        )
    found = find([root])
    owned = {path: path.relative_to(root).parts for path in found.photographs}
    kept = {path: parts[0] for path, parts in owned.items() if len(parts) > 1}
    left_out = [*found.left_out, *((path, NO_PERSON) for path in owned if path not in kept)]
    known = {path for path, _ in left_out} | {root / name for name in kept.values()}
    with suppress(OSError):  # of a folder that cannot be searched, which is in left_out
        for path in _entries(root):
            if path not in known and _paths.is_folder(path):
                left_out.append((path, NOBODY))
    if not kept:
        raise AssetMissingError(
            f"{root}: expected sub-folders, one a person, with photographs; "
            f"got {Found((), tuple(left_out)).summary()}"
        )
    return People(tuple(kept), tuple(sorted(left_out)), tuple(kept.values()))


def _walk(roots: Iterable[Path]) -> Iterator[tuple[Path, str, str]]:
    """Each file in these folders, its resolved path, and the reason if it is passed over.

    What links lead to comes last.
    """
    readable = _formats.photographs()
    waiting = deque((root, _paths.resolved(root)) for root in roots)
    links = deque[Path]()
    above = {str(folder) for _, real in waiting for folder in Path(real).parents}
    searched: dict[str, Path] = {}
    while waiting or links:
        if waiting:
            path, real = waiting.popleft()
        else:
            path = links.popleft()
            real = _paths.resolved(path)
        kind = _paths.what(path)
        if kind != _paths.FOLDER:
            yield path, real, _why_not(path, kind, readable)
        elif real in above and os.path.islink(path):
            yield path, real, CIRCLE
        elif (first := searched.setdefault(real, path)) is not path:
            if _is_other(first, path):
                yield path, real, FOLDER_AGAIN
        else:
            try:
                entries = _entries(path)
            except OSError as error:
                yield path, real, f"folder that cannot be searched ({error.strerror})"
                continue
            for entry in entries:
                inside = os.path.join(real, entry.name)
                if entry.name.startswith("."):
                    yield entry, inside, HIDDEN
                elif entry.name in MACHINE_MADE:
                    yield entry, inside, PROGRAMS
                elif os.path.islink(entry):
                    links.append(entry)
                else:
                    waiting.append((entry, inside))


def _why_not(path: Path, kind: str, readable: Mapping[str, str]) -> str:
    """Why a file in a folder is passed over; an empty string if it is not."""
    if kind != _paths.FILE:
        reasons = {
            _paths.LINK_TO_NOTHING: LINK_TO_NOTHING,
            _paths.LINK_IN_A_CIRCLE: CIRCLE,
            _paths.OTHER: _paths.OTHER,
        }
        return reasons.get(kind, f"out of reach ({kind})")
    if _formats.is_raw(path):
        return RAW
    reason = readable.get(path.suffix.lower(), NOT_A_PICTURE)
    return reason or ("" if os.access(path, os.R_OK) else FORBIDDEN)


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def _is_other(first: Path, path: Path) -> bool:
    """Whether two paths to the same thing are different paths, and not one written twice."""
    return first is not path and os.path.abspath(first) != os.path.abspath(path)


def _of_several(reason: str) -> str:
    return MANY.get(reason) or re.sub(r"\b(picture|folder)\b", r"\1s", reason, count=1)
