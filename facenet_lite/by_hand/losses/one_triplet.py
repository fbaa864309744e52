"""One triplet: its loss, and which way its three points should move."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_number

MARGIN = 0.2
"""The paper's margin alpha (section 3.1), equal to ``ranking.MARGIN`` but without torch."""


class Slopes(NamedTuple):
    """The gradient of one triplet's loss with respect to each of its points: (D,) each."""

    anchor: NDArray[np.float64]
    positive: NDArray[np.float64]
    negative: NDArray[np.float64]


def loss(
    anchor: ArrayLike, positive: ArrayLike, negative: ArrayLike, margin: float = MARGIN
) -> float:
    """The loss of three points (D,): at least 0, and 0 from the margin on.

    Raises InputError for points of different lengths, NaN, or a negative margin. (FaceNet,
    section 3.1, equation 3, one term of the sum.)
    """
    a, p, n = _points(anchor, positive, negative)
    to_positive = np.square(a - p).sum()
    to_negative = np.square(a - n).sum()
    return max(0.0, float(to_positive - to_negative + check_number(margin, "margin", low=0)))


def gradient(
    anchor: ArrayLike, positive: ArrayLike, negative: ArrayLike, margin: float = MARGIN
) -> Slopes:
    """The gradient of ``loss`` at three points (D,): zero where the loss is 0.

    Raises InputError as ``loss`` does. The three parts sum to zero: moving all points by the same
    amount changes no distance.
    """
    a, p, n = _points(anchor, positive, negative)
    if loss(a, p, n, margin) == 0:
        return Slopes(np.zeros_like(a), np.zeros_like(a), np.zeros_like(a))
    return Slopes(anchor=2 * (n - p), positive=2 * (p - a), negative=2 * (a - n))


def _points(*given: ArrayLike) -> list[NDArray[np.float64]]:
    first = check_array(given[0], "anchor", shape=(None,), dtype=np.float64)
    return [
        check_array(point, name, shape=first.shape, dtype=np.float64)
        for point, name in zip(given, ("anchor", "positive", "negative"), strict=True)
    ]
