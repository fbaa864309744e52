"""A request to recompute a recorded result, and what the comparison finds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from facenet_lite.book.results import Record


class Finding(NamedTuple):
    """``what`` was compared; ``good``: True, False, or None if it could not be; ``detail``."""

    what: str
    good: bool | None
    detail: str


@dataclass(frozen=True)
class Asked:
    """The recorded result ``name``, and how it is to be computed again.

    ``lfw``: the reader's copy (None: as ``data.lfw.find`` looks for it); ``folder``: where the
    result lies (None: among the package's own); ``full``: everything that needs no training,
    otherwise what takes less than a minute; ``networks``: those to recompute unless all are
    wanted, one for each way of training.
    """

    name: str
    record: Record
    lfw: Path | None = None
    folder: Path | None = None
    full: bool = False
    networks: tuple[str, ...] = ("dlib", "nobody-triplet", "lfw-distilled")
    progress: bool = True

    @property
    def data(self) -> Any:
        """What is recorded."""
        return self.record["data"]
