"""NN2: FaceNet's Inception network (Table 2), and narrower ones of the same form."""

from __future__ import annotations

from typing import Final, get_args

import torch
from torch import Tensor, nn

from facenet_lite._checks import check_choice, check_flag, check_number
from facenet_lite.models.blocks import (
    Branches,
    Conv,
    Inception,
    Norm,
    UnitLength,
    check_pictures,
    initialise,
    local_response_norm,
    max_pool,
    scaled,
)

IMAGE_SIZE: Final = 224
"""Table 2 has an input of this size; NN3 is the same network at 160 (section 3.3)."""
DIM: Final = 128
"""An embedding has this many numbers (section 5.4)."""
EVEN: Final = 1e-3
"""``standardised`` adds this to a channel's variance, for values from -1 to 1: 4 grey levels."""

TABLE_2: Final = {
    "inception3a": Branches(64, 96, 128, 16, 32, "max", 32),
    "inception3b": Branches(64, 96, 128, 32, 64, "L2", 64),
    "inception3c": Branches(0, 128, 256, 32, 64, "max", 0, stride=2),
    "inception4a": Branches(256, 96, 192, 32, 64, "L2", 128),
    "inception4b": Branches(224, 112, 224, 32, 64, "L2", 128),
    "inception4c": Branches(192, 128, 256, 32, 64, "L2", 128),
    "inception4d": Branches(160, 144, 288, 32, 64, "L2", 128),
    "inception4e": Branches(0, 160, 256, 64, 128, "max", 0, stride=2),
    "inception5a": Branches(384, 192, 384, 48, 128, "L2", 128),
    "inception5b": Branches(384, 192, 384, 48, 128, "max", 128),
}
"""The modules after the second pool; inception (2), before it, has only one branch."""


def check_settings(
    width: float,
    image_size: int,
    norm: Norm,
    first_pool: bool,
    standardised: bool,
    centred: bool,
    embedding_dim: int,
) -> None:
    """Raise InputError for arguments that ``NN2`` refuses, without making the network."""
    check_number(width, "width", low=0, high=8, low_included=False)
    check_number(image_size, "image_size", low=32, integer=True)
    check_choice(norm, "norm", get_args(Norm))
    check_flag(first_pool, "first_pool")
    check_flag(standardised, "standardised")
    check_flag(centred, "centred")
    check_number(embedding_dim, "embedding_dim", low=1, integer=True)


class NN2(nn.Module):
    """Pictures (N, 3, size, size) to embeddings (N, embedding_dim) of unit length.

    As published with no arguments: 7,448,256 weights, biases not counted. ``image_size=160`` is the
    paper's NN3. ``width`` multiplies the channels of every layer but the last, and
    ``norm="batch"`` puts batch normalisation after each convolution in place of the two local
    response normalisations. Without ``first_pool`` every map after it is twice as high and wide.
    ``standardised`` brings each channel of each picture to mean 0 and spread 1 before the first
    layer, so that the brightness, contrast and tint of the whole picture are gone.
    ``centred`` puts batch normalisation between the last layer and the sphere, so that embeddings
    lie all around it from the first step of training. None of these options is the paper's, and
    none gives one of the small networks that the paper names without printing their layers.
    ``generator`` draws the weights, or torch's global one where it is None. Raises InputError for a
    width that is not above 0 and at most 8, an image of less than 32 pixels, another norm.
    """

    def __init__(
        self,
        *,
        width: float = 1.0,
        image_size: int = IMAGE_SIZE,
        norm: Norm = "local",
        first_pool: bool = True,
        standardised: bool = False,
        centred: bool = False,
        embedding_dim: int = DIM,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        check_settings(width, image_size, norm, first_pool, standardised, centred, embedding_dim)
        self.width, self.image_size, self.norm = float(width), int(image_size), norm
        self.first_pool, self.standardised, self.centred = first_pool, standardised, centred
        self.embedding_dim = int(embedding_dim)
        batch_norm, first = norm == "batch", scaled(64, width)
        second = Inception(first, Branches(0, 64, 192, 0, 0).scaled(width), batch_norm=batch_norm)
        layers: dict[str, nn.Module] = {
            "standardise": nn.InstanceNorm2d(3, eps=EVEN),
            "conv1": Conv(3, first, 7, 2, batch_norm=batch_norm),
            "pool1": max_pool(2),
            "rnorm1": local_response_norm(),
            "inception2": second,
            "rnorm2": local_response_norm(),
            "pool2": max_pool(2),
        }
        channels = second.out
        for name, row in TABLE_2.items():
            layers[name] = module = Inception(channels, row.scaled(width), batch_norm=batch_norm)
            channels = module.out
        layers |= {
            "avgpool": nn.AdaptiveAvgPool2d(1),  # over the whole map, 7 x 7 in the paper
            "concat": nn.Flatten(),
            "fc": nn.Linear(channels, embedding_dim),
            "centre": nn.BatchNorm1d(embedding_dim),
            "L2": UnitLength(),
        }
        if batch_norm:
            del layers["rnorm1"], layers["rnorm2"]
        if not self.first_pool:
            del layers["pool1"]
        if not self.standardised:
            del layers["standardise"]
        if not self.centred:
            del layers["centre"]
        self.layers = nn.Sequential()
        for name, layer in layers.items():
            self.layers.add_module(name, layer)
        initialise(self, generator)

    @property
    def name(self) -> str:
        """The network's name: NN2, and its width, input and norm where they are not the paper's."""
        head = "NN2" if self.width == 1 else f"NN2 of width {self.width:g}"
        if self.image_size != IMAGE_SIZE:
            head += f" at {self.image_size} pixels"
        changes = {
            "with batch normalisation": self.norm == "batch",
            "without its first pool": not self.first_pool,
            "standardised": self.standardised,
            "centred": self.centred,
        }
        named = ", ".join(words for words, holds in changes.items() if holds)
        return f"{head} {named}" if named else head

    @property
    def settings(self) -> dict[str, int | float | str | bool]:
        """The arguments that make the same network again."""
        return {
            "width": self.width,
            "image_size": self.image_size,
            "norm": self.norm,
            "first_pool": self.first_pool,
            "standardised": self.standardised,
            "centred": self.centred,
            "embedding_dim": self.embedding_dim,
        }

    def forward(self, pictures: Tensor) -> Tensor:
        """Embed pictures (N, 3, size, size), which ``ModelSpec.prepare`` makes: (N, D)."""
        embeddings: Tensor = self.layers(check_pictures(pictures, self.image_size))
        return embeddings


def small_nn2(*, generator: torch.Generator | None = None) -> NN2:
    """NN2 at a quarter of its width, at 96 pixels and with batch normalisation: for a laptop.

    Without the first pool, standardised and centred: ``book/decisions/small-network.md`` says what
    each is worth. It has 491,856 weights instead of 7,448,256, and 73 million multiply-adds instead
    of 1,597 million.
    """
    return NN2(
        width=0.25,
        image_size=96,
        norm="batch",
        first_pool=False,
        standardised=True,
        centred=True,
        generator=generator,
    )
