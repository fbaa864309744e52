"""Clusters of an album as something to look at: a folder for each, and a contact sheet."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from facenet_lite import imaging
from facenet_lite._checks import check_array
from facenet_lite.album.table import FaceTable
from facenet_lite.align import crop
from facenet_lite.errors import ImageError, InputError
from facenet_lite.types import Image

FACE: Final = 96
"""The side of a face on a contact sheet, in pixels."""
ACROSS: Final = 10
GAP: Final = 6
LABEL: Final = 22


def by_size(table: FaceTable, clusters: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Clusters renumbered from 0, that with the most photographs first, and how many each has.

    ``clusters``: int64 (N,), one for each face of the table; returns int64 (N,) and (C,). Equal
    ones keep their order.
    """
    found = check_array(clusters, "clusters", shape=(len(table),), dtype=np.int64)
    names, rows = np.unique(found, return_inverse=True)
    both = np.unique(np.column_stack((rows, table.photo)), axis=0)
    sizes = np.bincount(both[:, 0], minlength=len(names))
    order = np.argsort(-sizes, kind="stable")
    places = np.argsort(order, kind="stable")
    return places[rows].astype(np.int64), sizes[order].astype(np.int64)


def link_folders(
    table: FaceTable, clusters: ArrayLike, folder: str | os.PathLike[str], *, names: Sequence[str]
) -> list[Path]:
    """Make a folder for each cluster with links to its photographs; returns the folders.

    ``clusters``: int64 (N,), one for each face of the table; ``names``: of the folders, by cluster.
    Where the system allows no links the photographs are copied. Raises InputError where ``folder``
    holds something already, so that nothing of the reader's is mixed in or lost.
    """
    found = check_array(clusters, "clusters", shape=(len(table),), dtype=np.int64)
    root = Path(folder)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise InputError(f"{root}: expected a new or an empty folder; name another, or empty it")
    made = []
    for number, name in enumerate(names):
        group = root / name
        group.mkdir(parents=True, exist_ok=True)
        rows = np.unique(table.photo[found == number])
        for row in rows:
            photograph = Path(table.photographs[row]).absolute()
            place, more = group / photograph.name, 1
            while place.is_symlink() or place.exists():  # another folder's photograph of that name
                more += 1
                place = group / f"{photograph.stem}-{more}{photograph.suffix}"
            try:
                place.symlink_to(photograph)
            except OSError:
                shutil.copy2(photograph, place)
        made.append(group)
    return made


def contact_sheet(
    table: FaceTable, clusters: ArrayLike, *, names: Sequence[str], most: int = ACROSS
) -> Image:
    """A picture with a row of faces for each cluster, RGB uint8; at most ``most`` faces a row.

    ``clusters`` and ``names`` as in ``link_folders``. The photographs are read again for it; the
    place of one that is gone stays grey.
    """
    found = check_array(clusters, "clusters", shape=(len(table),), dtype=np.int64)
    row_height = FACE + LABEL + GAP
    width = 2 * GAP + most * (FACE + GAP)
    sheet = Pictures.new("RGB", (width, GAP + max(1, len(names)) * row_height), (255, 255, 255))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for number, name in enumerate(names):
        faces = np.flatnonzero(found == number)
        top = GAP + number * row_height
        more = f", the first {most} shown" if len(faces) > most else ""
        text = f"{name}: {len(faces)} face{'' if len(faces) == 1 else 's'}{more}"
        draw.text((GAP, top), text, fill=(38, 50, 56), font=font)
        for place, face in enumerate(faces[:most].tolist()):
            sheet.paste(_tile(table, face), (GAP + place * (FACE + GAP), top + LABEL))
    return np.asarray(sheet, np.uint8)


def _tile(table: FaceTable, face: int) -> Pictures.Image:
    try:
        image = imaging.read_image(table.paths[face])
    except (ImageError, FileNotFoundError):
        return Pictures.new("RGB", (FACE, FACE), (150, 158, 163))
    return Pictures.fromarray(crop(image, table.landmarks[face : face + 1], FACE)[0])
