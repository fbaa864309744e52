"""NN1: FaceNet's first network, after Zeiler and Fergus, with 1 x 1 convolutions (Table 1)."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

from facenet_lite._checks import check_number
from facenet_lite.models.blocks import (
    Conv,
    Maxout,
    UnitLength,
    check_pictures,
    initialise,
    local_response_norm,
    max_pool,
)

IMAGE_SIZE: Final = 220
"""Table 1 has an input of this size."""
DIM: Final = 128
"""An embedding has this many numbers (section 5.4)."""
WIDE: Final = 32 * 128
"""Each maxout layer has this many outputs, printed in Table 1 as 1 x 32 x 128."""


class NN1(nn.Module):
    """Pictures (N, 3, size, size) to embeddings (N, embedding_dim) of unit length.

    As published for ``image_size`` 220 and ``embedding_dim`` 128: 140,006,592 weights, biases not
    counted, which is 560 MB. Table 5 varies ``embedding_dim``; ``generator`` draws the weights, or
    torch's global one where it is None. The paper does not print the padding: the one here gives
    every size that it prints.
    Raises InputError for an image of less than 32 pixels.
    """

    def __init__(
        self,
        *,
        image_size: int = IMAGE_SIZE,
        embedding_dim: int = DIM,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        self.image_size = int(check_number(image_size, "image_size", low=32, integer=True))
        self.embedding_dim = int(check_number(embedding_dim, "embedding_dim", low=1, integer=True))
        last = -(-image_size // 32)  # halved five times, rounded up
        self.layers = nn.Sequential()
        for name, layer in {
            "conv1": Conv(3, 64, 7, 2),
            "pool1": max_pool(2),
            "rnorm1": local_response_norm(),
            "conv2a": Conv(64, 64, 1),
            "conv2": Conv(64, 192, 3),
            "rnorm2": local_response_norm(),
            "pool2": max_pool(2),
            "conv3a": Conv(192, 192, 1),
            "conv3": Conv(192, 384, 3),
            "pool3": max_pool(2),
            "conv4a": Conv(384, 384, 1),
            "conv4": Conv(384, 256, 3),
            "conv5a": Conv(256, 256, 1),
            "conv5": Conv(256, 256, 3),
            "conv6a": Conv(256, 256, 1),
            "conv6": Conv(256, 256, 3),
            "pool4": max_pool(2),
            "concat": nn.Flatten(),
            "fc1": Maxout(256 * last * last, WIDE),
            "fc2": Maxout(WIDE, WIDE),
            f"fc7{embedding_dim}": nn.Linear(WIDE, embedding_dim),
            "L2": UnitLength(),
        }.items():
            self.layers.add_module(name, layer)
        initialise(self, generator)

    @property
    def name(self) -> str:
        """The network's name, and its input where that is not the paper's."""
        return "NN1" if self.image_size == IMAGE_SIZE else f"NN1 at {self.image_size} pixels"

    @property
    def settings(self) -> dict[str, int]:
        """The arguments that make the same network again."""
        return {"image_size": self.image_size, "embedding_dim": self.embedding_dim}

    def forward(self, pictures: Tensor) -> Tensor:
        """Embed pictures (N, 3, size, size), which ``ModelSpec.prepare`` makes: (N, D)."""
        embeddings: Tensor = self.layers(check_pictures(pictures, self.image_size))
        return embeddings
