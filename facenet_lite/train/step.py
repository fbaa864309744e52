"""One update: embeddings of the batch, its triplets, the loss, and what to watch beside it."""

from __future__ import annotations

import math
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from facenet_lite import miners
from facenet_lite.losses import (
    Diagnosis,
    batch_all_triplet_loss,
    diagnose_batch,
    diagnose_taught,
    distillation_loss,
    triplet_loss,
)
from facenet_lite.train.config import Config
from facenet_lite.train.sources import MINING


class Loss(NamedTuple):
    """``value``: the scalar to go back from; ``triplets``: how many it is made of."""

    value: Tensor
    triplets: int
    diagnosis: Diagnosis


def loss_of(
    embeddings: Tensor,
    labels: Tensor,
    config: Config,
    step: int,
    targets: Tensor | None = None,
) -> Loss:
    """The loss of a batch, embeddings (B, D) and labels (B,), by the rule of that step.

    ``targets``: (N, D), what a teacher says of the picture labelled n, in place of a rule.
    """
    if targets is not None:
        wanted = targets[labels]
        value = distillation_loss(embeddings, wanted)
        return Loss(value, 0, diagnose_taught(embeddings, wanted, config.margin))
    rule = config.rule(step)
    seen = diagnose_batch(embeddings, labels, config.margin)
    if rule == "batch_all":
        value = batch_all_triplet_loss(embeddings, labels, config.margin, config.reduction)
        return Loss(value, seen.triplets, seen)
    generator = torch.Generator().manual_seed((config.seed * 2**20 + step) * 8 + MINING)
    found = miners.mine(
        cast(miners.Name, rule), embeddings.detach(), labels,
        margin=config.margin, generator=generator,
    )  # fmt: skip
    value = triplet_loss(embeddings, found, config.margin, config.reduction)
    return Loss(value, len(found), seen)


def optimiser(net: nn.Module, config: Config) -> torch.optim.Optimizer:
    """AdaGrad, as in the paper (section 3), or AdamW."""
    if config.optimiser == "adagrad":
        return torch.optim.Adagrad(
            net.parameters(), config.learning_rate, weight_decay=config.weight_decay
        )
    return torch.optim.AdamW(
        net.parameters(), config.learning_rate, weight_decay=config.weight_decay
    )


def learning_rate(config: Config, step: int) -> float:
    """The rate of a step: up over the warm-up, then along half a cosine to 0, or level."""
    rise = min(1.0, (step + 1) / config.warm_up) if config.warm_up else 1.0
    fall = 0.5 * (1 + math.cos(math.pi * step / config.steps)) if config.cosine else 1.0
    return config.learning_rate * rise * fall
