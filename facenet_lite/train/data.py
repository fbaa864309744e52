"""What a run learns from: the source of its batches, and the answers that go with them."""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facenet_lite.errors import InputError
from facenet_lite.train import distilled
from facenet_lite.train.config import Config
from facenet_lite.train.photographs import Frame, Photographs, photographs
from facenet_lite.train.sources import CropSource, DrawnSource, Source, splits

log = logging.getLogger(__name__)


def _open(
    config: Config, folder: Path, *, progress: bool = True
) -> tuple[Source, NDArray[np.float32] | None]:
    """Make the source; crops of real pictures are kept in the run's ``folder``.

    With it come the targets (N, D) where a teacher says what the embedding of a picture labelled n
    should be, else None: labels are people.
    Raises AssetMissingError where pictures are missing, InputError where they are too few.
    """
    if config.teacher is not None:
        found = distilled.ask(config, folder, progress=progress)
        if len(found.crops) < config.p * config.k:
            raise InputError(
                f"data: expected at least p x k = {config.p * config.k} faces for one batch, "
                f"got {len(found.crops)}"
            )
        return distilled.TaughtSource(config, found.crops), found.targets
    if config.data == "nobody":
        return DrawnSource(config, splits(config).train), None
    crops, labels = _crops(photographs(config), config, folder, progress)
    enough = np.bincount(labels) >= 2
    if int(enough.sum()) < config.p:
        raise InputError(
            f"data: expected at least p = {config.p} people with two faces found, "
            f"got {int(enough.sum())}; a smaller p needs fewer"
        )
    return CropSource(config, crops, labels), None


def _crops(
    pictures: Photographs, config: Config, folder: Path, progress: bool
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Crop all faces, or read those of an earlier start of this run: crops, and who is on each."""
    from tqdm import tqdm

    listed = repr([str(path) for path in pictures.paths])
    state = hashlib.sha256(f"{config.image_size} {listed}".encode()).hexdigest()[:12]
    path = folder / f"crops-{state}.npz"
    if path.is_file():
        with np.load(path, allow_pickle=False) as stored:
            return stored["crops"], stored["labels"]
    every = tqdm(range(len(pictures.paths)), disable=not progress, unit="picture")
    (crops,), rows = pictures.crops(every, [Frame(config.image_size)])
    without = sorted(set(range(len(pictures.paths))) - set(rows.tolist()))
    if without:
        log.warning(
            "%d of %d pictures have no face that was found, and are left out; the first: %s",
            len(without), len(pictures.paths), pictures.paths[without[0]],
        )  # fmt: skip
    labels = pictures.labels[rows]
    part = folder / f".{path.name}.{os.getpid()}.part"
    try:
        with part.open("wb") as stream:
            np.savez(stream, crops=crops, labels=labels)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return crops, labels
