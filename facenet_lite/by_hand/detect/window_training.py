"""Train the sliding-window detector on 100 faces, 100 other tiles and its own mistakes.

The tiles are scikit-image's ``lfw_subset``; the mistakes come from pictures that show nobody.
Nothing is random: the same data give the same detector.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from facenet_lite import assets, imaging
from facenet_lite._checks import check_choice, check_grey, check_number
from facenet_lite._extras import named
from facenet_lite.by_hand.detect import svm
from facenet_lite.by_hand.detect.window import WINDOW, WindowDetector, tile_features
from facenet_lite.errors import InputError
from facenet_lite.types import GreyImage

FACES: Final = 100
"""The first 100 tiles of lfw_subset are faces, the other 100 are not."""

BACKGROUNDS: Final = (
    "coffee", "rocket", "brick", "coins", "page", "grass", "gravel", "clock", "text", "chelsea",
)  # fmt: skip
"""These pictures of ``skimage.data`` show nobody, and all come in its wheel.

chelsea is a cat; the coins bear heads, mostly in profile, which count as mistakes here.
"""

HELD_OUT: Final = ("moon", "immunohistochemistry", "hubble_deep_field", "motorcycle")
"""These are never trained on, so that false alarms can be counted honestly."""

MOST_PER_PICTURE: Final = 150
"""At most this many mistakes are taken from one picture."""


class Round(NamedTuple):
    """One round of training: the detector, its samples, and its remaining mistakes.

    ``faces`` and ``others`` count the samples, ``false_alarms`` the boxes found in the backgrounds.
    """

    detector: WindowDetector
    faces: int
    others: int
    false_alarms: int


def tiles() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The faces and the other tiles, doubled in size: two of float64 (100, 50, 50), 0 to 255."""
    import cv2

    small = np.load(assets.fetch("lfw_subset"), allow_pickle=False) * 255.0  # (200, 25, 25)
    side = WINDOW + 2
    large = np.array([cv2.resize(t, (side, side), interpolation=cv2.INTER_CUBIC) for t in small])
    return large[:FACES], large[FACES:]


def backgrounds(names: Sequence[str] = BACKGROUNDS) -> list[GreyImage]:
    """Grey pictures, uint8 (H, W), of ``skimage.data``; "motorcycle" is the left of its pair."""
    with named():
        import skimage.data

    out = []
    for name in names:
        check_choice(name, "names", (*BACKGROUNDS, *HELD_OUT))
        source: Any = "stereo_motorcycle" if name == "motorcycle" else name
        picture: Any = getattr(skimage.data, source)()
        picture = picture[0] if name == "motorcycle" else picture
        out.append(imaging.to_grey(picture) if picture.ndim == 3 else picture)
    return out


def train(
    pictures: Sequence[GreyImage], *, hard_negatives: int = 2, penalty: float = 0.1
) -> list[Round]:
    """Train, look for faces in pictures that have none, add what is found, train again.

    ``pictures`` are grey, at least one; ``hard_negatives`` is how often they are searched for
    mistakes to learn from, ``penalty`` the SVM's C. Returns ``hard_negatives + 1`` rounds, the
    last detector being the best. Raises InputError for other values.
    """
    check_number(hard_negatives, "hard_negatives", low=0, high=10, integer=True)
    if len(pictures) == 0:
        raise InputError("pictures: expected at least one grey picture without faces, got none")
    for index, picture in enumerate(pictures):
        check_grey(picture, f"pictures[{index}]")
    # Mirrored faces are faces.
    faces, others = (tile_features(np.concatenate([part, part[:, :, ::-1]])) for part in tiles())
    rounds = []
    for _ in range(hard_negatives + 1):
        labels = np.repeat([1.0, -1.0], [len(faces), len(others)])
        trained = svm.train(np.concatenate([faces, others]), labels, penalty=penalty)
        detector = WindowDetector(trained)
        found = [detector.search(picture)[1] for picture in pictures]
        rounds.append(Round(detector, len(faces), len(others), sum(map(len, found))))
        others = np.concatenate([others, *(part[:MOST_PER_PICTURE] for part in found)])
    return rounds
