"""The SSD's two thresholds, set by the reader."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import traitlets as t

from facenet_lite._checks import check_image
from facenet_lite.book.figures.base import Figure
from facenet_lite.book.plots.pictures import photo_uri
from facenet_lite.by_hand.detect.blob import input_blob
from facenet_lite.by_hand.detect.ssd import RawNetwork, scale
from facenet_lite.types import Image

BEST: Final = 200
"""This many boxes, those with the highest scores, are in the page."""


class SsdThresholds(Figure, module="ssd_thresholds.mjs"):
    """The raw boxes of one picture with the highest scores, and which become faces.

    ``picture``: data URI; ``width`` and ``height`` of the original in pixels; ``boxes`` and
    ``priors``, where each box started: lists of x1 y1 x2 y2 in its pixels; ``scores``, descending.
    """

    alt = t.Unicode(
        "An interactive figure: sliders for the score threshold and the overlap allowed decide "
        "which of the network's boxes on a picture are kept, suppressed, or below the threshold."
    ).tag(sync=True)
    picture = t.Unicode("").tag(sync=True)
    width = t.Int(1).tag(sync=True)
    height = t.Int(1).tag(sync=True)
    boxes: t.List[Any] = t.List().tag(sync=True)
    priors: t.List[Any] = t.List().tag(sync=True)
    scores: t.List[Any] = t.List().tag(sync=True)
    score_threshold = t.Float(0.5, min=0, max=1).tag(sync=True)
    max_iou = t.Float(0.45, min=0, max=1).tag(sync=True)
    show_suppressed = t.Bool(False).tag(sync=True)
    show_priors = t.Bool(False).tag(sync=True)

    @classmethod
    def of(cls, image: Image, *, network: RawNetwork) -> SsdThresholds:
        """Run the network on an RGB picture and keep its ``BEST`` boxes without suppression.

        Coordinates are rounded to a tenth of a pixel, scores to four digits. Raises InputError for
        other pictures.
        """
        height, width = check_image(image).shape[:2]
        raw = network.forward(input_blob(image))
        scores = raw.scores()
        surest = np.argsort(-scores, kind="stable")[:BEST]
        # subtle: float64 first, or 0.1 would be written as 0.10000000149011612.
        return cls(
            picture=photo_uri(image, 480),
            width=width,
            height=height,
            boxes=scale(raw.boxes()[surest], image).astype(float).round(1).tolist(),
            priors=scale(raw.priors[surest], image).astype(float).round(1).tolist(),
            scores=scores[surest].astype(float).round(4).tolist(),
        )
