"""A whole batch in plain loops: every valid triplet, one after the other.

A batch of B pictures of P people has B (B/P - 1) (B - B/P) triplets, so these loops are for small
batches; ``losses.batch_all_triplet_loss`` gives the same without visiting any triplet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_choice
from facenet_lite.by_hand.losses import one_triplet
from facenet_lite.by_hand.losses.one_triplet import MARGIN
from facenet_lite.errors import InputError


def valid_triplets(people: Sequence[int]) -> list[tuple[int, int, int]]:
    """Every anchor with every other picture of its person and every picture of another one.

    ``people``: who is on each of B pictures. The order is by anchor, positive and negative, as in
    ``miners.batch_all``.
    """
    found = []
    for a, who in enumerate(people):
        for p, friend in enumerate(people):
            for n, stranger in enumerate(people):
                if p != a and friend == who and stranger != who:
                    found.append((a, p, n))
    return found


def loss_and_gradient(
    points: ArrayLike,
    triplets: Sequence[tuple[int, int, int]],
    margin: float = MARGIN,
    reduction: Literal["mean_active", "mean", "sum"] = "mean_active",
) -> tuple[float, NDArray[np.float64]]:
    """The loss of triplets of points (B, D), and its gradient (B, D), as ``losses.triplet_loss``.

    Raises InputError for NaN, an index beyond the batch, a negative margin, another reduction.
    """
    x = check_array(points, "points", shape=(None, None), dtype=np.float64)
    check_choice(reduction, "reduction", ("mean_active", "mean", "sum"))
    if any(not 0 <= row < len(x) for triplet in triplets for row in triplet):
        raise InputError(f"triplets: expected indices from 0 to {len(x) - 1}, got one beyond")
    total, active, gradient = 0.0, 0, np.zeros_like(x)
    for a, p, n in triplets:
        cost = one_triplet.loss(x[a], x[p], x[n], margin)
        if cost > 0:
            total, active = total + cost, active + 1
            slopes = one_triplet.gradient(x[a], x[p], x[n], margin)
            gradient[a] += slopes.anchor
            gradient[p] += slopes.positive
            gradient[n] += slopes.negative
    count = max(1, {"sum": 1, "mean": len(triplets), "mean_active": active}[reduction])
    return total / count, gradient / count
