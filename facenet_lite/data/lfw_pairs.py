"""LFW's pairs of pictures: one person or two, in the folds that the official lists give."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facenet_lite.errors import AssetDamagedError, AssetMissingError

View: TypeAlias = Literal["train", "test", "folds"]
Picture: TypeAlias = tuple[str, int]
"""A person's name and the number of the picture, from 1."""

PAIR_LISTS: Final = {"train": "pairsDevTrain.txt", "test": "pairsDevTest.txt", "folds": "pairs.txt"}


@dataclass(frozen=True, eq=False)
class Pairs:
    """P pairs in the order of their list.

    ``first`` and ``second``: the pictures; ``is_same`` bool (P,); ``folds`` intp (P,), counted from
    0 as the list gives them.
    """

    first: tuple[Picture, ...]
    second: tuple[Picture, ...]
    is_same: NDArray[np.bool_]
    folds: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.first)

    def pictures(self, fold: int | None = None) -> list[Picture]:
        """Every picture of a fold (of all if None) once, in the order in which it first appears."""
        rows = range(len(self)) if fold is None else np.flatnonzero(self.folds == fold).tolist()
        return list(dict.fromkeys(pair[i] for i in rows for pair in (self.first, self.second)))


def read_pairs(path: Path) -> Pairs:
    """Read an official list of pairs.

    Its first line is the number of folds and, of each fold, the number of pairs of one person and
    of pairs of two: ``10<tab>300``, or only the latter where there is one fold. Raises
    AssetMissingError without the list, AssetDamagedError for one that does not keep to its head.
    """
    if not path.is_file():
        raise AssetMissingError(f"{path}: the official list is missing; copy it from LFW")
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line]
    try:
        *more, each = (int(number) for number in rows[0])
        folds = more[0] if more else 1
        same = np.tile(np.repeat([True, False], each), folds)
        if len(rows) - 1 != len(same):
            raise ValueError(f"{len(same)} pairs are announced, {len(rows) - 1} follow")
        first, second = zip(*map(_pair, rows[1:], same.tolist()), strict=True)
    except (IndexError, ValueError) as error:
        raise AssetDamagedError(
            f"{path}: expected pairs as LFW lists them ({error}); copy it again"
        ) from error
    return Pairs(first, second, same, np.repeat(np.arange(folds), 2 * each))


def _pair(row: list[str], same: bool) -> tuple[Picture, Picture]:
    if len(row) != (3 if same else 4):
        raise ValueError(f"a line has {len(row)} parts: {row}")
    return (row[0], int(row[1])), (row[0] if same else row[2], int(row[-1]))
