"""A PyTorch network behind the interface that every model has."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facenet_lite.errors import InputError
from facenet_lite.models.spec import ModelSpec, embed_in_batches

if TYPE_CHECKING:
    from torch import nn

    from facenet_lite.models.nn1 import NN1
    from facenet_lite.models.nn2 import NN2

Net: TypeAlias = "NN1 | NN2"

BATCH: Final = 32
"""This many crops go through the network at once: NN2's largest map then takes about 100 MB."""

FIGURE_1: Final = 1.1
"""The squared distance that separates the pairs of Figure 1, used until one is measured."""


@dataclass(frozen=True)
class TorchEmbedder:
    """Turns crops into embeddings of unit length, on the device on which the network is.

    The network's weights are stored in another order, with a pixel's channels side by side, which
    changes no value and lets a small network take half the time on a CPU. Threads share the
    network, as long as none trains it meanwhile. What is pickled is the network with its weights.
    Raises InputError for a spec of another image size or embedding dimension than the network's.
    """

    net: Net = field(repr=False)
    spec: ModelSpec

    def __post_init__(self) -> None:
        for name in ("image_size", "embedding_dim"):
            have, want = getattr(self.net, name), getattr(self.spec, name)
            if have != want:
                raise InputError(f"spec: expected {name} {have}, the network's own, got {want}")
        import torch

        self.net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    @classmethod
    def of(
        cls,
        net: Net,
        *,
        name: str | None = None,
        crop_margin: float = 0.25,
        threshold: float = FIGURE_1,
    ) -> TorchEmbedder:
        """Give a network, trained or not, a spec that maps grey levels 0 to 255 to -1 to 1.

        ``name``: the network's own name where it is None; the rest is as in ``ModelSpec``.
        """
        spec = ModelSpec(
            name=net.name if name is None else name,
            image_size=net.image_size,
            crop_margin=crop_margin,
            mean=(127.5, 127.5, 127.5),
            scale=1 / 127.5,
            embedding_dim=net.embedding_dim,
            unit_norm=True,
            threshold=threshold,
        )
        return cls(net, spec)

    def embed(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Embed crops, RGB uint8 (N, size, size, 3): float32 (N, D), of unit length.

        The network is left as it was, mode included. Raises InputError for crops
        of another form.
        """
        import torch

        device = next(self.net.parameters()).device

        def run(some: NDArray[np.uint8]) -> NDArray[np.float32]:
            pictures = torch.from_numpy(self.spec.prepare(some))
            placed = pictures.to(device, memory_format=torch.channels_last)
            return np.asarray(net(placed).cpu().numpy())

        net = _evaluating(self.net)
        with torch.inference_mode():
            return embed_in_batches(crops, self.spec, run, batch=BATCH)


def _evaluating(net: nn.Module) -> nn.Module:
    """The network if it is in evaluation mode, otherwise one in that mode with the same weights.

    A network that is switched back and forth between its modes cannot be shared between threads.
    """
    if not any(module.training for module in net.modules()):
        return net
    weights = {id(value): value for value in (*net.parameters(), *net.buffers())}
    return copy.deepcopy(net, weights).eval()
