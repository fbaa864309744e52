"""What has to travel with a network's weights: without it they are useless."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from facenet_lite._checks import check_array, check_flag, check_number, describe
from facenet_lite.errors import InputError

BATCH: Final = 16
"""This many crops go through a network at once: more take memory and save no time on a CPU."""


@dataclass(frozen=True)
class ModelSpec:
    """How pictures must look before a network sees them, and what comes out.

    ``image_size``: the side of the crop in pixels. ``crop_margin``: the space around the template
    of five landmarks, as a part of its side. ``mean`` and ``scale``: RGB values 0..255 enter the
    network as ``(x - mean) * scale``. ``embedding_dim``: how many numbers an embedding has.
    ``unit_norm``: whether embeddings lie on the unit sphere. ``threshold``: the squared distance up
    to which its authors call two faces the same. Raises InputError for impossible values.
    """

    name: str
    image_size: int
    crop_margin: float
    mean: tuple[float, float, float]
    scale: float
    embedding_dim: int
    unit_norm: bool
    threshold: float

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise InputError(f"name: expected a network's name, got {describe(self.name)}")
        check_number(self.image_size, "image_size", low=1, integer=True)
        check_number(self.crop_margin, "crop_margin", low=0)
        mean = check_array(self.mean, "mean", shape=(3,), dtype=np.float64)
        object.__setattr__(self, "mean", tuple(mean.tolist()))
        check_number(self.scale, "scale", low=0, low_included=False)
        check_number(self.embedding_dim, "embedding_dim", low=1, integer=True)
        check_flag(self.unit_norm, "unit_norm")
        check_number(self.threshold, "threshold", low=0)

    def prepare(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The network's input for crops, uint8 (N, size, size, 3).

        Returns ``(x - mean) * scale`` as float32 (N, 3, size, size): channels first.
        Raises InputError for crops of another form.
        """
        values = check_crops(crops, self).astype(np.float32)
        values -= np.asarray(self.mean, np.float32)
        values *= np.float32(self.scale)
        return np.ascontiguousarray(values.transpose(0, 3, 1, 2))

    def to_json(self) -> str:
        """The fields as JSON, for the file that holds the weights."""
        return json.dumps(asdict(self), default=lambda number: number.item())  # NumPy's

    @classmethod
    def from_json(cls, text: str) -> ModelSpec:
        """Make a spec of what ``to_json`` wrote; raises InputError for anything else."""
        try:
            found = json.loads(text)
        except ValueError as error:
            raise InputError(f"spec: expected JSON ({error})") from error
        names = {field.name for field in fields(cls)}
        if not isinstance(found, dict) or set(found) != names:
            got = ", ".join(sorted(found)) if isinstance(found, dict) else describe(found)
            raise InputError(f"spec: expected the fields {', '.join(sorted(names))}, got {got}")
        return cls(**found)


class Embedder(Protocol):
    """A network that turns crops into embeddings."""

    @property
    def spec(self) -> ModelSpec:
        """What the network expects and gives."""
        ...

    def embed(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Embed crops, uint8 (N, size, size, 3): float32 (N, embedding_dim)."""
        ...


def embed_in_batches(
    crops: NDArray[np.uint8],
    spec: ModelSpec,
    embed: Callable[[NDArray[np.uint8]], NDArray[np.float32]],
    *,
    batch: int = BATCH,
) -> NDArray[np.float32]:
    """Embed crops, uint8 (N, size, size, 3), ``batch`` at a time: float32 (N, embedding_dim).

    ``embed`` takes at most ``batch`` crops. Raises InputError for crops of another form.
    """
    checked = check_crops(crops, spec)
    out = np.zeros((len(checked), spec.embedding_dim), np.float32)
    for start in range(0, len(checked), batch):
        some = slice(start, start + batch)
        out[some] = embed(checked[some])
    return out


def check_crops(crops: NDArray[np.uint8], spec: ModelSpec) -> NDArray[np.uint8]:
    """Return crops, uint8 (N, size, size, 3), or raise InputError."""
    size = spec.image_size
    if not isinstance(crops, np.ndarray) or crops.dtype != np.uint8:
        raise InputError(
            f"crops: expected a uint8 array of shape (any x {size} x {size} x 3), "
            f"got {describe(crops)}; align.crop makes them"
        )
    return check_array(crops, "crops", shape=(None, size, size, 3), dtype=np.uint8)
