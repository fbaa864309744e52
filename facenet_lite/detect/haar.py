"""OpenCV's Haar cascade (Viola and Jones 2001; Lienhart and Maydt 2002)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from facenet_lite import assets
from facenet_lite._checks import check_image, check_number
from facenet_lite._native import Lent, Native, lendable
from facenet_lite.boxes import Frame, xywh_to_xyxy
from facenet_lite.errors import AssetDamagedError
from facenet_lite.imaging import to_grey
from facenet_lite.types import Detections, Image

if TYPE_CHECKING:
    import cv2


@dataclass(frozen=True)
class HaarDetector:
    """Slides a 24 x 24 window over a pyramid of grey pictures through a cascade of stages.

    ``scale_factor``: the ratio between one picture of the pyramid and the next smaller; above 1.
    ``min_neighbors``: how many overlapping windows must agree; 0 returns every window.
    ``min_size``: the side in pixels of the smallest face to look for.

    A box's score is the number of windows that agreed on it. Raises InputError for settings
    outside these bounds.
    """

    cascade: Lent[cv2.CascadeClassifier] = field(repr=False)
    scale_factor: float = 1.1
    min_neighbors: int = 5
    min_size: int = 30
    name: ClassVar[str] = "haar"
    label: ClassVar[str] = "Haar"
    colour: ClassVar[str] = "#0a8a9c"
    frame: ClassVar[Frame] = Frame(-0.0045, 0.0741, 0.9024, 0.9024)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cascade", lendable(self.cascade))
        check_number(self.scale_factor, "scale_factor", low=1, low_included=False)
        check_number(self.min_neighbors, "min_neighbors", low=0, integer=True)
        check_number(self.min_size, "min_size", low=0, integer=True)

    @classmethod
    def load(
        cls,
        *,
        scale_factor: float = 1.1,
        min_neighbors: int = 5,
        min_size: int = 30,
        path: Path | None = None,
    ) -> HaarDetector:
        """Read OpenCV's frontal-face cascade, or the cascade in the XML file ``path``."""
        read = Native(partial(_read, path))
        return cls(read, scale_factor, min_neighbors, min_size)

    def detect(self, image: Image) -> Detections:
        """Find upright frontal faces; see ``Detector.detect``."""
        grey = to_grey(check_image(image))
        least = (self.min_size, self.min_size)
        with self.cascade.lent() as cascade:
            if self.min_neighbors == 0:  # nothing is merged: each window is a detection
                found = cascade.detectMultiScale(grey, self.scale_factor, 0, minSize=least)
                counts: Sequence[int] = [1] * len(found)
            else:
                found, counts = cascade.detectMultiScale2(
                    grey, self.scale_factor, self.min_neighbors, minSize=least
                )
        if len(found) == 0:  # OpenCV then gives an empty tuple, not an array
            return Detections.empty()
        # subtle: the order of boxes with equal scores depends on the timing of OpenCV's threads.
        order = np.lexsort(np.asarray(found).T[::-1])  # by left edge, then by top edge
        return Detections.sorted(xywh_to_xyxy(found)[order], np.asarray(counts)[order])


def _read(path: Path | None) -> cv2.CascadeClassifier:
    """Read a cascade, OpenCV's own where there is no path."""
    import cv2

    file = assets.fetch("haar_frontalface_default") if path is None else path
    cascade = cv2.CascadeClassifier()
    try:
        loaded = cascade.load(str(file))
    except cv2.error:
        loaded = False
    if not loaded:
        raise AssetDamagedError(f"{file}: OpenCV finds no cascade in it; expected its XML form")
    return cascade
