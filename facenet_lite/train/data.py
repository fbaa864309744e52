"""The source of a run's batches, made from what its config names."""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

import numpy as np

from facenet_lite import detect, landmarks
from facenet_lite.data import folders, lfw
from facenet_lite.data.folders import CroppedFaces
from facenet_lite.errors import InputError
from facenet_lite.train.config import Config
from facenet_lite.train.sources import CropSource, DrawnSource, Source, splits

log = logging.getLogger(__name__)


def source(config: Config, folder: Path, *, progress: bool = True) -> Source:
    """Make the source; crops of real pictures are kept in the run's ``folder``.

    Raises AssetMissingError where pictures are missing, InputError where they are too few.
    """
    if config.data == "nobody":
        return DrawnSource(config, splits(config).train)
    if config.data == "lfw":
        copy = lfw.find(config.folder)
        pictures = {
            name: [copy.path(name, number) for number in range(1, count + 1)]
            for name, count in copy.people("train").items()
        }
    else:
        pictures = folders.people(str(config.folder))
    faces = _crops(pictures, config, folder, progress)
    enough = np.bincount(faces.labels, minlength=len(faces.names)) >= 2
    if int(enough.sum()) < config.p:
        raise InputError(
            f"data: expected at least p = {config.p} people with two faces found, "
            f"got {int(enough.sum())}; a smaller p needs fewer"
        )
    return CropSource(config, faces.crops, faces.labels)


def _crops(
    pictures: dict[str, list[Path]], config: Config, folder: Path, progress: bool
) -> CroppedFaces:
    """Crop all faces, or read those of an earlier start of this run."""
    listed = repr([(name, [str(p) for p in paths]) for name, paths in pictures.items()])
    state = hashlib.sha256(f"{config.image_size} {listed}".encode()).hexdigest()[:12]
    path = folder / f"crops-{state}.npz"
    if path.is_file():
        with np.load(path, allow_pickle=False) as stored:
            return CroppedFaces(stored["crops"], stored["labels"], tuple(pictures), ())
    faces = folders.crop_faces(
        pictures, detect.load("hog"), landmarks.load(5), size=config.image_size, progress=progress
    )
    if faces.without:
        log.warning(
            "%d of %d pictures have no face that was found, and are left out; the first: %s",
            len(faces.without), len(faces.without) + len(faces.crops), faces.without[0],
        )  # fmt: skip
    part = folder / f".{path.name}.{os.getpid()}.part"
    try:
        with part.open("wb") as stream:
            np.savez(stream, crops=faces.crops, labels=faces.labels)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return faces
