"""dlib's face recognition network: a ResNet with 29 convolutions (King 2017)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import assets
from facenet_lite.models.spec import ModelSpec, check_crops

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
"""dlib's authors compare plain distances with 0.6; ours are squared, so it is 0.36."""

BATCH: Final = 16
"""Crops that go through the network at once: more take memory and save no time on a CPU."""


@dataclass(frozen=True)
class DlibResNet:
    """Turns crops of 150 x 150 pixels into 128 numbers."""

    model: dlib.face_recognition_model_v1 = field(repr=False)
    spec: ModelSpec = SPEC

    @classmethod
    def load(cls) -> DlibResNet:
        """Read the weights."""
        import dlib

        return cls(dlib.face_recognition_model_v1(str(assets.fetch("dlib_resnet"))))

    def embed(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Embed crops, RGB uint8 (N, 150, 150, 3): float32 (N, 128), not of unit length."""
        checked = check_crops(crops, self.spec)
        out = np.zeros((len(checked), self.spec.embedding_dim), np.float32)
        for start in range(0, len(checked), BATCH):
            batch = list(checked[start : start + BATCH])
            out[start : start + len(batch)] = self.model.compute_face_descriptor(batch)
        return out
