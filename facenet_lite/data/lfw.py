"""Labeled Faces in the Wild (Huang et al. 2007), read from the reader's own copy.

This package contains neither the pictures nor their addresses. A copy is a folder with the
pictures in ``lfw-deepfunneled/NAME/NAME_0001.jpg`` and the official lists beside them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from facenet_lite import imaging
from facenet_lite._checks import check_choice, check_number, describe
from facenet_lite._files import fingerprint
from facenet_lite.data.lfw_pairs import PAIR_LISTS, View, read_pairs
from facenet_lite.errors import AssetDamagedError, AssetMissingError, InputError
from facenet_lite.types import Image, Pairs

Part: TypeAlias = Literal["train", "test", "all"]

VARIABLE: Final = "FACENET_LITE_DATA"
PICTURES: Final = "lfw-deepfunneled"
LISTS: Final = {"train": "peopleDevTrain.txt", "test": "peopleDevTest.txt", "all": "people.txt"}


@dataclass(frozen=True)
class Lfw:
    """A copy of LFW (deep-funneled) in the folder ``root``."""

    root: Path

    def people(self, part: Part = "all") -> dict[str, int]:
        """The number of pictures of each person, by name, in the order of the official list.

        ``train`` and ``test`` are View 1, the development sets; ``all`` is View 2's ten folds.
        Raises AssetMissingError without the list, AssetDamagedError if it is cut off.
        """
        path = self.root / LISTS[check_choice(part, "part", get_args(Part))]
        if not path.is_file():
            raise AssetMissingError(f"{path}: the official list is missing; copy it from LFW")
        try:
            text = path.read_text(encoding="utf-8-sig")
            rows = [line.split("\t") for line in text.splitlines() if line.strip()]
            folds = int(rows[0][0]) if part == "all" else 1
            announced = [int(row[0]) for row in rows if len(row) == 1][-folds:]
            people = {row[0]: int(row[1]) for row in rows if len(row) == 2}
        except (IndexError, ValueError) as error:
            raise AssetDamagedError(
                f"{path}: expected lines of a name, a tab and a number ({error}); copy it again"
            ) from error
        expected = sum(announced) or "some"
        if len(people) != expected:
            raise AssetDamagedError(
                f"{path}: expected {expected} people, got {len(people)}; copy it again"
            )
        return people

    def pairs(self, view: View = "folds") -> Pairs:
        """The pairs of an official list: View 1's ``train`` or ``test``, or View 2's ten ``folds``.

        Raises AssetMissingError without the list, AssetDamagedError if it is cut off.
        """
        return read_pairs(self.root / PAIR_LISTS[check_choice(view, "view", get_args(View))])

    def state(self) -> str:
        """What identifies the copy's contents: its files' names, sizes and times, in one word.

        Whoever keeps something that was made from the pictures, lists or reference keeps it under
        this, so that it is made again when one of them is exchanged.
        """
        listed = sorted(
            (entry.name, entry.stat().st_size, entry.stat().st_mtime_ns)
            for folder in (self.root, *(self.root / PICTURES).glob("*"))
            if folder.is_dir()
            for entry in os.scandir(folder)
            if entry.is_file()
        )
        return fingerprint(listed)

    def path(self, name: str, number: int = 1) -> Path:
        """The path of the picture with this name and number (from 1); it need not exist."""
        check_number(number, "number", low=1, high=9999, integer=True)
        if not isinstance(name, str) or not name or Path(name).name != name or name == "..":
            raise InputError(
                f"name: expected a person's name as in the lists, such as Aaron_Eckhart, "
                f"got {describe(name)}"
            )
        return self.root / PICTURES / name / f"{name}_{number:04d}.jpg"

    def picture(self, name: str, number: int = 1) -> Image:
        """Read a picture: RGB uint8 (250, 250, 3); raises AssetMissingError if it is missing."""
        path = self.path(name, number)
        if not path.is_file():
            raise AssetMissingError(
                f"{path}: this copy of LFW has no such picture; look the name and its number of "
                "pictures up with Lfw.people()"
            )
        return imaging.read_image(path)


def find(folder: str | os.PathLike[str] | None = None) -> Lfw:
    """Find the copy of LFW in ``folder``, or else in ``lfw`` under ``FACENET_LITE_DATA``.

    Raises AssetMissingError, which says what is expected and where.
    """
    given = os.environ.get(VARIABLE)
    if folder is None and not given:
        raise AssetMissingError(
            f"LFW: no folder given; name one (--lfw DIR), or set {VARIABLE} to the folder that "
            f"holds lfw/{PICTURES}"
        )
    root = Path(folder) if folder is not None else Path(str(given)) / "lfw"
    if not (root / PICTURES).is_dir():
        raise AssetMissingError(
            f"{root}: expected a copy of LFW with its pictures in {PICTURES}/; unpack them there"
        )
    return Lfw(root)
