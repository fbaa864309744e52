"""One of two processes (or the only one): ``gradient FILE`` keeps the gradient of one batch, in
float64, for both norms; ``run FOLDER`` trains by plain gradient descent."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from unittest import mock

import torch
from torch import Tensor, nn
from train.small import config

from facenet_lite import train
from facenet_lite.losses import batch_all_triplet_loss
from facenet_lite.models import NN2, TorchEmbedder
from facenet_lite.train.processes import Processes, joined, share_batch_norm


def gradient(norm: str, processes: Processes) -> dict[str, dict[str, Tensor]]:
    """The gradient, and the state after it, of a network of that norm."""
    generator = torch.Generator().manual_seed(0)
    pictures = torch.randn(8, 3, 32, 32, generator=generator, dtype=torch.float64)
    labels = torch.arange(4).repeat_interleave(2)
    net: nn.Module = NN2(
        width=0.0625,
        image_size=32,
        norm=norm,
        embedding_dim=8,
        centred=norm == "batch",
        generator=generator,
    )
    net.double()
    own = nn.Parameter(torch.ones(8, dtype=torch.float64))  # as of a loss with weights
    if processes.world > 1:
        share_batch_norm(net)
    each = len(pictures) // processes.world
    mine = slice(processes.rank * each, (processes.rank + 1) * each)
    wrapped = processes.wrapped(net)
    for _ in range(2):  # the second time with statistics that the first has moved
        net.zero_grad()
        own.grad = None
        embeddings = processes.gather(wrapped(pictures[mine]))
        value = batch_all_triplet_loss(embeddings, labels) + (embeddings @ own).square().mean()
        processes.backward(value, [own])
    return {
        "gradient": {name: p.grad for name, p in net.named_parameters()} | {"own": own.grad},
        "state": net.state_dict(),
    }


def gradients(file: Path) -> None:
    """Keep the gradient of one batch."""
    with joined() as processes:
        found = {norm: gradient(norm, processes) for norm in ("batch", "local")}
        if processes.rank == 0:
            torch.save(found, file)


def plain(parameters: Any, rate: float, *, weight_decay: float) -> torch.optim.Optimizer:
    """Gradient descent in AdamW's place, which makes a whole step of a gradient's rounding."""
    return torch.optim.SGD(parameters, rate, weight_decay=weight_decay)


def run(folder: Path) -> None:
    """Train for three steps in float64; the losses and the last step's gradient are kept."""
    losses, gradient = [], {}

    def watch(name: str, row: dict[str, Any], network: TorchEmbedder) -> None:
        losses.append(row["loss"])
        gradient.update((n, p.grad.clone()) for n, p in network.net.named_parameters())

    settings = config(p=4, steps=3, warm_up=0, learning_rate=0.001, validate_every=0)
    torch.set_default_dtype(torch.float64)
    with mock.patch("torch.optim.AdamW", plain), mock.patch("torch.Tensor.float", Tensor.double):
        train.train(settings, folder, progress=False, watch=watch)
    if losses:
        torch.save({"losses": losses, "gradient": gradient}, folder / "kept")


if __name__ == "__main__":
    command, place = sys.argv[1:]
    {"gradient": gradients, "run": run}[command](Path(place))
