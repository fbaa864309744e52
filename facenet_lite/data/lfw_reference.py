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
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facenet_lite.data.lfw import Lfw
from facenet_lite.errors import AssetDamagedError, AssetMissingError
from facenet_lite.types import Picture

Field: TypeAlias = Literal["names", "detected", "boxes", "landmarks68", "embeddings"]

NAME: Final = "dlib-reference.npz"
COMMAND: Final = "facenet-lite build lfw-reference --lfw DIR"


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
        raise damaged(file, field, error) from error


def damaged(file: Path, field: Field, error: Exception) -> AssetDamagedError:
    """The error that says which field could not be read, and the command that makes the file."""
    return AssetDamagedError(
        f"{file}: expected {field} of every listed picture ({error}); move it away, and make it "
        f"again: `{COMMAND}`"
    )
