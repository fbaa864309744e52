"""One run in several processes: ``torchrun --nproc-per-node N -m facenet_lite.cli train ...``.

Each process makes and embeds its own part of the batch. Then every process receives all embeddings,
mines the whole batch, and computes the same loss. The gradient reaches only the process's own
embeddings, so the sum over the processes equals the gradient of one process with the whole batch.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

LAUNCHED: Final = "TORCHELASTIC_RUN_ID"
"""The environment variable that torchrun gives to the processes that it starts."""


@dataclass(frozen=True)
class Processes:
    """``rank``: this process's number, out of ``world``; ``device``: where its network is."""

    rank: int = 0
    world: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    def gather(self, own: Tensor) -> Tensor:
        """Join all processes' rows (B / world, D) to (B, D); only our own rows have a gradient."""
        if self.world == 1:
            return own
        parts = [torch.empty_like(own) for _ in range(self.world)]
        dist.all_gather(parts, own.detach().contiguous())
        parts[self.rank] = own
        return torch.cat(parts)

    def backward(self, value: Tensor, own: Iterable[nn.Parameter] = ()) -> None:
        """Run backward from a value that every process has computed from the whole batch.

        ``own``: the loss's weights; each process computes their whole gradient by itself.
        """
        # subtle: processes average the network's gradients, but each has only a part of their sum
        (value * self.world).backward()  # type: ignore[no-untyped-call]
        for weight in own:
            if weight.grad is not None:
                weight.grad /= self.world

    def any(self, own: bool) -> bool:
        """Whether this holds for some process, so that all of them decide alike."""
        if self.world == 1:
            return own
        found = torch.tensor(int(own), device=self.device)
        dist.all_reduce(found)
        return bool(found)

    def wrapped(self, net: nn.Module) -> nn.Module:
        """Wrap the network so that backward averages its gradients over the processes."""
        if self.world == 1:
            return net
        on = [self.device] if self.device.type == "cuda" else None
        return nn.parallel.DistributedDataParallel(net, device_ids=on, broadcast_buffers=False)


@contextmanager
def joined() -> Iterator[Processes]:
    """Join the processes that torchrun started, or run as the only one."""
    cuda = torch.cuda.is_available()
    world = int(os.environ.get("WORLD_SIZE", "1"))
    local = int(os.environ.get("LOCAL_RANK", "0"))
    device = torch.device("cuda", local) if cuda else torch.device("cpu")
    if world == 1:
        yield Processes(device=device)
        return
    if LAUNCHED in os.environ and hasattr(os, "getppid"):
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    dist.init_process_group("nccl" if cuda else "gloo")
    try:
        yield Processes(dist.get_rank(), dist.get_world_size(), device)
    finally:
        dist.destroy_process_group()


def _end_with(launcher: int) -> None:
    """Ask this process to stop once torchrun, which started it, has been killed."""
    while os.getppid() == launcher:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


class SharedBatchNorm(_BatchNorm):
    """Batch normalisation with the mean and variance over all processes' pictures.

    torch's own, ``SyncBatchNorm``, runs on GPUs only.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Normalise (N, C) or (N, C, H, W); every process must have the same number of pictures."""
        if not self.training or not dist.is_initialized():
            alone: Tensor = super().forward(x)
            return alone
        world = dist.get_world_size()
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        others = [dim for dim in range(x.ndim) if dim != 1]
        sums = torch.stack([wide.mean(others), wide.square().mean(others)])
        mean, square = (_SumOverProcesses.apply(sums) / world).unbind()  # type: ignore[no-untyped-call]
        variance = (square - mean.square()).clamp_min(0)
        count = world * x.numel() / x.shape[1]
        with torch.no_grad():
            self.num_batches_tracked.add_(1)  # type: ignore[union-attr]
            self.running_mean.lerp_(mean, self.momentum)  # type: ignore[union-attr,arg-type]
            self.running_var.lerp_(variance * (count / max(1, count - 1)), self.momentum)  # type: ignore[union-attr,arg-type]
        scale = self.weight * (variance + self.eps).rsqrt()
        shift = self.bias - mean * scale
        form = [-1 if dim == 1 else 1 for dim in range(x.ndim)]
        out: Tensor = wide * scale.view(form) + shift.view(form)
        return out.to(x.dtype)

    def _check_input_dim(self, x: Tensor) -> None:
        """Accept any number of dimensions."""


def share_batch_norm(net: nn.Module) -> None:
    """Make every batch normalisation of a network a shared one, with the same weights."""
    for module in net.modules():
        if type(module) in (nn.BatchNorm1d, nn.BatchNorm2d):
            module.__class__ = SharedBatchNorm


class _SumOverProcesses(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        total = x.contiguous().clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        total = gradient.contiguous().clone()
        dist.all_reduce(total)
        return total
