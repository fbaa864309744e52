"""The values that are drawn: people, and their pictures with everything known about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, describe
from facenet_lite.errors import InputError

Part: TypeAlias = Literal["yaw", "pitch", "expression", "light", "background", "other"]

PARTS: Final[tuple[Part, ...]] = ("yaw", "pitch", "expression", "light", "background", "other")

AXES: Final[Mapping[str, tuple[str, ...]]] = {
    "yaw": ("nose to the picture's right",),
    "pitch": ("nose down",),
    "expression": ("mouth open", "mouth wide", "eyes open", "brows up"),
    "light": ("brighter", "from the picture's left", "from above", "warmer", "greener"),
}
"""The effect of a positive value on each axis; ``background`` and ``other`` have no named axes."""


@dataclass(frozen=True, eq=False)
class Identities:
    """People who do not exist: ``coordinates``, float64 (N, R), in standard deviations, and
    ``labels``, int64 (N,), all different. Raises InputError for other shapes or repeated labels."""

    coordinates: NDArray[np.float64]
    labels: NDArray[np.int64]

    def __post_init__(self) -> None:
        where = check_array(self.coordinates, "coordinates", shape=(None, None), dtype=np.float64)
        labels = check_array(self.labels, "labels", shape=(len(where),), dtype=np.int64)
        if len(np.unique(labels)) < len(labels):
            raise InputError("labels: expected one per person, got some label twice")
        object.__setattr__(self, "coordinates", where)
        object.__setattr__(self, "labels", labels)

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, indices: ArrayLike | slice) -> Identities:
        """The people at ``indices`` (whole numbers, a mask, or a slice), with their labels."""
        keep = indices if isinstance(indices, slice) else np.asarray(indices)
        return Identities(self.coordinates[keep], self.labels[keep])


@dataclass(frozen=True, eq=False)
class Pictures:
    """K pictures each of N people.

    ``pictures``: RGB uint8 (N, K, size, size, 3); ``labels``: int64 (N, K), who is in each;
    ``landmarks``: float32 (N, K, 68, 2), exact, x and y in pixels; ``parameters``: drawn values,
    float32 (N, K, Q) for each part of how, and (N, K) for each nuisance.
    """

    pictures: NDArray[np.uint8]
    labels: NDArray[np.int64]
    landmarks: NDArray[np.float32]
    parameters: Mapping[str, NDArray[np.float32]]

    def __post_init__(self) -> None:
        p = self.pictures
        if not isinstance(p, np.ndarray) or p.dtype != np.uint8 or p.ndim != 5 or p.shape[4] != 3:
            raise InputError(f"pictures: expected uint8 (N, K, size, size, 3), got {describe(p)}")
        people, each = p.shape[:2]
        check_array(self.labels, "labels", shape=(people, each), dtype=np.int64)
        check_array(self.landmarks, "landmarks", shape=(people, each, 68, 2), dtype=np.float32)

    def __len__(self) -> int:
        return self.labels.size

    @property
    def flat(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Pictures (N * K, size, size, 3) and labels (N * K,), person by person."""
        return self.pictures.reshape(-1, *self.pictures.shape[2:]), self.labels.ravel()

    @property
    def flat_landmarks(self) -> NDArray[np.float32]:
        """Landmarks (N * K, 68, 2), in the order of ``flat``."""
        return self.landmarks.reshape(-1, 68, 2)
