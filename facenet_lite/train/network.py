"""Make the network for a run's first step, with random weights or those of another network."""

from __future__ import annotations

from typing import cast

import torch

from facenet_lite import models
from facenet_lite.errors import InputError
from facenet_lite.models.nn2 import NN2
from facenet_lite.train.parts import Network
from facenet_lite.train.sources import WEIGHTS, stream


def untrained(network: Network) -> models.TorchEmbedder:
    """The network as it is before a run's first step."""
    seed = int(stream(network.seed, WEIGHTS).integers(2**63))
    net = NN2(
        width=network.width,
        image_size=network.image_size,
        norm=network.norm,
        first_pool=network.first_pool,
        standardised=network.standardised,
        centred=network.centred,
        embedding_dim=network.embedding_dim,
        generator=torch.Generator().manual_seed(seed),
    )
    if network.start is not None:
        begin(net, network.start)
    return models.TorchEmbedder.of(net)


def begin(net: NN2, start: str) -> None:
    """Give a network the weights of another one, named or in a file.

    Raises InputError if the two have different settings, and whatever ``models.load`` and
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
