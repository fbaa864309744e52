"""LFW's people as gallery, mates and strangers, from dlib's recorded embeddings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import evaluate
from facenet_lite.book.experiments.lfw.reference import Embedded
from facenet_lite.data.lfw import Lfw
from facenet_lite.errors import InputError

SUSPECT: Final = 0.05
"""Pictures of different people are hardly ever this near: most such pairs show one person under
two names."""


@dataclass(frozen=True, eq=False)
class Roles:
    """Who is known and who asks, one picture each: float32 (M, 128), (P, 128), (S, 128).

    ``gallery``: people known; ``mates``: another picture of the first P of them, in their order;
    ``strangers``: of people who are not in the gallery.
    """

    gallery: NDArray[np.float32]
    mates: NDArray[np.float32]
    strangers: NDArray[np.float32]

    @property
    def labels(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Whole numbers for the people in each of the three."""
        known, unknown = len(self.gallery), len(self.strangers)
        return np.arange(known), np.arange(len(self.mates)), known + np.arange(unknown)


def divide(pictures: Embedded, *, rng: np.random.Generator) -> Roles:
    """Give each person a role at random.

    Whoever has two or more pictures is in the gallery with one and a probe with another. Half of
    the others are in the gallery too, but no probe shows them; the other half are strangers. Raises
    InputError where there are fewer than two of either.
    """
    order = rng.permutation(len(pictures.people))
    _, first, count = np.unique(pictures.people[order], return_index=True, return_counts=True)
    several = np.flatnonzero(count > 1)
    # The second picture of each person in the shuffled order.
    shuffled = np.lexsort((np.arange(len(order)), pictures.people[order]))
    starts = np.cumsum(count) - count
    second = shuffled[starts[several] + 1]
    singles = rng.permutation(first[count == 1])
    if len(several) < 2 or len(singles) < 4:
        raise InputError(
            f"pictures: expected 2 people with two pictures and 4 with one, got {len(several)} and "
            f"{len(singles)}"
        )
    half = len(singles) // 2
    known = np.concatenate([first[several], singles[:half]])
    rows = (order[some] for some in (known, second, singles[half:]))
    return Roles(*(pictures.vectors[row] for row in rows))


def threshold(copy: Lfw, pictures: Embedded) -> float:
    """The threshold that LFW's ten folds choose: the mean over folds. Pairs without a face take no
    part in the choice."""
    pairs = copy.pairs("folds")
    by_name = dict(zip(pictures.pictures, pictures.vectors, strict=True))
    found = evaluate.pair_distances(pairs, by_name, missing="report")
    return float(evaluate.ten_folds(pairs, found.squared, missing=found.missing).thresholds.mean())
