"""The SSD's two thresholds, set by the reader."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import traitlets as t
from numpy.typing import NDArray

from facenet_lite._checks import check_image, check_number
from facenet_lite.book.figures.base import Figure
from facenet_lite.book.plots.pictures import photo_uri
from facenet_lite.by_hand.detect.blob import input_blob
from facenet_lite.by_hand.detect.ssd import RawNetwork, scale
from facenet_lite.types import Image

ALT: Final = (
    "An interactive figure: sliders for the score threshold and the overlap allowed decide "
    "which of the network's boxes on a picture are kept, suppressed, or below the threshold."
)


class SsdThresholds(Figure, module="ssd_thresholds.mjs"):
    """The raw boxes of one picture with the highest scores, and which become faces.

    ``picture``: data URI; ``width`` and ``height`` of the original in pixels; ``boxes`` and
    ``priors``, where each box started: lists of x1 y1 x2 y2 in its pixels; ``scores``, descending.
    """

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
    def of(
        cls,
        image: Image,
        *,
        count: int = 200,
        alt: str = ALT,
        network: RawNetwork | None = None,
    ) -> SsdThresholds:
        """Run the network on an RGB picture and keep its ``count`` best boxes without suppression.

        ``alt`` says what the figure shows. Coordinates are rounded to a tenth of a pixel,
        scores to four digits. Raises InputError for other pictures, or a count below 1.
        """
        height, width = check_image(image).shape[:2]
        check_number(count, "count", low=1, integer=True)
        network = RawNetwork.load() if network is None else network
        raw = network.forward(input_blob(image))
        scores = raw.scores()
        surest = np.argsort(-scores, kind="stable")[:count]
        return cls(
            alt=alt,
            picture=photo_uri(image, 480),
            width=width,
            height=height,
            boxes=_rounded(scale(raw.boxes()[surest], image), 1),
            priors=_rounded(scale(raw.priors[surest], image), 1),
            scores=_rounded(scores[surest], 4),
        )


def _rounded(values: NDArray[Any], digits: int) -> list[object]:
    # subtle: float64 first, or 0.1 would be written as 0.10000000149011612.
    rounded: list[object] = np.round(values.astype(np.float64), digits).tolist()
    return rounded
