"""What has to travel with a network's weights: without it they are of no use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from facenet_lite._checks import check_array, describe
from facenet_lite.errors import InputError


@dataclass(frozen=True)
class ModelSpec:
    """How pictures must look before a network sees them, and what comes out.

    ``image_size``: side of the crop in pixels. ``crop_margin``: space around the five landmarks'
    template, as a part of its side. ``mean`` and ``scale``: what the network itself does to RGB
    values 0..255, ``(x - mean) * scale``. ``embedding_dim``: numbers per face. ``unit_norm``:
    whether embeddings lie on the unit sphere. ``threshold``: the squared distance up to which its
    authors call two faces the same.
    """

    name: str
    image_size: int
    crop_margin: float
    mean: tuple[float, float, float]
    scale: float
    embedding_dim: int
    unit_norm: bool
    threshold: float


class Embedder(Protocol):
    """A network that turns crops into embeddings."""

    @property
    def spec(self) -> ModelSpec:
        """What the network expects and gives."""
        ...

    def embed(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Embed crops, uint8 (N, size, size, 3): float32 (N, embedding_dim)."""
        ...


def check_crops(crops: NDArray[np.uint8], spec: ModelSpec) -> NDArray[np.uint8]:
    """Return crops, uint8 (N, size, size, 3), or raise InputError."""
    size = spec.image_size
    if not isinstance(crops, np.ndarray) or crops.dtype != np.uint8:
        raise InputError(
            f"crops: expected a uint8 array of shape (any x {size} x {size} x 3), "
            f"got {describe(crops)}; align.crop makes them"
        )
    return check_array(crops, "crops", shape=(None, size, size, 3), dtype=np.uint8)
