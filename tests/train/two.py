"""One of two processes (or the only one): the gradient of one batch, in float64, to a file, for
both norms."""

from __future__ import annotations

import sys

import torch
from torch import nn

from facenet_lite.losses import batch_all_triplet_loss
from facenet_lite.models import NN2
from facenet_lite.train.processes import Processes, joined, share_batch_norm

(out,) = sys.argv[1:]


def gradient(norm: str, processes: Processes) -> dict[str, dict[str, torch.Tensor]]:
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
    if processes.world > 1:
        share_batch_norm(net)
    each = len(pictures) // processes.world
    own = slice(processes.rank * each, (processes.rank + 1) * each)
    wrapped = processes.wrapped(net)
    for _ in range(2):  # the second time with statistics that the first has moved
        net.zero_grad()
        embeddings = processes.gather(wrapped(pictures[own]))
        (batch_all_triplet_loss(embeddings, labels) * processes.world).backward()
    return {
        "gradient": {name: p.grad for name, p in net.named_parameters()},
        "state": net.state_dict(),
    }


with joined() as processes:
    found = {norm: gradient(norm, processes) for norm in ("batch", "local")}
    if processes.rank == 0:
        torch.save(found, out)
