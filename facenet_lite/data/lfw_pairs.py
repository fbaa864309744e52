"""LFW's pairs of pictures, of one person or of two, in the folds of the official lists."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np

from facenet_lite.errors import AssetDamagedError, AssetMissingError
from facenet_lite.types import Pairs, Picture

View: TypeAlias = Literal["train", "test", "folds"]
PAIR_LISTS: Final = {"train": "pairsDevTrain.txt", "test": "pairsDevTest.txt", "folds": "pairs.txt"}


def read_pairs(path: Path) -> Pairs:
    """Read an official list of pairs.

    The first line is ``10<tab>300``: ten folds, each with 300 pairs of one person and then 300 of
    two people. A list with a single fold gives only the second number. Folds count from 0. Raises
    AssetMissingError without the list, AssetDamagedError if it does not match its first line.
    """
    if not path.is_file():
        raise AssetMissingError(f"{path}: the official list is missing; copy it from LFW")
    try:
        # subtle: an editor may have put a byte-order mark before the first number.
        text = path.read_text(encoding="utf-8-sig")
        rows = [line.split("\t") for line in text.splitlines() if line.strip()]
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
