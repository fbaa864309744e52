"""The log of a run: one row of CSV for each step and for each validation."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeAlias

from facenet_lite._files import whole

Row: TypeAlias = Mapping[str, float | int | str | None]

STEPS: Final = (
    "step", "seconds", "waited", "learning_rate", "rule", "loss", "triplets", "active_fraction",
    "mean_positive", "mean_negative", "spread",
)  # fmt: skip
"""The columns of ``steps.csv``."""
LOOKS: Final = ("step", "seconds", "auc", "low", "high", "val", "far")
"""The columns of ``looks.csv``."""


class Journal:
    """Appends to ``steps.csv`` and ``looks.csv``, after removing the rows from ``step`` on."""

    def __init__(self, folder: Path, step: int) -> None:
        self._folder = folder
        for name, columns in {"steps": STEPS, "looks": LOOKS}.items():
            path = folder / f"{name}.csv"
            # a checkpoint is saved after its step's look; a run from the start has had no look
            end = step + 1 if name == "looks" and step else step
            kept = [row for row in read(folder, name) if int(row["step"]) < end]
            with whole(path) as part, part.open("w", newline="", encoding="utf8") as stream:
                writer = csv.DictWriter(stream, columns)
                writer.writeheader()
                writer.writerows(kept)

    def add(self, name: str, row: Row) -> None:
        """Write a row."""
        columns = STEPS if name == "steps" else LOOKS
        with (self._folder / f"{name}.csv").open("a", newline="", encoding="utf8") as stream:
            csv.DictWriter(stream, columns).writerow(
                {key: f"{v:.6g}" if isinstance(v, float) else v for key, v in row.items()}
            )


def read(folder: Path, name: str = "steps") -> list[dict[str, str]]:
    """The complete rows of a run's ``steps`` or ``looks``; empty if nothing was written."""
    path = folder / f"{name}.csv"
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf8") as stream:
        rows = list(csv.DictReader(stream))
    return [row for row in rows if all(value is not None for value in row.values())]
