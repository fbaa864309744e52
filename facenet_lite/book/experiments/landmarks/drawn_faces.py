"""Faces of Nobody with their exact landmarks, for training and testing landmarkers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import imaging
from facenet_lite._checks import check_number
from facenet_lite.by_hand.landmarks.cascade import intensity
from facenet_lite.data import nobody
from facenet_lite.landmarks import box_around
from facenet_lite.types import Image

MARGIN: Final = 0.5
"""The crop margin at which all 68 points lie in the picture."""


SIDES: Final = (192, 384)
"""Test pictures are enlarged to sides between these, for the reason given at
``box_frames.SIZES``."""


@dataclass(frozen=True, eq=False)
class LandmarkedFaces:
    """N faces of N people: ``pictures``, each RGB uint8 (side, side, 3), and ``points``,
    float32 (N, 68, 2), their true landmarks in pixels."""

    pictures: Sequence[Image]
    points: NDArray[np.float32]

    @property
    def boxes(self) -> NDArray[np.float32]:
        """The boxes (N, 4) that HOG would give, on average, to faces with these points."""
        return box_around(self.points)

    @property
    def grey(self) -> NDArray[np.uint8]:
        """Pictures of one size in grey, as the trees see them: uint8 (N, side, side)."""
        return np.array([intensity(picture) for picture in self.pictures])

    def __len__(self) -> int:
        return len(self.pictures)


def draw(
    train: int, test: int, *, rng: np.random.Generator, sides: tuple[int, int] = SIDES
) -> tuple[LandmarkedFaces, LandmarkedFaces]:
    """Draw faces to train on, 96 pixels wide, and others to test on, enlarged to random ``sides``.

    No person is in both. The training draws do not depend on ``test``.
    """
    for side in sides:
        check_number(side, "sides", low=96, integer=True)
    model = nobody.load()
    for_people, for_learned, for_tested = rng.spawn(3)
    people = nobody.split(model, train=train, validation=0, test=test, rng=for_people)
    full = dict.fromkeys(nobody.PARTS, 1.0)  # as much as LFW's faces vary
    learned, tested = (
        model.sample_pictures(some, 1, rng=generator, scale=full, crop_margin=MARGIN)
        for some, generator in ((people.train, for_learned), (people.test, for_tested))
    )
    low, high = np.log(sides)
    drawn = np.rint(np.exp(for_tested.uniform(low, high, test))).astype(int)
    large = [imaging.resize(p, width=side) for p, side in zip(tested.flat[0], drawn, strict=True)]
    factors = drawn[:, None, None] / tested.pictures.shape[2]
    return (
        LandmarkedFaces(list(learned.flat[0]), learned.flat_landmarks),
        LandmarkedFaces(large, enlarged(tested.flat_landmarks, factors)),
    )


def enlarged(
    points: NDArray[np.float32], factor: float | NDArray[np.floating]
) -> NDArray[np.float32]:
    """The points' positions in the picture enlarged ``factor`` times.

    Pixel 0 reaches from -0.5 to 0.5, so that edge, not the pixel's centre, stays in place.
    """
    return np.asarray((points + 0.5) * factor - 0.5, np.float32)
