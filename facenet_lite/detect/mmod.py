"""dlib's CNN detector, trained with the max-margin object detection loss (King 2015)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import assets
from facenet_lite._checks import check_flag, check_image, check_number
from facenet_lite._extras import named
from facenet_lite._native import Lent, Native, lendable
from facenet_lite.boxes import Frame
from facenet_lite.detect.base import bounded, from_dlib
from facenet_lite.types import Detections, Image

if TYPE_CHECKING:
    import dlib

    from facenet_lite._mmod.in_torch import MmodTorch

MOST_PIXELS: Final = 3_000_000
"""A picture of this many pixels takes about 3 GB and 25 seconds of one core in dlib."""
MOST_PIXELS_FAST: Final = 25_000_000
"""A picture of this many pixels takes about 2.1 GB and 20 seconds of one core in PyTorch."""
SMALLEST_FACE: Final = 80
"""The side in pixels of the smallest face found without doubling, roughly."""
SMALLEST_PICTURE: Final = 16
"""A side below this many pixels is too small for dlib's convolutions, which then raise."""


@dataclass(frozen=True)
class MmodDetector:
    """Runs a small convolutional network over a pyramid of the picture.

    ``upsample``: how many times the picture is doubled first; each doubling finds faces half as
    large and takes about four times the time and memory. ``score_threshold``: the lowest score that
    counts as a face; dlib returns none below 0. ``max_pixels``: a picture with more, once doubled,
    is reduced to them first: dlib takes about a gigabyte and 8 seconds a megapixel, PyTorch 70 MB
    and less than a second. Raises InputError outside these bounds.
    """

    model: Lent[dlib.cnn_face_detection_model_v1 | MmodTorch] = field(repr=False)
    upsample: int = 0
    score_threshold: float = 0.0
    max_pixels: int = MOST_PIXELS
    name: ClassVar[str] = "mmod"
    label: ClassVar[str] = "CNN"
    colour: ClassVar[str] = "#4d8f3a"
    frame: ClassVar[Frame] = Frame(0.0341, 0.073, 1.0477, 1.0485)

    def __post_init__(self) -> None:
        object.__setattr__(self, "model", lendable(self.model))
        check_number(self.upsample, "upsample", low=0, high=4, integer=True)
        check_number(self.score_threshold, "score_threshold", low=0, high=10)
        check_number(self.max_pixels, "max_pixels", low=10_000, integer=True)

    @classmethod
    def load(
        cls,
        *,
        upsample: int = 0,
        score_threshold: float = 0.0,
        max_pixels: int | None = None,
        fast: bool = False,
    ) -> MmodDetector:
        """Read the network.

        ``fast``: run it in PyTorch, which gives dlib's boxes, and its scores to about 1e-4, in less
        than a tenth of the time. ``max_pixels``: None is 3 million, and with ``fast`` 25 million.
        Raises MissingExtraError with ``fast`` where PyTorch is not installed.
        """
        check_flag(fast, "fast")
        most = MOST_PIXELS_FAST if fast else MOST_PIXELS
        return cls(
            Native(_read_for_torch if fast else _read),
            upsample,
            score_threshold,
            most if max_pixels is None else max_pixels,
        )

    def detect(self, image: Image) -> Detections:
        """Find faces; see ``Detector.detect``."""
        if min(check_image(image).shape[:2]) < SMALLEST_PICTURE:
            return Detections.empty()
        most = max(SMALLEST_PICTURE**2, self.max_pixels // 4**self.upsample)
        return bounded(image, self._detect, most=most, smallest=SMALLEST_FACE >> self.upsample)

    def _detect(self, pixels: NDArray[np.uint8]) -> Detections:
        with self.model.lent() as model:
            found = model(pixels, self.upsample)
        sure = [face for face in found if face.confidence >= self.score_threshold]
        return from_dlib([face.rect for face in sure], [face.confidence for face in sure])


def _read() -> dlib.cnn_face_detection_model_v1:
    import dlib

    return dlib.cnn_face_detection_model_v1(str(assets.fetch("mmod_detector")))


def _read_for_torch() -> MmodTorch:
    with named():
        from facenet_lite._mmod.in_torch import MmodTorch
    return MmodTorch.load()
