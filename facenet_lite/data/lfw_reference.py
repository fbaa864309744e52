"""Read what dlib finds in LFW's pictures from a file beside them: ``dlib-reference.npz``.

``facenet-lite build lfw-reference --lfw DIR`` makes the file from the reader's own copy. For N
pictures it holds: ``names``, such as ``AJ_Cook/AJ_Cook_0001.jpg``, sorted; ``detected`` bool (N,),
whether dlib's HOG detector finds a face; ``boxes`` int16 (N, 4), x1, y1, x2, y2 of the most central
face, with right and bottom *included*, as dlib gives them; ``landmarks68`` int16 (N, 68, 2); and
``embeddings`` float32 (N, 128), of the face cropped by dlib's 5 landmarks.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facenet_lite.data.lfw import Lfw
from facenet_lite.errors import AssetDamagedError, AssetMissingError
from facenet_lite.types import Picture

Field: TypeAlias = Literal["names", "detected", "boxes", "landmarks68", "embeddings"]

NAME: Final = "dlib-reference.npz"
COMMAND: Final = "facenet-lite build lfw-reference --lfw DIR"


class Embedded(NamedTuple):
    """``pictures``, N of them; ``vectors``, their embeddings, float32 (N, 128); ``people``, int64
    (N,), numbered in the order of their names; ``left_out``, the number of further pictures, in
    which HOG finds no face."""

    pictures: list[Picture]
    vectors: NDArray[np.float32]
    people: NDArray[np.int64]
    left_out: int


@dataclass(frozen=True, eq=False)
class LfwEmbeddings:
    """``train``: float32 (N, 128), embeddings of View 1's training people, for building a model;
    ``test``: (M, 128), those of its test people, none of whom is in ``train``. ``train_people`` and
    ``test_people``: who is in each picture, in ascending whole numbers."""

    train: NDArray[np.float32]
    train_people: NDArray[np.int64]
    test: NDArray[np.float32]
    test_people: NDArray[np.int64]

    @property
    def one_each(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The first picture of every training person and of every test person."""
        train = self.train[np.unique(self.train_people, return_index=True)[1]]
        return train, self.test[np.unique(self.test_people, return_index=True)[1]]

    @property
    def first_two(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The first and the second picture of every training person with at least two."""
        first = np.unique(self.train_people, return_index=True)[1]
        first = first[first + 1 < len(self.train)]
        both = first[self.train_people[first] == self.train_people[first + 1]]
        return self.train[both], self.train[both + 1]


def path(copy: Lfw) -> Path:
    """The path of the file in a copy of LFW; it need not exist."""
    return copy.root / NAME


def check(copy: Lfw) -> Path:
    """The same path; without the file, raises AssetMissingError with the command to make it."""
    if not path(copy).is_file():
        raise AssetMissingError(
            f"{path(copy)}: expected what dlib finds in LFW's pictures; make it with "
            f"`{COMMAND}` (half an hour of one core)"
        )
    return path(copy)


def read(copy: Lfw, field: Field, pictures: Sequence[Picture] | None = None) -> NDArray[Any]:
    """A field's rows for these pictures, in their order; if None, for all pictures in the file.

    Raises AssetMissingError without the file, AssetDamagedError if it lacks the field or one of the
    pictures.
    """
    file = check(copy)
    try:
        # subtle: given a path, np.load leaves a damaged file open.
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            values: NDArray[Any] = stored[field]
            if pictures is None:
                return values
            rows = {name: row for row, name in enumerate(stored["names"].tolist())}
            return values[[rows[f"{name}/{name}_{number:04d}.jpg"] for name, number in pictures]]
    except (
        *(KeyError, IndexError, ValueError, OSError, EOFError),
        *(zipfile.BadZipFile, zlib.error),
    ) as error:
        raise _damaged(file, field, error) from error


def _damaged(file: Path, field: Field, error: Exception) -> AssetDamagedError:
    return AssetDamagedError(
        f"{file}: expected {field} of every listed picture ({error}); move it away, and make it "
        f"again: `{COMMAND}`"
    )


def embedded(copy: Lfw, *, undetected: bool = False) -> Embedded:
    """The embeddings of all pictures in which HOG finds a face; with ``undetected`` also those of
    the others, from the box where funneling puts a face. Raises as ``read`` does."""
    names = read(copy, "names")
    kept = np.ones(len(names), bool) if undetected else read(copy, "detected")
    try:
        pictures = [(file.split("/")[0], int(file[-8:-4])) for file in names[kept].tolist()]
    except ValueError as error:
        raise _damaged(path(copy), "names", error) from error
    people = np.unique([name for name, _ in pictures], return_inverse=True)[1].astype(np.int64)
    vectors = read(copy, "embeddings")[kept].astype(np.float32)
    return Embedded(pictures, vectors, people, int((~kept).sum()))


def by_view1(copy: Lfw) -> LfwEmbeddings:
    """The embeddings of all detected faces in View 1. Raises as ``read`` does."""
    found = []
    for part in ("train", "test"):
        listed = enumerate(copy.people(part).items())
        rows = [(who, (name, n)) for who, (name, count) in listed for n in range(1, count + 1)]
        pictures = [picture for _, picture in rows]
        seen = read(copy, "detected", pictures)
        people = np.array([who for who, _ in rows], np.int64)
        found += [read(copy, "embeddings", pictures)[seen], people[seen]]
    return LfwEmbeddings(*found)
