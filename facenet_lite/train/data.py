"""Prepare what a run learns from: the source of its batches, and the matching loss."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from facenet_lite import losses
from facenet_lite._files import whole
from facenet_lite.errors import InputError
from facenet_lite.train import distilled
from facenet_lite.train.config import Config
from facenet_lite.train.parts import Data
from facenet_lite.train.photographs import Frame, Photographs, photographs
from facenet_lite.train.sources import CropSource, DrawnSource, Source, splits

log = logging.getLogger(__name__)


def prepare(
    config: Config, folder: Path, *, device: torch.device, progress: bool = True
) -> tuple[Source, losses.Loss]:
    """Make the source and the loss of a run, with the loss's weights and targets on ``device``.

    Crops of real pictures and a teacher's embeddings are saved in the run's ``folder``. Raises
    AssetMissingError if pictures are missing, InputError if there are too few.
    """
    data = config.data
    if config.teacher.name is not None:
        found = distilled.ask(
            data, config.teacher, folder, embedding_dim=config.network.embedding_dim,
            progress=progress,
        )  # fmt: skip
        if len(found.crops) < data.p * data.k:
            raise InputError(
                f"data: expected at least p x k = {data.p * data.k} faces for one batch, "
                f"got {len(found.crops)}"
            )
        targets = torch.from_numpy(found.targets).to(device)
        pictures = distilled.TaughtSource(data, found.crops, config.augmentation)
        return pictures, losses.Distillation(targets, config.loss.margin)
    source, people = _labelled(data, folder, progress)
    loss = losses.make(config.loss, people=people, embedding_dim=config.network.embedding_dim)
    for weight in loss.parameters():
        weight.data = weight.data.to(device)
    return source, loss


def _labelled(data: Data, folder: Path, progress: bool) -> tuple[Source, int]:
    """A source of labelled people, and their number; all labels are below it."""
    if data.kind == "nobody":
        return DrawnSource(data, splits(data).train), data.people
    crops, labels = _crops(photographs(data), data.image_size, folder, progress)
    enough = np.bincount(labels) >= 2
    if int(enough.sum()) < data.p:
        raise InputError(
            f"data: expected at least p = {data.p} people with two faces found, "
            f"got {int(enough.sum())}; a smaller p needs fewer"
        )
    return CropSource(data, crops, labels), len(enough)


def _crops(
    pictures: Photographs, image_size: int, folder: Path, progress: bool
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Crop all faces, or read them if this run was started before; returns crops and labels."""
    from tqdm import tqdm

    listed = repr([str(path) for path in pictures.paths])
    state = hashlib.sha256(f"{image_size} {listed}".encode()).hexdigest()[:12]
    path = folder / f"crops-{state}.npz"
    if path.is_file():
        with np.load(path, allow_pickle=False) as stored:
            return stored["crops"], stored["labels"]
    every = tqdm(range(len(pictures.paths)), disable=not progress, unit="picture")
    (crops,), rows = pictures.crops(every, [Frame(image_size)])
    without = sorted(set(range(len(pictures.paths))) - set(rows.tolist()))
    if without:
        log.warning(
            "%d of %d pictures have no face that was found, and are left out; the first: %s",
            len(without), len(pictures.paths), pictures.paths[without[0]],
        )  # fmt: skip
    labels = pictures.labels[rows]
    with whole(path) as part, part.open("wb") as stream:
        np.savez(stream, crops=crops, labels=labels)
    return crops, labels
