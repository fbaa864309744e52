"""What FaceNet's networks are made of, as ``torch.nn`` modules for tensors (N, C, H, W)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import torch
from torch import Tensor, nn

from facenet_lite.errors import InputError

Norm: TypeAlias = Literal["local", "batch"]
"""Local response normalisation, as the paper has it, or batch normalisation after convolutions."""

SHORTEST: Final = 1e-4
"""Shorter vectors are not scaled up to 1: the slope is 1 / length, and has to stay finite."""


class Conv(nn.Sequential):
    """Convolution, batch normalisation if asked for, ReLU; a stride of 2 halves, rounded up."""

    def __init__(
        self, inside: int, out: int, size: int, stride: int = 1, *, batch_norm: bool = False
    ) -> None:
        # Batch normalisation subtracts the mean: a bias before it would do nothing.
        layers: list[nn.Module] = [
            nn.Conv2d(inside, out, size, stride, padding=size // 2, bias=not batch_norm)
        ]
        if batch_norm:
            layers.append(nn.BatchNorm2d(out))
        super().__init__(*layers, nn.ReLU())
        self.inside, self.size, self.stride = inside, size, stride


def max_pool(stride: int) -> nn.MaxPool2d:
    """Max pooling over 3 x 3."""
    return nn.MaxPool2d(3, stride, padding=1)


def local_response_norm() -> nn.LocalResponseNorm:
    """Normalise over 5 neighbouring channels, with Caffe's constants: the paper prints none."""
    return nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75)


class L2Pool(nn.Module):
    """The root of the sum of squares over 3 x 3, with a stride of 1: what Table 2 calls L2."""

    def forward(self, x: Tensor) -> Tensor:
        """Pool (N, C, H, W) to (N, C, H, W)."""
        squares: Tensor = 9 * nn.functional.avg_pool2d(x * x, 3, stride=1, padding=1)
        # subtle: after ReLU whole windows are zero, where the root's slope is infinite. The least
        # positive number is an even power of 2, so that subtracting its root gives an exact zero.
        least = torch.finfo(x.dtype).tiny
        roots: Tensor = squares.clamp_min(least).sqrt() - least**0.5
        return roots


class Maxout(nn.Module):
    """A linear layer with ``pieces`` values for each output, the largest of which is kept.

    (Goodfellow et al. 2013, Maxout networks; FaceNet, Table 1, with p = 2.)
    """

    def __init__(self, inside: int, out: int, pieces: int = 2) -> None:
        super().__init__()
        self.out, self.pieces = out, pieces
        self.linear = nn.Linear(inside, out * pieces)

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, inside) to (N, out)."""
        values: Tensor = self.linear(x)
        return values.reshape(-1, self.out, self.pieces).amax(2)


class UnitLength(nn.Module):
    """Divide each vector by its length; a zero vector stays zero and has a finite slope."""

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, D) to the unit sphere; vectors shorter than ``SHORTEST`` end up inside it.

        The result is at least float32: half precision has too few digits for distances.
        """
        x = x.to(torch.promote_types(x.dtype, torch.float32))
        squares = (x * x).sum(1, keepdim=True)
        return x / squares.clamp_min(SHORTEST**2).sqrt()


@dataclass(frozen=True)
class Branches:
    """A row of Table 2: the channels of each branch, 0 where the branch is absent.

    ``reduce3`` and ``reduce5``: the 1 x 1 convolutions before the larger ones; ``project``: the one
    after the pool, 0 where the pool's channels pass unchanged. ``stride``: that of the larger
    convolutions and of the pool.
    """

    one: int
    reduce3: int
    three: int
    reduce5: int
    five: int
    pool: Literal["", "max", "L2"] = ""
    project: int = 0
    stride: int = 1

    def scaled(self, width: float) -> Branches:
        """The same with ``width`` times the channels, at least one where there were any."""
        one, reduce3, three, reduce5, five, project = (
            scaled(channels, width)
            for channels in (
                self.one, self.reduce3, self.three, self.reduce5, self.five, self.project,
            )
        )  # fmt: skip
        return Branches(one, reduce3, three, reduce5, five, self.pool, project, self.stride)


def scaled(channels: int, width: float) -> int:
    """``width`` times ``channels``, rounded, but at least 1; 0 stays 0."""
    return max(1, round(width * channels)) if channels else 0


class Inception(nn.Module):
    """Convolutions of several sizes and a pool, side by side (Szegedy et al. 2015)."""

    def __init__(self, inside: int, branches: Branches, *, batch_norm: bool = False) -> None:
        super().__init__()
        b, self.branches = branches, branches

        def conv(inside: int, out: int, size: int, stride: int = 1) -> Conv:
            return Conv(inside, out, size, stride, batch_norm=batch_norm)

        paths: dict[str, nn.Module] = {}
        if b.one:
            paths["one"] = conv(inside, b.one, 1)
        if b.three:
            small = conv(inside, b.reduce3, 1)
            paths["three"] = nn.Sequential(small, conv(b.reduce3, b.three, 3, b.stride))
        if b.five:
            small = conv(inside, b.reduce5, 1)
            paths["five"] = nn.Sequential(small, conv(b.reduce5, b.five, 5, b.stride))
        if b.pool:
            pool = max_pool(b.stride) if b.pool == "max" else L2Pool()
            project = conv(inside, b.project, 1) if b.project else nn.Identity()
            paths["pool"] = nn.Sequential(pool, project)
        self.paths = nn.ModuleDict(paths)
        passed = 0 if not b.pool else b.project or inside
        self.out = b.one + b.three + b.five + passed

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, inside, H, W) to (N, out, H, W), or half the height and width."""
        return torch.cat([path(x) for path in self.paths.values()], 1)


def initialise(net: nn.Module, generator: torch.Generator | None) -> None:
    """Draw the weights so that ReLU keeps a signal's size (He et al. 2015); biases become 0."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def check_pictures(pictures: Tensor, size: int) -> Tensor:
    """Return pictures (N, 3, size, size), or raise InputError."""
    if pictures.dim() != 4 or tuple(pictures.shape[1:]) != (3, size, size):
        raise InputError(
            f"pictures: expected a tensor (N, 3, {size}, {size}), got {tuple(pictures.shape)}; "
            "ModelSpec.prepare makes one from crops"
        )
    return pictures
