"""The Haar detector's two settings, controlled by the reader."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import traitlets as t

from facenet_lite._checks import check_image
from facenet_lite.book.figures.base import Figure
from facenet_lite.book.plots.pictures import photo_uri
from facenet_lite.boxes import xyxy_to_xywh
from facenet_lite.detect.haar import HaarDetector
from facenet_lite.errors import InputError
from facenet_lite.types import Image

SCALE_FACTORS: Final = (1.05, 1.1, 1.2, 1.3, 1.5)
MOST_NEIGHBORS: Final = 12


class HaarSettings(Figure, module="haar_settings.mjs"):
    """All windows that pass the cascade at five scale factors, grouped in the page.

    ``windows``: for each of SCALE_FACTORS, written as text, the boxes x y width height that
    OpenCV accepts before it merges any. The reader sets ``scale_factor`` and ``min_neighbors``;
    ``show_windows`` draws the single windows as well.
    """

    alt = t.Unicode(
        "An interactive figure: a picture with the faces that the Haar cascade finds; scale factor "
        "and minimum number of neighbours can be set, and the boxes follow."
    ).tag(sync=True)
    picture = t.Unicode("").tag(sync=True)
    width = t.Int(1).tag(sync=True)
    height = t.Int(1).tag(sync=True)
    windows: t.Dict[str, Any] = t.Dict().tag(sync=True)
    scale_factor = t.Float(1.1).tag(sync=True)
    min_neighbors = t.Int(5, min=0, max=MOST_NEIGHBORS).tag(sync=True)
    show_windows = t.Bool(False).tag(sync=True)

    @t.validate("scale_factor")
    def _scale_factor_is_offered(self, proposal: dict[str, float]) -> float:
        if proposal["value"] not in SCALE_FACTORS:
            raise InputError(
                f"scale_factor: expected one of {SCALE_FACTORS}, got {proposal['value']}"
            )
        return proposal["value"]

    @classmethod
    def of(
        cls, image: Image, *, detector: HaarDetector | None = None, alt: str | None = None
    ) -> HaarSettings:
        """Run the detector on an RGB picture once for each of SCALE_FACTORS, without merging.

        ``alt``: what the figure shows. Raises InputError for anything but an RGB picture.
        """
        height, width = check_image(image).shape[:2]
        detector = HaarDetector.load() if detector is None else detector
        windows = {}
        for factor in SCALE_FACTORS:
            raw = replace(detector, scale_factor=factor, min_neighbors=0).detect(image)
            windows[f"{factor:g}"] = xyxy_to_xywh(raw.boxes).astype(int).tolist()
        named = {} if alt is None else {"alt": alt}
        return cls(
            **named,
            picture=photo_uri(image, 480),
            width=width,
            height=height,
            windows=windows,
        )
