"""What other libraries mean by semi-hard, in plain loops.

Each takes points (B, D), people (B,) and a margin on *squared* distances, so that only the rules
differ. torchvision's reference training offers only "batch_all" and "batch_hard".
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite.by_hand.miners.loops import Rows, batch_all, distances, pairs, strangers
from facenet_lite.ranking import MARGIN


def pytorch_metric_learning(
    points: ArrayLike, people: Sequence[int], margin: float = MARGIN
) -> Rows:
    """Every triplet with 0 < d_n - d_p <= margin: ``TripletMarginMiner``, "semihard".

    By default it takes plain distances of normalised vectors.
    """
    d = distances(points, people)
    return [(a, p, n) for a, p, n in batch_all(people) if 0 < d[a][n] - d[a][p] <= margin]


def tensorflow_addons(points: ArrayLike, people: Sequence[int]) -> Rows:
    """For every pair the nearest negative farther than the positive, however far; where there is
    none, the farthest of all: ``triplet_semihard_loss``, which uses its margin only in the loss.
    """
    d = distances(points, people)
    found = []
    for a, p in pairs(people):
        others = sorted(strangers(people, a), key=lambda n: d[a][n])
        beyond = [n for n in others if d[a][n] > d[a][p]]
        if others:
            found.append((a, p, beyond[0] if beyond else others[-1]))
    return found


def siamese_triplet(
    points: ArrayLike, people: Sequence[int], margin: float = MARGIN, *, rng: np.random.Generator
) -> Rows:
    """A random negative of the band, for each pair in one order only:
    ``SemihardNegativeTripletSelector``. (Where no band holds a negative it returns some triplet,
    while this returns none.)
    """
    d = distances(points, people)
    found = []
    for a, p in combinations(range(len(people)), 2):
        if people[a] == people[p]:
            band = [n for n in strangers(people, a) if 0 < d[a][p] - d[a][n] + margin < margin]
            if band:
                found.append((a, p, int(rng.choice(band))))
    return found
