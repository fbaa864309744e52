"""Disjoint sets of people for training, for validation and for the final test."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from facenet_lite._checks import check_number
from facenet_lite.data.nobody.model import FaceModel
from facenet_lite.data.nobody.values import Identities
from facenet_lite.errors import InputError


@dataclass(frozen=True, eq=False)
class Splits:
    """Three sets of people. Raises InputError if two of them share a label or a face."""

    train: Identities
    validation: Identities
    test: Identities

    def __post_init__(self) -> None:
        sets = {"train": self.train, "validation": self.validation, "test": self.test}
        for (name, a), (other, b) in combinations(sets.items(), 2):
            faces = {row.tobytes() for row in a.coordinates}
            twice = any(row.tobytes() in faces for row in b.coordinates)
            if twice or np.isin(a.labels, b.labels).any():
                raise InputError(
                    f"{name}, {other}: expected different people, got one in both; "
                    "split draws them all at once"
                )


def split(
    model: FaceModel,
    *,
    train: int,
    validation: int,
    test: int,
    rng: np.random.Generator,
) -> Splits:
    """Draw the given numbers of people. Labels are whole numbers; no two sets share one.

    The training people are drawn first, so a larger test set does not change the other two sets.
    """
    counts = {"train": train, "validation": validation, "test": test}
    for name, count in counts.items():
        check_number(count, name, low=0, integer=True)
    everyone = model.sample_identities(sum(counts.values()), rng=rng)
    ends = np.cumsum(list(counts.values()))
    starts = ends - list(counts.values())
    return Splits(*(everyone.take(slice(a, b)) for a, b in zip(starts, ends, strict=True)))
