"""Figures as others have reported them: on LFW, and FaceNet on its own hold-out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from facenet_lite._checks import check_number

FOLDS: Final = 10


@dataclass(frozen=True)
class Published:
    """A figure as its source gives it.

    ``accuracy``: a share; ``plus_minus``: the number after the ±, None if there is none; ``kind``:
    whether that is the folds' standard deviation or the mean's standard error; ``pairs``: what it
    was measured on; ``source``: the work's key in the bibliography; ``ddof``: 0 where the deviation
    divides by the number of folds, as ``np.std`` does, 1 where by one fewer.
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
        """The mean's standard error, whatever the source printed; None where it is not known.

        A sample standard deviation over ten folds is divided by the root of 10; one that was
        itself computed by dividing by 10 instead of 9 is divided by the root of 9.
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
"""Not sorted by accuracy, since the figures are not measured alike and cannot be ranked."""

VAL_BY_JPEG_QUALITY: Final[Mapping[int, float]] = {
    10: 0.673, 20: 0.814, 30: 0.839, 50: 0.855, 70: 0.861, 90: 0.865
}  # fmt: skip
"""FaceNet, section 5.3, table 4 (left): VAL at a FAR of 0.001 by JPEG quality, for NN1 on the first
split of the hold-out: 200,000 pictures like those of the training, of other people. The table has
no ± (``schroff2015facenet``)."""
VAL_BY_PIXELS: Final[Mapping[int, float]] = {
    1600: 0.378, 6400: 0.795, 14400: 0.845, 25600: 0.857, 65536: 0.864
}  # fmt: skip
"""FaceNet, section 5.3, table 4 (right): the same by the picture's pixels, height times width; the
sides are 40, 80, 120, 160 and 256 (``schroff2015facenet``)."""


@dataclass(frozen=True)
class HoldOut:
    """A row of FaceNet's Tables 3, 5 or 6.

    ``name``: what the row describes; ``val``: VAL, a share, in Tables 3 and 5 at FAR 1e-3 (printed
    as "10E-3") on the paper's hold-out; ``standard_error``: over its five splits, None where none
    is printed; ``level``: what the table varies, as a number; ``parameters`` and ``madds``: as
    printed, rounded, None where they are not.
    """

    name: str
    val: float
    standard_error: float | None = None
    level: int | None = None
    parameters: float | None = None
    madds: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The known fields of the row, in a form that JSON can hold."""
        return {key: value for key, value in asdict(self).items() if value is not None}


TABLE_3: Final = (
    HoldOut("NN1", 0.879, 0.019, parameters=140e6, madds=1.6e9),
    HoldOut("NN2", 0.894, 0.016, parameters=7.5e6, madds=1.6e9),
    HoldOut("NN3", 0.883, 0.017),
    HoldOut("NN4", 0.820, 0.023, madds=285e6),
    HoldOut("NNS1", 0.824, 0.024, parameters=26e6, madds=220e6),
    HoldOut("NNS2", 0.519, 0.029, parameters=4.3e6, madds=20e6),
)
"""FaceNet, Table 3: its networks; sizes from Tables 1 and 2 and section 3.3."""
TABLE_5: Final = tuple(
    HoldOut(f"{dim} dimensions", val, error, dim)
    for dim, val, error in (
        (64, 0.868, 0.017),
        (128, 0.879, 0.019),
        (256, 0.877, 0.019),
        (512, 0.856, 0.020),
    )
)
"""FaceNet, Table 5: NN1 with embeddings of other lengths."""
TABLE_6: Final = tuple(
    HoldOut(f"{pictures:,} pictures", val, level=pictures)
    for pictures, val in (
        (2_600_000, 0.763),
        (26_000_000, 0.851),
        (52_000_000, 0.851),
        (260_000_000, 0.862),
    )
)
"""FaceNet, Table 6: a small NN2 at 96 pixels by training pictures, 700 hours each. Its caption
names neither the test set nor the false accept rate; the text speaks of the personal photos."""
CLAIMED_REDUCTION: Final = 0.60
"""FaceNet, section 5.5: "the relative reduction in error is 60%", for tens of millions of pictures
against millions, "on our personal photo test set". This disagrees with Table 6, which it explains:
compare ``error_reduction`` of the table's figures."""


def error_reduction(before: float, after: float) -> float:
    """The share by which the error falls between two rates of success.

    Raises InputError for rates that are not from 0 to 1, or a first rate without error.
    """
    check_number(before, "before", low=0, high=math.nextafter(1, 0))
    check_number(after, "after", low=0, high=1)
    return (after - before) / (1 - before)
