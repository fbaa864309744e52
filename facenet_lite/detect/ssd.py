"""OpenCV's res10 SSD: a single-shot detector on a small ResNet (Liu et al. 2016)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from facenet_lite import assets
from facenet_lite._checks import check_flag, check_image, check_number
from facenet_lite._native import Lent, Native, lendable
from facenet_lite.boxes import Frame
from facenet_lite.detect import prototxt
from facenet_lite.detect.base import seen
from facenet_lite.types import Detections, Image

if TYPE_CHECKING:
    import cv2

INPUT_SIDE: Final = 300
"""The network was trained on pictures of 300 x 300 pixels; its prior boxes assume that size."""
PADDED: Final = ("conv8_2_h", "conv9_2_h")
"""The two layers that the widely copied file pads, although the training did not."""
MEAN_BGR: Final = (104.0, 177.0, 123.0)
"""These means are subtracted from the blue, green and red values."""


@dataclass(frozen=True)
class SsdDetector:
    """Resizes the whole picture to 300 x 300 and scores thousands of prior boxes at once.

    ``score_threshold``: the lowest score, between 0 and 1, that counts as a face.
    ``as_copied``: whether the network is the one in circulation, with its mistake; see ``load``.
    Raises InputError outside these bounds.
    """

    network: Lent[cv2.dnn.Net] = field(repr=False)
    score_threshold: float = 0.5
    as_copied: bool = field(default=False, repr=False)
    name: ClassVar[str] = "ssd"
    label: ClassVar[str] = "SSD"
    colour: ClassVar[str] = "#d1562b"
    frame: ClassVar[Frame] = Frame(-0.0085, 0.063, 1.1041, 0.8096)

    def __post_init__(self) -> None:
        object.__setattr__(self, "network", lendable(self.network))
        check_number(self.score_threshold, "score_threshold", low=0, high=1)

    @classmethod
    def load(cls, *, score_threshold: float = 0.5, as_copied: bool = False) -> SsdDetector:
        """Read the network's layers and weights.

        The widely copied file pads two layers that were trained without padding, so faces that
        fill the picture get boxes beside it. Here the two pads are removed (OpenCV's pull request
        15118). ``as_copied`` leaves them in, and the boxes outside the picture: the detector that
        most programs run, and that the recorded results measured.
        """
        check_flag(as_copied, "as_copied")
        return cls(Native(partial(_read, as_copied)), score_threshold, as_copied)

    def detect(self, image: Image) -> Detections:
        """Find faces; see ``Detector.detect``."""
        import cv2

        height, width = check_image(image).shape[:2]
        # subtle: the network was trained on OpenCV's channel order, so ours is reversed.
        blob = cv2.dnn.blobFromImage(image, 1.0, (INPUT_SIDE, INPUT_SIDE), MEAN_BGR[::-1])
        with self.network.lent() as network:
            network.setInput(np.ascontiguousarray(blob[:, ::-1]))
            rows = network.forward().reshape(-1, 7)  # _, class, score, x1, y1, x2, y2 in 0..1
        rows = rows[rows[:, 2] >= self.score_threshold]
        boxes = rows[:, 3:] * np.array([width, height, width, height], np.float32)
        whole = (boxes[:, 0] < boxes[:, 2]) & (boxes[:, 1] < boxes[:, 3])
        found = Detections.sorted(boxes[whole], rows[whole, 2])
        return found if self.as_copied else seen(found, image)


def _read(as_copied: bool) -> cv2.dnn.Net:
    import cv2

    layers, weights = assets.fetch("ssd_res10_prototxt"), assets.fetch("ssd_res10_weights")
    text = layers.read_text(encoding="utf-8")
    for name in () if as_copied else PADDED:
        text = prototxt.with_field(text, name, "pad", 0)
    described = np.frombuffer(text.encode(), np.uint8)
    trained = np.frombuffer(weights.read_bytes(), np.uint8)
    return cv2.dnn.readNetFromCaffe(described, trained)
