"""dlib's HOG detector: gradients, a linear classifier, a sliding window (King 2009, 2015)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite._checks import check_image, check_number
from facenet_lite._native import Lent, Native, lendable
from facenet_lite.boxes import Frame
from facenet_lite.detect.base import bounded, from_dlib
from facenet_lite.types import Detections, Image

if TYPE_CHECKING:
    import dlib


MOST_PIXELS: Final = 25_000_000
"""A picture of this many pixels takes about 1.3 GB and 13 seconds of one core in dlib."""
SMALLEST_FACE: Final = 80
"""The side in pixels of the window, and so of the smallest face found without doubling."""


@dataclass(frozen=True)
class HogDetector:
    """Slides an 80 x 80 window over a pyramid of gradient histograms.

    ``upsample``: how many times the picture is doubled first; each doubling finds faces half as
    large (from 40 pixels with 1) and makes the search about four times as slow.
    ``score_threshold``: the lowest score that counts as a face; 0 is dlib's own value, and values
    below 0 find more faces but make more mistakes. ``max_pixels``: a picture with more is reduced
    to them first; dlib takes about 50 MB and half a second a megapixel.
    Raises InputError outside these bounds.
    """

    model: Lent[dlib.fhog_object_detector] = field(repr=False)
    upsample: int = 1
    score_threshold: float = 0.0
    max_pixels: int = MOST_PIXELS
    name: ClassVar[str] = "hog"
    label: ClassVar[str] = "HOG"
    colour: ClassVar[str] = "#7c6fd6"
    frame: ClassVar[Frame] = Frame(0.0, 0.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "model", lendable(self.model))
        check_number(self.upsample, "upsample", low=0, high=4, integer=True)
        check_number(self.score_threshold, "score_threshold", low=-10, high=10)
        check_number(self.max_pixels, "max_pixels", low=10_000, integer=True)

    @classmethod
    def load(
        cls, *, upsample: int = 1, score_threshold: float = 0.0, max_pixels: int = MOST_PIXELS
    ) -> HogDetector:
        """Get the detector that is compiled into dlib."""
        return cls(Native(_compiled), upsample, score_threshold, max_pixels)

    def detect(self, image: Image) -> Detections:
        """Find upright frontal faces; see ``Detector.detect``."""
        smallest = SMALLEST_FACE >> self.upsample
        return bounded(check_image(image), self._detect, most=self.max_pixels, smallest=smallest)

    def _detect(self, pixels: NDArray[np.uint8]) -> Detections:
        with self.model.lent() as model:
            rectangles, scores, _ = model.run(pixels, self.upsample, self.score_threshold)
        return from_dlib(rectangles, scores)


def _compiled() -> dlib.fhog_object_detector:
    import dlib

    return dlib.get_frontal_face_detector()
