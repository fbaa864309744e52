"""Prepare what a run learns from: the source of its batches, and the matching loss."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from facenet_lite import assets, losses
from facenet_lite._files import fingerprint
from facenet_lite.errors import InputError
from facenet_lite.train import cache, distilled
from facenet_lite.train.config import Config
from facenet_lite.train.parts import Data
from facenet_lite.train.photographs import Frame, Photographs, photographs
from facenet_lite.train.sources import CropSource, DrawnSource, Source, splits

log = logging.getLogger(__name__)


class Prepared(NamedTuple):
    """``source``: makes the batches; ``loss``: matches it; ``contents``: a fingerprint of what is
    learned from, which a run that is resumed must find again."""

    source: Source
    loss: losses.Loss
    contents: str


def prepare(
    config: Config, folder: Path, *, device: torch.device, progress: bool = True
) -> Prepared:
    """Make the source and the loss of a run, with the loss's weights and targets on ``device``.

    Crops of real pictures and a teacher's embeddings are saved in the run's ``folder``. Raises
    AssetMissingError if pictures are missing, InputError if there are too few, WriteError.
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
        loss: losses.Loss = losses.Distillation(targets, config.loss.margin)
        return Prepared(pictures, loss, fingerprint(found.crops))
    source, people, contents = _labelled(data, folder, progress)
    loss = losses.make(config.loss, people=people, embedding_dim=config.network.embedding_dim)
    for weight in loss.parameters():
        weight.data = weight.data.to(device)
    return Prepared(source, loss, contents)


def _labelled(data: Data, folder: Path, progress: bool) -> tuple[Source, int, str]:
    """A source of labelled people, their number, which is above all labels, and its contents."""
    if data.kind == "nobody":
        contents = assets.get("nobody").sha256
        return DrawnSource(data, splits(data).train), data.people, contents
    found = photographs(data)
    _check_enough(found.labels, data.p, "two pictures")  # before faces are looked for
    crops, labels = _crops(found, data.image_size, folder, progress)
    _check_enough(labels, data.p, "two faces found")
    return CropSource(data, crops, labels), int(labels.max()) + 1, fingerprint(crops, labels)


def _check_enough(labels: NDArray[np.int64], p: int, what: str) -> None:
    """There must be P people of whom a batch can have a pair."""
    enough = int((np.bincount(labels) >= 2).sum())
    if enough < p:
        raise InputError(
            f"data: expected at least p = {p} people with {what}, got {enough}; a smaller p needs "
            "fewer"
        )


def _crops(
    pictures: Photographs, image_size: int, folder: Path, progress: bool
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Crop all faces, or read them if this run was started before; returns crops and labels."""
    from tqdm import tqdm

    frame = Frame(image_size)

    def make() -> cache.Arrays:
        every = tqdm(range(len(pictures.paths)), disable=not progress, unit="picture")
        (crops,), rows = pictures.crops(every, [frame])
        without = sorted(set(range(len(pictures.paths))) - set(rows.tolist()))
        if without:
            log.warning(
                "%d of %d pictures have no face that was found, and are left out; the first: %s",
                len(without), len(pictures.paths), pictures.paths[without[0]],
            )  # fmt: skip
        return {"crops": crops, "labels": pictures.labels[rows]}

    found = cache.once(folder / f"crops-{pictures.fingerprint(frame)}.npz", make)
    return found["crops"], found["labels"]
