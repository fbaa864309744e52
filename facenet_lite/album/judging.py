"""How good a network is on photographs of your own: people in folders, or a list of pairs."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import evaluate
from facenet_lite.album.gallery import Gallery
from facenet_lite.album.table import FaceTable
from facenet_lite.album.verification import largest
from facenet_lite.distances import pairwise_squared_distances, squared_distances
from facenet_lite.errors import AssetMissingError, InputError

FARS: Final = (1e-1, 1e-2, 1e-3)
YES, NO = ("1", "true", "yes", "same"), ("0", "false", "no", "different")


@dataclass(frozen=True, eq=False)
class Judged:
    """Pairs whose answer is known, and what the network's distances say of them.

    ``squared`` float32 (P,) and ``is_same`` bool (P,); ``people``: whole numbers (P, 2), who is on
    each, None where a list does not say; ``left_out``: pairs without a face on both photographs.
    """

    squared: NDArray[np.float32]
    is_same: NDArray[np.bool_]
    people: NDArray[np.int64] | None
    left_out: int = 0

    @property
    def auc(self) -> float:
        """The area under the ROC curve: how often a pair of one person is nearer than another."""
        return evaluate.area_under_roc(self.squared[self.is_same], self.squared[~self.is_same])

    @property
    def val(self) -> tuple[evaluate.ValAtFar, ...]:
        """VAL at each of ``FARS``."""
        return tuple(evaluate.val_at_far(self.squared, self.is_same, far) for far in FARS)

    def lines(self, threshold: float | None) -> list[str]:
        """All of it in words; ``threshold``: one whose rates are wanted too."""
        same = int(self.is_same.sum())
        found = [
            f"{same:,} pairs of one person, {len(self.is_same) - same:,} of strangers"
            f"{f'; {self.left_out:,} pairs have no face on both' if self.left_out else ''}",
            f"AUC {self.auc:.4f}",
            *(f"VAL at FAR {row.asked:g}: {self._in_words(row)}" for row in self.val),
        ]
        if threshold is not None:
            accepted = self.squared <= threshold
            found.append(
                f"at the threshold {threshold:.4g}: {int(accepted[~self.is_same].sum()):,} of "
                f"{len(self.is_same) - same:,} pairs of strangers accepted, "
                f"{int((~accepted)[self.is_same].sum()):,} of {same:,} of one person refused"
            )
        return found

    def _in_words(self, row: evaluate.ValAtFar) -> str:
        if row.point is None or self.people is None:
            return str(row)
        first, second = self.people.T
        measured = evaluate.measure(
            self.squared, first, second, row.threshold, rng=np.random.default_rng(0)
        )
        low, high = measured.val_interval
        return f"{row.val:.1%} ({low:.1%} to {high:.1%}) at D <= {row.threshold:.4f}"


def judge_people(table: FaceTable) -> Judged:
    """All pairs of the photographs of a table with names, by the largest face of each.

    Raises InputError where nobody is named or all pairs are of one kind.
    """
    faces = Gallery.of(table).table
    _, who = np.unique(faces.names, return_inverse=True)
    first, second = np.triu_indices(len(faces), 1)
    squared = pairwise_squared_distances(faces.embeddings)[first, second]
    people = np.column_stack((who[first], who[second])).astype(np.int64)
    return _checked(Judged(squared, people[:, 0] == people[:, 1], people))


def judge_pairs(table: FaceTable, pairs: Sequence[tuple[Path, Path, bool]]) -> Judged:
    """The listed pairs, by the largest face of each photograph.

    Raises InputError where all pairs that have a face on both are of one kind.
    """
    chosen = {}
    for path in {str(path) for pair in pairs for path in pair[:2]}:
        faces = table.of(path)
        if len(faces):
            chosen[path] = faces.embeddings[largest(faces.boxes)]
    have = [pair for pair in pairs if str(pair[0]) in chosen and str(pair[1]) in chosen]
    if not have:
        raise InputError("pairs: expected a face on both photographs of some pair, got none")
    a, b = (np.stack([chosen[str(pair[side])] for pair in have]) for side in (0, 1))
    is_same = np.array([pair[2] for pair in have])
    return _checked(Judged(squared_distances(a, b), is_same, None, len(pairs) - len(have)))


def read_pair_list(path: str | os.PathLike[str]) -> list[tuple[Path, Path, bool]]:
    """Read a list of pairs: on each line two photographs and 1 or 0, whether they show one person.

    Commas, semicolons or tabs separate them; paths count from the list's own folder; empty lines, a
    first line with titles and a byte-order mark are skipped. Raises AssetMissingError if there is
    no such file, InputError that names the line for anything else, also for a photograph that is
    not there or that is compared with itself.
    """
    source = Path(path)
    if not source.is_file():
        raise AssetMissingError(f"{source}: there is no such list of pairs")
    try:
        text = source.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{source}: expected text in UTF-8 ({error}); save it as such") from error
    lines = text.splitlines()
    separator = max(",;\t", key=text.count)
    found = []
    for number, row in enumerate(csv.reader(lines, delimiter=separator), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        answer = cells[2].lower() if len(cells) == 3 else ""
        a, b = (source.parent / cell for cell in (*cells, "", "")[:2])
        if number == 1 and len(cells) == 3 and not a.is_file() and not b.is_file():
            continue  # titles
        if answer not in (*YES, *NO):
            raise InputError(
                f"{source}, line {number}: expected two photographs and 1 (the same person) or 0, "
                f"got {lines[number - 1][:80]!r}"
            )
        for photograph in (a, b):
            if not photograph.is_file():
                raise InputError(f"{source}, line {number}: there is no photograph {photograph}")
        if a.resolve() == b.resolve():
            raise InputError(f"{source}, line {number}: {a} is compared with itself")
        found.append((a, b, answer in YES))
    return found


def _checked(judged: Judged) -> Judged:
    if judged.is_same.all() or not judged.is_same.any():
        kind = "one person" if judged.is_same.all() else "strangers"
        raise InputError(
            f"pairs: expected pairs of one person and of strangers, got only {kind}; two people "
            "with two photographs each are the least"
        )
    return judged
