"""The log of a run: one row of CSV for each step and for each validation."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from facenet_lite._files import whole, writing
from facenet_lite.errors import AssetDamagedError

Row: TypeAlias = Mapping[str, float | int | str | None]

STEPS: Final = (
    "step", "seconds", "waited", "learning_rate", "rule", "loss", "triplets", "active_fraction",
    "mean_positive", "mean_negative", "spread",
)  # fmt: skip
"""The columns of ``steps.csv``."""
LOOKS: Final = ("step", "seconds", "auc", "low", "high", "val", "far", "people")
"""The columns of ``looks.csv``; ``people`` says who was looked at."""
WORDS: Final = frozenset({"rule", "people"})
"""The columns that hold words; all others hold numbers, or nothing."""


class Journal:
    """Appends to ``steps.csv`` and ``looks.csv``, after removing the rows from ``step`` on.

    Raises WriteError, and AssetDamagedError for a file that is no log of a run.
    """

    def __init__(self, folder: Path, step: int) -> None:
        self._folder = folder
        for name, columns in {"steps": STEPS, "looks": LOOKS}.items():
            path = folder / f"{name}.csv"
            # a checkpoint is saved after its step's look; a run from the start has had no look
            end = step + 1 if name == "looks" and step else step
            rows = read(folder, name)
            kept = [row for n, row in enumerate(rows, 1) if _step(row, columns, path, n) < end]
            with (
                writing(path),
                whole(path) as part,
                part.open("w", newline="", encoding="utf8") as stream,
            ):
                writer = csv.DictWriter(stream, columns)
                writer.writeheader()
                writer.writerows(kept)

    def add(self, name: str, row: Row) -> None:
        """Write a row."""
        columns = STEPS if name == "steps" else LOOKS
        path = self._folder / f"{name}.csv"
        with writing(path), path.open("a", newline="", encoding="utf8") as stream:
            csv.DictWriter(stream, columns).writerow(
                {key: f"{v:.6g}" if isinstance(v, float) else v for key, v in row.items()}
            )


def read(folder: Path, name: str = "steps") -> list[dict[str, str]]:
    """The complete rows of a run's ``steps`` or ``looks``; empty if nothing was written.

    Raises AssetDamagedError for a file that is no text.
    """
    path = folder / f"{name}.csv"
    if not path.is_file():
        return []
    try:
        with path.open(newline="", encoding="utf8") as stream:
            rows = list(csv.DictReader(stream))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _damaged(path, f"expected a table in UTF-8 ({error})") from error
    return [row for row in rows if all(value is not None for value in row.values())]


def _step(row: Mapping[str, str], columns: Sequence[str], path: Path, number: int) -> int:
    """The step of a row, once all of the row has been checked."""
    if "step" not in row or not set(row) <= set(columns):
        raise _damaged(path, f"expected the columns {', '.join(columns)}, got others")
    column = "step"
    try:
        step = int(row["step"])
        for column, text in row.items():
            if column not in WORDS and text:
                float(text)
    except ValueError as error:
        got = repr(row[column])
        raise _damaged(path, f"row {number}: expected a number for {column}, got {got}") from error
    return step


def _damaged(path: Path, what: str) -> AssetDamagedError:
    return AssetDamagedError(
        f"{path}: {what}; correct it, or remove the file: the run then goes on without the "
        "earlier rows"
    )
