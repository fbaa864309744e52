"""The faces of many photographs in one table, kept as NPZ or written as CSV."""

from __future__ import annotations

import csv
import json
import os
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_boxes
from facenet_lite._files import whole
from facenet_lite.errors import InputError
from facenet_lite.types import Boxes

Floats: TypeAlias = NDArray[np.float32]

FORMAT: Final = 1
"""The version of this form of file."""
COLUMNS: Final = (
    "photograph",
    "person",
    "x1",
    "y1",
    "x2",
    "y2",
    "score",
    "inside",
    "size",
    "sharpness",
)
"""The first columns of a CSV file; the numbers of the embedding, e0 to eD-1, follow."""


@dataclass(frozen=True)
class MadeBy:
    """What the faces were found and embedded with; only tables of one source can be compared.

    ``model``: the network's name or file; ``weights``: what identifies its weights; ``detector``:
    the detector's name and settings, in words.
    """

    model: str
    weights: str
    detector: str


@dataclass(frozen=True, eq=False)
class FaceTable:
    """N faces in P photographs, in the order of the photographs, and surest first in each.

    ``photographs``: the P paths, those without a face among them; ``digests``: what identifies
    their contents; ``people``: whose photographs they are, empty where nobody has said.
    ``photo``: int64 (N,), the row of each face's photograph. ``boxes`` float32 (N, 4), ``scores``
    (N,) and ``landmarks`` (N, 5, 2) as in ``embed.Faces``; ``inside``, ``size`` and ``sharpness``,
    float32 (N,), its quality;
    ``embeddings`` float32 (N, D). ``failed``: path and reason for each photograph that could not
    be read. Raises InputError for arrays that do not fit each other.
    """

    source: MadeBy
    photographs: tuple[str, ...]
    digests: tuple[str, ...]
    photo: NDArray[np.int64]
    boxes: Boxes
    scores: Floats
    landmarks: Floats
    inside: Floats
    size: Floats
    sharpness: Floats
    embeddings: Floats
    people: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        boxes = check_boxes(self.boxes)
        count = len(boxes)
        checked: dict[str, NDArray[Any]] = {"boxes": boxes}
        for name in ("scores", "inside", "size", "sharpness"):
            value = getattr(self, name)
            checked[name] = check_array(value, name, shape=(count,), dtype=np.float32)
        checked["landmarks"] = check_array(
            self.landmarks, "landmarks", shape=(count, 5, 2), dtype=np.float32
        )
        checked["embeddings"] = check_array(
            self.embeddings, "embeddings", shape=(count, None), dtype=np.float32
        )
        photo = check_array(self.photo, "photo", shape=(count,), dtype=np.int64)
        if count and (np.diff(photo) < 0).any():
            raise InputError("photo: expected the faces in the order of their photographs")
        if count and not 0 <= photo.min() <= photo.max() < len(self.photographs):
            raise InputError(
                f"photo: expected rows of the {len(self.photographs)} photographs, got "
                f"{photo.min()} to {photo.max()}"
            )
        count = len(self.photographs)
        if len(self.digests) != count or len(self.people) not in (0, count):
            raise InputError(
                f"digests, people: expected one for each of {count} photographs, got "
                f"{len(self.digests)} and {len(self.people)}"
            )
        for name, value in (checked | {"photo": photo}).items():
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.boxes)

    @classmethod
    def empty(cls, source: MadeBy, dimension: int) -> FaceTable:
        """A table of no photographs, for embeddings of ``dimension`` numbers."""
        shapes = {"boxes": (0, 4), "landmarks": (0, 5, 2), "embeddings": (0, dimension)}
        arrays: dict[str, Any] = {
            name: np.zeros(shapes.get(name, (0,)), np.float32) for name in _ARRAYS
        }
        return cls(source, (), (), **arrays | {"photo": np.zeros(0, np.int64)})

    @property
    def names(self) -> list[str]:
        """Whose face each is, as its photograph is filed; empty where nobody has said."""
        return [self.people[row] for row in self.photo] if self.people else []

    @property
    def paths(self) -> list[str]:
        """The path of each face's photograph."""
        return [self.photographs[row] for row in self.photo]

    def of(self, photograph: str) -> FaceTable:
        """The table of one photograph's faces, or of none if it could not be read."""
        if photograph not in self._rows:
            return FaceTable.empty(self.source, self.embeddings.shape[1])
        row = self._rows[photograph]
        start, end = np.searchsorted(self.photo, (row, row + 1))
        arrays = {name: getattr(self, name)[start:end] for name in _ARRAYS}
        return FaceTable(
            self.source,
            (photograph,),
            (self.digests[row],),
            people=self.people[row : row + 1],
            **arrays | {"photo": np.zeros(end - start, np.int64)},
        )

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.photographs)}

    def take(self, faces: ArrayLike) -> FaceTable:
        """The table with these faces only, rows or a mask; the photographs stay."""
        chosen = np.asarray(faces)
        rows = np.sort(np.arange(len(self))[chosen if chosen.size else np.zeros(0, np.intp)])
        return replace(self, **{name: getattr(self, name)[rows] for name in _ARRAYS})

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the table, as NPZ, or as CSV without landmarks; returns the path.

        Raises InputError for another suffix than .npz or .csv, and OSError where the file cannot
        be written.
        """
        target = Path(path)
        if target.suffix.lower() not in (".npz", ".csv"):
            raise InputError(f"{target}: expected a name that ends in .npz or .csv")
        with whole(target) as part:
            if target.suffix.lower() == ".csv":
                self._write_csv(part)
            else:
                self._write_npz(part)
        return target

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> FaceTable:
        """Read what ``save`` wrote as NPZ.

        Raises FileNotFoundError if there is no such file, and InputError if it is something else.
        """
        source = Path(path)
        if not source.exists():
            raise FileNotFoundError(f"{source}: there is no such file; facenet-lite embed makes it")
        try:
            with source.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                header = json.loads(str(file["header"]))
                arrays = {name: file[name] for name in _ARRAYS}
            if header["format"] != FORMAT:
                raise ValueError(f"format {header['format']}")
            made = MadeBy(**header["source"])
            photographs, digests, people = (
                tuple(map(str, header[name])) for name in ("photographs", "digests", "people")
            )
            failed = tuple((str(path), str(why)) for path, why in header["failed"])
            return cls(made, photographs, digests, people=people, failed=failed, **arrays)
        except _NOT_A_TABLE as error:
            raise InputError(
                f"{source}: expected a table of faces in NPZ, as facenet-lite embed writes it "
                f"({error}); make it again"
            ) from error

    @classmethod
    def merge(cls, tables: Sequence[FaceTable]) -> FaceTable:
        """One table of several, such as the parts of a folder that machines have shared.

        A photograph in several of them counts once, as in the first. Raises InputError for no
        table, or for tables of different sources, whose embeddings cannot be compared.
        """
        if not tables:
            raise InputError("tables: expected at least one, got none")
        sources = list(dict.fromkeys(table.source for table in tables))
        if len(sources) > 1:
            raise InputError(
                "tables: expected one model, one set of weights and one detector, got "
                f"{' and '.join(map(str, sources))}; embeddings of different models cannot be "
                "compared"
            )
        if len({bool(table.people) for table in tables if table.photographs}) > 1:
            raise InputError("tables: expected people named in all of them or in none")
        rows: dict[str, int] = {}
        kept: list[FaceTable] = []
        places: list[NDArray[np.int64]] = []
        listed: dict[str, list[str]] = {"digests": [], "people": []}
        for table in tables:
            fresh = np.array([name not in rows for name in table.photographs], bool)
            for name, values in listed.items():
                values += [v for v, new in zip(getattr(table, name), fresh, strict=False) if new]
            for name in table.photographs:
                rows.setdefault(name, len(rows))
            kept.append(table.take(fresh[table.photo]))
            places.append(np.array([rows[name] for name in kept[-1].paths], np.int64))
        joined: dict[str, Any] = {
            name: np.concatenate([getattr(part, name) for part in kept]) for name in _ARRAYS
        }
        failed = dict(failure for table in tables for failure in table.failed)
        return cls(
            sources[0],
            tuple(rows),
            tuple(listed["digests"]),
            people=tuple(listed["people"]),
            failed=tuple((name, why) for name, why in failed.items() if name not in rows),
            **joined | {"photo": np.concatenate(places)},
        )

    def _write_npz(self, part: Path) -> None:
        header = {
            "format": FORMAT,
            "source": vars(self.source),
            "photographs": self.photographs,
            "digests": self.digests,
            "people": self.people,
            "failed": self.failed,
        }
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        with part.open("wb") as stream:
            np.savez_compressed(stream, header=np.array(json.dumps(header)), **arrays)

    def _write_csv(self, part: Path) -> None:
        dimension = self.embeddings.shape[1]
        # surrogateescape: a path that is not UTF-8 comes out as the bytes that it is.
        with part.open("w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
            rows = csv.writer(stream)
            rows.writerow([*COLUMNS, *(f"e{i}" for i in range(dimension))])
            quality = np.column_stack((self.scores, self.inside, self.size, self.sharpness))
            values = np.column_stack((self.boxes, quality, self.embeddings))
            names = self.names or [""] * len(self)
            for path, name, row in zip(self.paths, names, values, strict=True):
                rows.writerow([path, name, *(f"{value:.8g}" for value in row)])


_ARRAYS: Final = tuple(
    field.name for field in fields(FaceTable)
    if field.name not in ("source", "photographs", "digests", "people", "failed")
)  # fmt: skip
_NOT_A_TABLE: Final = (
    OSError, EOFError, NotImplementedError, ValueError, KeyError, TypeError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What NumPy, zip and our own checks raise on a file that is something else."""
