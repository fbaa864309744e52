"""The network before a run's first step: drawn by chance, or with another one's weights."""

from __future__ import annotations

from typing import cast

import torch

from facenet_lite import models
from facenet_lite.errors import InputError
from facenet_lite.models.nn2 import NN2
from facenet_lite.train.config import Config
from facenet_lite.train.sources import WEIGHTS, stream


def untrained(config: Config) -> models.TorchEmbedder:
    """The network as it is before a run's first step."""
    seed = int(stream(config.seed, WEIGHTS).integers(2**63))
    net = NN2(
        width=config.width,
        image_size=config.image_size,
        norm=config.norm,
        first_pool=config.first_pool,
        standardised=config.standardised,
        centred=config.centred,
        embedding_dim=config.embedding_dim,
        generator=torch.Generator().manual_seed(seed),
    )
    if config.start is not None:
        begin(net, config.start)
    return models.TorchEmbedder.of(net)


def begin(net: NN2, start: str) -> None:
    """Give a network the weights of another one, by its name or its file.

    Raises InputError where the two are not of one form, and what ``models.load`` and
    ``models.read`` raise.
    """
    named = start in models.NAMES
    found = models.load(cast(models.Name, start)) if named else models.read(start)
    if not isinstance(found, models.TorchEmbedder) or found.net.settings != net.settings:
        raise InputError(
            f"start: expected a network with the run's own settings, {net.name}, "
            f"got {found.spec.name} from {start}"
        )
    net.load_state_dict(found.net.state_dict())
