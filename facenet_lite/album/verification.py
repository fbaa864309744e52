"""Are two photographs of one person? Every face of one is compared with every face of the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from facenet_lite._checks import check_choice
from facenet_lite.distances import pairwise_squared_distances
from facenet_lite.embed import Faces
from facenet_lite.errors import InputError
from facenet_lite.evaluate import Calibration
from facenet_lite.types import Boxes

Choice: TypeAlias = Literal["nearest", "surest", "largest"]
CHOICES: Final[tuple[Choice, ...]] = get_args(Choice)


@dataclass(frozen=True, eq=False)
class Verification:
    """Two photographs' faces, all distances between them, and which two faces are compared.

    ``squared_distances``: float32 (N, M), of each face of ``a`` to each of ``b``; ``pair``: the
    rows of the two compared; ``threshold`` and its ``calibration``, None where no rates are known.
    """

    a: Faces
    b: Faces
    squared_distances: NDArray[np.float32]
    pair: tuple[int, int]
    threshold: float
    calibration: Calibration | None

    @property
    def squared_distance(self) -> float:
        """The squared distance of the two faces compared."""
        return float(self.squared_distances[self.pair])

    @property
    def same(self) -> bool | None:
        """Whether they are within the threshold; None where nobody has measured what that means."""
        return None if self.calibration is None else self.squared_distance <= self.threshold

    @property
    def verdict(self) -> str:
        """The answer in words."""
        if self.same is None:
            return "no verdict, since the rates of this network's threshold are not known"
        return "the same person" if self.same else "different people"


def compare_faces(
    a: Faces,
    b: Faces,
    *,
    threshold: float,
    calibration: Calibration | None = None,
    face: Choice = "nearest",
) -> Verification:
    """Compare the faces of two photographs, of which each has at least one.

    ``threshold``: the network's own, used where there is no ``calibration``, which has its own.
    ``face``: which of several to compare: ``nearest``, of all pairs the two nearest to each other;
    ``surest``, the detector's first; ``largest``, by the box's area. The nearest of n pairs has up
    to n times the false accept rate of one pair. Raises InputError for a photograph without a face.
    """
    check_choice(face, "face", CHOICES)
    for faces, name in ((a, "a"), (b, "b")):
        if len(faces) == 0:
            raise InputError(f"{name}: expected at least one face, got none")
    squared = pairwise_squared_distances(a.embeddings, b.embeddings)
    if face == "nearest":
        row, column = np.unravel_index(int(squared.argmin()), squared.shape)
        pair = (int(row), int(column))
    elif face == "surest":
        pair = (0, 0)
    else:
        pair = (largest(a.boxes), largest(b.boxes))
    if calibration is not None:
        threshold = calibration.threshold
    return Verification(a, b, squared, pair, threshold, calibration)


def largest(boxes: Boxes) -> int:
    """The row of the largest of boxes (N, 4), N at least 1."""
    return int(np.argmax((boxes[:, 2:] - boxes[:, :2]).prod(axis=1)))
