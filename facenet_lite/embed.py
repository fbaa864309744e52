"""From a picture to the embeddings of its faces: detect, find landmarks, align, crop, embed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import align, detect, landmarks, models
from facenet_lite._checks import check_image
from facenet_lite.align.quality import Quality, measure_quality
from facenet_lite.boxes import reframe
from facenet_lite.types import Boxes, Image

EMPTY: Final = 0.5
"""With a smaller share of their crops inside the picture, most strangers are taken for one."""
FLAT: Final = 2.0
"""With less contrast than this, in grey levels, they are as well."""
OUTSIDE: Final = 0.7
SMALL: Final = 30
BLURRED: Final = 0.01
DARK: Final = 5.0
"""Below these limits, of the share inside, of size, sharpness and contrast, answers err several
times as often as on good pictures; ``book/decisions/face-quality.md`` has the measurements."""


@dataclass(frozen=True, eq=False)
class Faces:
    """The N faces of one picture, highest score first, and the result of each step.

    ``boxes`` (N, 4) float32 and ``scores`` (N,) float32 as in ``Detections``; ``landmarks``
    (N, 5, 2) float32, x and y in the picture; ``crops`` (N, size, size, 3) uint8; ``embeddings``
    (N, D) float32; ``quality``, how much each crop can be trusted.

    ``left_out``: how many of the detector's boxes are not among them, because nothing of a face can
    be seen there: the crop lies outside the picture, or is of one grey.
    """

    boxes: Boxes
    scores: NDArray[np.float32]
    landmarks: NDArray[np.float32]
    crops: NDArray[np.uint8]
    embeddings: NDArray[np.float32]
    quality: Quality
    left_out: int = 0

    def __len__(self) -> int:
        return len(self.boxes)

    def weaknesses(self, face: int) -> list[str]:
        """Why an answer that rests on this face is weak, in words; nothing where it is not."""
        inside, size, sharpness, contrast = (
            float(part[face]) for part in vars(self.quality).values()
        )
        found = []
        if inside < OUTSIDE:
            found.append(f"only {100 * inside:.0f} % of the crop lies inside the picture")
        if size < SMALL:
            found.append(f"the face is only {size:.0f} pixels wide")
        if sharpness < BLURRED:
            found.append(f"the face is blurred (sharpness {sharpness:.3f})")
        if contrast < DARK:
            found.append(f"the face has hardly any contrast ({contrast:.1f} grey levels)")
        return found


@dataclass(frozen=True)
class FaceEmbedder:
    """The whole pipeline; each part can be replaced."""

    detector: detect.Detector
    landmarker: landmarks.Landmarker
    model: models.Embedder

    def embed(self, image: Image) -> Faces:
        """Find and embed every face of an RGB picture, uint8 (H, W, 3); without faces N = 0.

        Boxes in which nothing of a face can be seen are left out, and counted. Raises InputError
        for anything but such a picture.
        """
        found = self.detector.detect(check_image(image))
        framed = reframe(found.boxes, self.detector.frame)
        points = self.landmarker.locate(image, framed)
        measured = measure_quality(image, framed, points)
        seen = (measured.inside >= EMPTY) & (measured.contrast >= FLAT)
        points, spec = points[seen], self.model.spec
        crops = align.crop(image, points, spec.image_size, crop_margin=spec.crop_margin)
        return Faces(
            found.boxes[seen],
            found.scores[seen],
            points,
            crops,
            self.model.embed(crops),
            measured.take(seen),
            int((~seen).sum()),
        )


def load(model: models.Name = "dlib", *, detector: str = "hog") -> FaceEmbedder:
    """Load a network with a detector and the five-point landmarker.

    Raises InputError for unknown names, and AssetError if weights cannot be obtained.
    """
    return FaceEmbedder(detect.load(detector), landmarks.load(5), models.load(model))
