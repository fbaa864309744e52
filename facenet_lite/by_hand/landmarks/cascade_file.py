"""Read dlib's landmarker from its file.

The file contains the mean shape, the trees level by level, and each level's places. Every tree
takes the same number of values, so a level's trees are read at once and reshaped.
"""

from __future__ import annotations

import os
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite.by_hand.landmarks.cascade import TreeCascade, TreeLevel
from facenet_lite.dlib_file import DlibReader

VERSION: Final = 1
PER_QUESTION: Final = 4
"""A question takes this many whole numbers: two places, the threshold's mantissa and exponent."""
LARGEST: Final = 1_000_000
"""A larger number cannot be a count: the file is of another kind."""


def read_cascade(source: str | os.PathLike[str] | bytes) -> TreeCascade:
    """Read a shape predictor's ``.dat`` file: a path, or its bytes.

    Raises DlibFileError for other files, FileNotFoundError where there is none.
    """
    file = DlibReader.of(source)
    file.version(VERSION, what="a shape predictor")
    header = [file.integer(), file.integer()]  # a column of numbers: rows and columns, negated
    if not 0 < -header[0] <= LARGEST or header[0] % 2 or header[1] != -1:
        raise file.error(f"expected the header of a column of numbers, got {header}")
    mean = _reals(file, -header[0]).reshape(-1, 2)
    forests = [_forest(file, len(mean)) for _ in range(_count(file))]
    anchors = [file.integers(_count(file)) for _ in range(_count(file, len(forests)))]
    columns = [_reals(file, 2 * _count(file)) for _ in range(_count(file, len(forests)))]
    if not file.at_end:
        raise file.error("expected the end of the file")
    levels = []
    for anchor, column, forest in zip(anchors, columns, forests, strict=True):
        delta = column.reshape(-1, 2)
        known = anchor.min() >= 0 and anchor.max() < len(mean) and forest[0].max() < len(anchor)
        if len(anchor) != len(delta) or not known:
            raise file.error("expected places that exist; the file is damaged")
        levels.append(TreeLevel(anchor, delta, *forest))
    return TreeCascade(mean, levels)


def _forest(
    file: DlibReader, points: int
) -> tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.float32]]:
    """A level's trees: pairs (T, S, 2), thresholds (T, S), leaves (T, S + 1, K, 2)."""
    trees, start = _count(file), file.position
    questions = _count(file)
    file.position = start  # this number begins every tree, including this first one
    head, leaf = 1 + PER_QUESTION * questions, 2 + 4 * points
    table = file.integers(trees * (head + 1 + (questions + 1) * leaf)).reshape(trees, -1)
    asked = table[:, 1:head].reshape(trees, questions, PER_QUESTION)
    leaves = table[:, head + 1 :].reshape(trees, questions + 1, leaf)
    whole = questions & (questions + 1) == 0  # 2^D - 1
    uniform = whole and (table[:, 0] == questions).all() and (table[:, head] == questions + 1).all()
    if not uniform or (leaves[..., :2] != [-2 * points, -1]).any() or asked[..., :2].min() < 0:
        raise file.error(f"expected {trees} trees of {questions} questions each")
    numbers = leaves[..., 2:].reshape(trees, questions + 1, points, 2, 2)
    return asked[..., :2], _float(file, asked[..., 2:]), _float(file, numbers)


def _count(file: DlibReader, expected: int | None = None) -> int:
    found = file.integer()
    if not 1 <= found <= LARGEST or expected not in (None, found):
        raise file.error(f"expected a count{f' of {expected}' if expected else ''}, got {found}")
    return found


def _reals(file: DlibReader, count: int) -> NDArray[np.float32]:
    return _float(file, file.integers(2 * count).reshape(count, 2))


def _float(file: DlibReader, pairs: NDArray[np.int64]) -> NDArray[np.float32]:
    """Mantissas and exponents (..., 2) as float32 (...)."""
    with np.errstate(over="ignore"):  # what overflows is refused below
        values = np.ldexp(pairs[..., 0].astype(np.float64), pairs[..., 1])
    if not np.isfinite(values).all():
        raise file.error("expected finite numbers, got NaN or infinity")
    return values.astype(np.float32)
