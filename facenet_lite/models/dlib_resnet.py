"""dlib's face recognition network: a ResNet with 29 convolutions (King 2017)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import assets
from facenet_lite._native import Lent, Native, lendable
from facenet_lite.models.spec import ModelSpec, embed_in_batches

if TYPE_CHECKING:
    import dlib

SPEC: Final = ModelSpec(
    name="dlib",
    image_size=150,
    crop_margin=0.25,
    mean=(122.782, 117.001, 104.298),
    scale=1 / 256,
    embedding_dim=128,
    unit_norm=False,
    threshold=0.6**2,
)
"""dlib's authors compare plain distances with 0.6; ours are squared, so the threshold is 0.36."""


@dataclass(frozen=True)
class DlibResNet:
    """Turns crops of 150 x 150 pixels into 128 numbers."""

    model: Lent[dlib.face_recognition_model_v1] = field(repr=False)
    spec: ModelSpec = SPEC

    def __post_init__(self) -> None:
        object.__setattr__(self, "model", lendable(self.model))

    @classmethod
    def load(cls) -> DlibResNet:
        """Read the weights."""
        return cls(Native(_read))

    def embed(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Embed crops, RGB uint8 (N, 150, 150, 3): float32 (N, 128), not of unit length."""

        def described(some: NDArray[np.uint8]) -> NDArray[np.float32]:
            with self.model.lent() as model:
                return np.array(model.compute_face_descriptor(list(some)), np.float32)

        return embed_in_batches(crops, self.spec, described)


def _read() -> dlib.face_recognition_model_v1:
    import dlib

    return dlib.face_recognition_model_v1(str(assets.fetch("dlib_resnet")))
