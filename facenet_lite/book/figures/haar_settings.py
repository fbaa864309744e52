"""The Haar detector's two settings, controlled by the reader."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import traitlets as t

from facenet_lite._checks import check_image
from facenet_lite.book.figures.base import Figure
from facenet_lite.book.plots.described import described
from facenet_lite.book.plots.pictures import photo_uri
from facenet_lite.boxes import xyxy_to_xywh
from facenet_lite.detect.haar import HaarDetector
from facenet_lite.types import Image

SCALE_FACTORS: Final = (1.05, 1.1, 1.2, 1.3, 1.5)
MOST_NEIGHBORS: Final = 12
ALT: Final = (
    "An interactive figure: a picture with the faces that the Haar cascade finds; scale factor "
    "and minimum number of neighbours can be set, and the boxes follow."
)


class HaarSettings(Figure, module="haar_settings.mjs"):
    """All windows that pass the cascade at five scale factors, grouped in the page.

    ``windows``: for each of SCALE_FACTORS, written as text, the boxes x y width height that
    OpenCV accepts before it merges any. The reader sets ``scale_factor`` and ``min_neighbors``;
    ``show_windows`` draws the single windows as well.
    """

    picture = t.Unicode("").tag(sync=True)
    width = t.Int(1).tag(sync=True)
    height = t.Int(1).tag(sync=True)
    windows: t.Dict[str, Any] = t.Dict().tag(sync=True)
    scale_factor = t.Enum(SCALE_FACTORS, 1.1).tag(sync=True)
    min_neighbors = t.Int(5, min=0, max=MOST_NEIGHBORS).tag(sync=True)
    show_windows = t.Bool(False).tag(sync=True)

    @classmethod
    def of(cls, image: Image, *, alt: str | None = None) -> HaarSettings:
        """Run the detector on an RGB picture once for each of SCALE_FACTORS, without merging.

        ``alt``: what the figure shows; None leaves it to the notebook's cell.
        Raises InputError for anything but an RGB picture.
        """
        height, width = check_image(image).shape[:2]
        detector, windows = HaarDetector.load(min_neighbors=0), {}
        for factor in SCALE_FACTORS:
            raw = replace(detector, scale_factor=factor).detect(image)
            windows[f"{factor:g}"] = xyxy_to_xywh(raw.boxes).astype(int).tolist()
        return cls(
            alt=alt or described() or ALT,
            picture=photo_uri(image, 480),
            width=width,
            height=height,
            windows=windows,
        )
