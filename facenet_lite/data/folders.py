"""A folder of people: one sub-folder each, with its pictures."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import align, imaging
from facenet_lite._checks import check_number
from facenet_lite.detect import Detector
from facenet_lite.errors import AssetMissingError, ImageError
from facenet_lite.landmarks import Landmarker, reframe

SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})


@dataclass(frozen=True, eq=False)
class CroppedFaces:
    """``crops``: RGB uint8 (N, S, S, 3); ``labels``: int64 (N,), places in ``names``;
    ``without``: the pictures in which no face was found or that cannot be read."""

    crops: NDArray[np.uint8]
    labels: NDArray[np.int64]
    names: tuple[str, ...]
    without: tuple[Path, ...]


def people(folder: str | os.PathLike[str]) -> dict[str, list[Path]]:
    """The pictures of each sub-folder, by its name, both in alphabetical order.

    Raises AssetMissingError where there is no folder, or none in it with a picture.
    """
    root = Path(folder)
    if not root.is_dir():
        raise AssetMissingError(f"{root}: expected a folder with one sub-folder a person")
    found = {}
    for person in sorted(path for path in root.iterdir() if path.is_dir()):
        pictures = sorted(p for p in person.iterdir() if p.suffix.lower() in SUFFIXES)
        if pictures:
            found[person.name] = pictures
    if not found:
        raise AssetMissingError(
            f"{root}: expected sub-folders, one a person, with pictures ("
            f"{', '.join(sorted(SUFFIXES))}); got none"
        )
    return found


def crop_faces(
    pictures: dict[str, Sequence[Path]] | dict[str, list[Path]],
    detector: Detector,
    landmarker: Landmarker,
    *,
    size: int = 96,
    crop_margin: float = 0.25,
    progress: bool = False,
) -> CroppedFaces:
    """Detect, align and crop the most central face of every picture of every person.

    A picture without a face, or that cannot be read, is named in ``without``, never dropped
    silently. ``progress`` shows a bar of pictures.
    """
    from tqdm import tqdm

    check_number(size, "size", low=1, integer=True)
    crops, labels, without = [np.zeros((0, size, size, 3), np.uint8)], [], []
    work = [(label, path) for label, paths in enumerate(pictures.values()) for path in paths]
    for label, path in tqdm(work, disable=not progress, unit="picture"):
        try:
            image = imaging.read_image(path)
        except ImageError:
            without.append(path)
            continue
        found = detector.detect(image).boxes
        height, width = image.shape[:2]
        chosen = found[align.choose(found, "most_central", height=height, width=width)]
        if len(chosen) == 0:
            without.append(path)
            continue
        points = landmarker.locate(image, reframe(chosen, detector.name))
        crops.append(align.crop(image, points, size, crop_margin=crop_margin))
        labels.append(label)
    return CroppedFaces(
        np.concatenate(crops), np.array(labels, np.int64), tuple(pictures), tuple(without)
    )
