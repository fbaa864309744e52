"""What others have reported, as they reported it: on LFW, and FaceNet's table 4."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

FOLDS: Final = 10


@dataclass(frozen=True)
class Published:
    """A figure as its source has it.

    ``accuracy``: a share; ``plus_minus``: what follows it, None for nothing; ``kind``: whether that
    is the folds' standard deviation or the mean's standard error; ``pairs``: what it was measured
    on; ``source``: the work's key in the bibliography; ``ddof``: 0 where the deviation was divided
    by the number of folds, as ``np.std`` does, 1 where by one fewer.
    """

    name: str
    accuracy: float
    plus_minus: float | None
    kind: Literal["standard deviation", "standard error", "none"]
    pairs: str
    source: str
    ddof: int = 1

    @property
    def standard_error(self) -> float | None:
        """How far the mean may be off, whatever the source printed; None where it cannot be told.

        A sample's standard deviation over ten folds is divided by the root of 10, and one that
        was itself divided by 10, and not by 9, by the root of 9.
        """
        if self.plus_minus is None or self.kind == "standard error":
            return self.plus_minus
        return self.plus_minus / math.sqrt(FOLDS - 1 + self.ddof)


FACENET_CENTRE: Final = Published(
    "FaceNet NN1, centre crop", 0.9887, 0.0015, "standard error", "ten folds", "schroff2015facenet"
)
"""FaceNet, section 5.6: a fixed crop of the middle."""
FACENET_ALIGNED: Final = Published(
    "FaceNet NN1, aligned", 0.9963, 0.0009, "standard error", "ten folds", "schroff2015facenet"
)
"""FaceNet, section 5.6: a face detector; LFW's own alignment for the 2 pictures where it failed."""

PUBLISHED: Final = (
    FACENET_CENTRE,
    FACENET_ALIGNED,
    Published(
        "facenet, VGGFace2",
        0.9965,
        0.00252,
        "standard deviation",
        "ten folds",
        "sandberg2018facenet",
        ddof=0,
    ),
    Published(
        "dlib, 100 jitters", 0.993833, 0.00272732, "standard deviation", "ten folds", "kingmodels"
    ),
    Published(
        "DeepFace Facenet512", 0.984, None, "none", "View 1's test pairs", "serengil2024deepface"
    ),
    Published(
        "OpenFace nn4.small2",
        0.9292,
        0.0134,
        "standard deviation",
        "ten folds",
        "amos2016openface",
        ddof=0,
    ),
)
"""Best accuracy first would be no order of merit: see what differs."""

VAL_BY_JPEG_QUALITY: Final[Mapping[int, float]] = {
    10: 0.673, 20: 0.814, 30: 0.839, 50: 0.855, 70: 0.861, 90: 0.865
}  # fmt: skip
"""FaceNet, section 5.3, table 4 (left): VAL at a FAR of 0.001 by JPEG quality, of NN1 on the first
split of the hold-out: 200,000 pictures like those of the training, of other people. It prints no ±
(``schroff2015facenet``)."""
VAL_BY_PIXELS: Final[Mapping[int, float]] = {
    1600: 0.378, 6400: 0.795, 14400: 0.845, 25600: 0.857, 65536: 0.864
}  # fmt: skip
"""FaceNet, section 5.3, table 4 (right): the same by the picture's pixels, height times width: its
sides are 40, 80, 120, 160 and 256 (``schroff2015facenet``)."""
