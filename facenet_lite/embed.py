"""From a picture to the embeddings of its faces: detect, find landmarks, align, crop, embed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facenet_lite import align, detect, landmarks, models
from facenet_lite._checks import check_image
from facenet_lite.boxes import reframe
from facenet_lite.types import Boxes, Image


@dataclass(frozen=True, eq=False)
class Faces:
    """The N faces of one picture, highest score first, and the result of each step.

    ``boxes`` (N, 4) float32 and ``scores`` (N,) float32 as in ``Detections``; ``landmarks``
    (N, 5, 2) float32, x and y in the picture; ``crops`` (N, size, size, 3) uint8; ``embeddings``
    (N, D) float32.
    """

    boxes: Boxes
    scores: NDArray[np.float32]
    landmarks: NDArray[np.float32]
    crops: NDArray[np.uint8]
    embeddings: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.boxes)


@dataclass(frozen=True)
class FaceEmbedder:
    """The whole pipeline; each part can be replaced."""

    detector: detect.Detector
    landmarker: landmarks.Landmarker
    model: models.Embedder

    def embed(self, image: Image) -> Faces:
        """Find and embed every face of an RGB picture, uint8 (H, W, 3); without faces N = 0.

        Raises InputError for anything else.
        """
        found = self.detector.detect(check_image(image))
        points = self.landmarker.locate(image, reframe(found.boxes, self.detector.frame))
        spec = self.model.spec
        crops = align.crop(image, points, spec.image_size, crop_margin=spec.crop_margin)
        return Faces(found.boxes, found.scores, points, crops, self.model.embed(crops))


def load(model: models.Name = "dlib", *, detector: str = "hog") -> FaceEmbedder:
    """Load a network with a detector and the five-point landmarker.

    Raises InputError for unknown names, and AssetError if weights cannot be obtained.
    """
    return FaceEmbedder(detect.load(detector), landmarks.load(5), models.load(model))
