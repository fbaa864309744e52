"""dlib's HOG detector: gradients, a linear classifier, a sliding window (King 2009, 2015)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from facenet_lite._checks import check_image, check_number
from facenet_lite._native import Lent, PerThread, lendable
from facenet_lite.boxes import Frame
from facenet_lite.detect.base import contiguous, from_dlib, seen
from facenet_lite.types import Detections, Image

if TYPE_CHECKING:
    import dlib


@dataclass(frozen=True)
class HogDetector:
    """Slides an 80 x 80 window over a pyramid of gradient histograms.

    ``upsample``: how many times the picture is doubled first; each doubling finds faces half as
    large (from 40 pixels with 1) and makes the search about four times as slow.
    ``score_threshold``: the lowest score that counts as a face; 0 is dlib's own value, and values
    below 0 find more faces but make more mistakes. Raises InputError outside these bounds.
    """

    model: Lent[dlib.fhog_object_detector] = field(repr=False)
    upsample: int = 1
    score_threshold: float = 0.0
    name: ClassVar[str] = "hog"
    label: ClassVar[str] = "HOG"
    colour: ClassVar[str] = "#7c6fd6"
    frame: ClassVar[Frame] = Frame(0.0, 0.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "model", lendable(self.model))
        check_number(self.upsample, "upsample", low=0, high=4, integer=True)
        check_number(self.score_threshold, "score_threshold", low=-10, high=10)

    @classmethod
    def load(cls, *, upsample: int = 1, score_threshold: float = 0.0) -> HogDetector:
        """Get the detector that is compiled into dlib."""
        return cls(PerThread(_compiled), upsample, score_threshold)

    def detect(self, image: Image) -> Detections:
        """Find upright frontal faces; see ``Detector.detect``."""
        pixels = contiguous(check_image(image))
        with self.model.lent() as model:
            rectangles, scores, _ = model.run(pixels, self.upsample, self.score_threshold)
        return seen(from_dlib(rectangles, scores), image)


def _compiled() -> dlib.fhog_object_detector:
    import dlib

    return dlib.get_frontal_face_detector()
