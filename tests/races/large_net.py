"""A stand-in of the size of Inception-ResNet-v1 with random weights: only its speed says anything.

Laid out after the figures of Szegedy et al. (2016), with the channels that make 23.5 million
parameters and 1.42 thousand million multiply-adds of a picture of 160 x 160 pixels, which is the
size of the networks that face projects train under that name. No code and no weights of theirs are
in it.
"""

from __future__ import annotations

import torch
from torch import nn

SIZE, DIM = 160, 512


def conv(inside, out, kernel, stride=1, padding=0):
    return nn.Sequential(
        nn.Conv2d(inside, out, kernel, stride, padding, bias=False), nn.BatchNorm2d(out), nn.ReLU()
    )


class SideBySide(nn.Module):
    """Branches that see the same maps; ``residual``: their sum is added to what they saw."""

    def __init__(self, channels, *branches, out=0):
        super().__init__()
        self.branches = nn.ModuleList(branches)
        self.up = nn.Conv2d(out, channels, 1) if out else None

    def forward(self, x):
        found = torch.cat([branch(x) for branch in self.branches], 1)
        return found if self.up is None else torch.relu(x + 0.17 * self.up(found))


def residual_35():
    """At 17 x 17 pixels: 3 x 3, once and twice."""
    return SideBySide(
        256,
        conv(256, 32, 1),
        nn.Sequential(conv(256, 32, 1), conv(32, 32, 3, padding=1)),
        nn.Sequential(conv(256, 32, 1), conv(32, 32, 3, padding=1), conv(32, 32, 3, padding=1)),
        out=96,
    )


def residual_long(channels, width, length):
    """At 8 x 8 and 3 x 3 pixels: a row, then a column."""
    row, column = (1, length), (length, 1)
    return SideBySide(
        channels,
        conv(channels, width, 1),
        nn.Sequential(
            conv(channels, width, 1),
            conv(width, width, row, padding=(0, length // 2)),
            conv(width, width, column, padding=(length // 2, 0)),
        ),
        out=2 * width,
    )


def reductions():
    """Half the height and width, twice."""
    first = SideBySide(
        256,
        conv(256, 384, 3, 2),
        nn.Sequential(conv(256, 192, 1), conv(192, 192, 3, padding=1), conv(192, 256, 3, 2)),
        nn.MaxPool2d(3, 2),
    )
    second = SideBySide(
        896,
        nn.Sequential(conv(896, 256, 1), conv(256, 384, 3, 2)),
        nn.Sequential(conv(896, 256, 1), conv(256, 256, 3, 2)),
        nn.Sequential(conv(896, 256, 1), conv(256, 256, 3, padding=1), conv(256, 256, 3, 2)),
        nn.MaxPool2d(3, 2),
    )
    return first, second


class LargeNet(nn.Module):
    """Pictures (N, 3, 160, 160) to embeddings (N, 512) of unit length."""

    name, image_size, embedding_dim = "a net of the size of Inception-ResNet-v1", SIZE, DIM

    def __init__(self):
        super().__init__()
        first, second = reductions()
        self.layers = nn.Sequential(
            conv(3, 32, 3, 2),
            conv(32, 32, 3),
            conv(32, 64, 3, padding=1),
            nn.MaxPool2d(3, 2),
            conv(64, 80, 1),
            conv(80, 192, 3),
            conv(192, 256, 3, 2),
            *(residual_35() for _ in range(5)),
            first,
            *(residual_long(896, 128, 7) for _ in range(10)),
            second,
            *(residual_long(1792, 192, 3) for _ in range(6)),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(1792, DIM, bias=False),
            nn.BatchNorm1d(DIM),
        )

    def forward(self, pictures):
        return nn.functional.normalize(self.layers(pictures))
