"""Are these two faces one person's? VAL, FAR and the ROC of a list of pairs (FaceNet, section 4).

A pair is accepted when its squared distance D is at most the threshold d: ``D <= d``. Every
threshold that a function returns is a distance that occurs, or minus infinity, which accepts
nothing. So the answers depend only on the order of the distances, and are the same for D, for its
root, and for any other quantity that grows with it, as long as rounding makes no two of them equal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import as_array, check_array, check_number, describe
from facenet_lite.errors import InputError
from facenet_lite.evaluate.at_far import OperatingPoint, ValAtFar, false_accepts_allowed
from facenet_lite.evaluate.uncertainty import LEVEL, binomial_quantile, wilson_interval


@dataclass(frozen=True, eq=False)
class Roc:
    """Every operating point of a list of pairs, strictest first.

    ``thresholds``, ``val``, ``far``: float64 (T + 1,) for T different distances, ascending. The
    first point accepts nothing, the last everything. ``same``, ``different``: how many pairs show
    one person, and two people.
    """

    thresholds: NDArray[np.float64]
    val: NDArray[np.float64]
    far: NDArray[np.float64]
    same: int
    different: int

    @property
    def auc(self) -> float:
        """The area under the curve: the chance that a same pair is nearer; ties count half."""
        steps = np.diff(self.far)
        return float(steps @ (self.val[1:] + self.val[:-1]) / 2)


class BestAccuracy(NamedTuple):
    """The largest share of pairs that any one threshold judges correctly, found on those same
    pairs. It must not be reported, since a threshold has to be chosen beforehand."""

    accuracy: float
    threshold: float
    errors: int


def roc(squared_distances: ArrayLike, is_same: ArrayLike) -> Roc:
    """All operating points: VAL and FAR at every distance that occurs.

    ``squared_distances`` (P,); ``is_same`` bool (P,). Pairs of equal distance are accepted
    together. Raises InputError for other shapes, NaN, or pairs of one kind only.
    """
    a, b = same_and_different(squared_distances, is_same)
    places = np.unique(np.concatenate([a, b]))
    return Roc(
        thresholds=np.concatenate([[-np.inf], places]),
        val=np.concatenate([[0], np.searchsorted(a, places, side="right")]) / len(a),
        far=np.concatenate([[0], np.searchsorted(b, places, side="right")]) / len(b),
        same=len(a),
        different=len(b),
    )


def val_at_far(squared_distances: ArrayLike, is_same: ArrayLike, far: float) -> ValAtFar:
    """The highest validation rate whose false accept rate is at most ``far``.

    ``squared_distances`` (P,); ``is_same`` bool (P,). Of M different pairs floor(far * M) may be
    accepted; where that is 0, the rate is not estimable. The threshold is the largest distance
    that occurs and keeps to the rate; pairs of equal distance are accepted together or not at all.

    The interval holds for independent pairs, and has two sources: the same pairs (Wilson), and the
    threshold, which another M different pairs would put elsewhere. The threshold lies between the
    distances whose ranks a true rate of ``far`` gives in 95 % of cases (order statistics;
    binomial). The two are joined as Zou and Donner (2008) join the intervals of a sum, and the
    result includes the true rate in 95 % of cases or slightly more. Where (1 - far)^M is above
    0.025, that is with fewer than about 3.7 false accepts expected, the only lower end is 0: the
    threshold of that rate may well lie below the nearest different pair seen, nobody knows how far.

    Raises InputError for other shapes, NaN, pairs of one kind only, or a rate outside (0, 1].
    """
    a, b = same_and_different(squared_distances, is_same)
    check_number(far, "far", low=0, high=1, low_included=False)
    allowed = false_accepts_allowed(far, len(b))
    if allowed == 0:
        return ValAtFar(asked=far, allowed=0, same=len(a), different=len(b))
    limit = first_refused(b, allowed)
    accepted = int(np.searchsorted(a, limit, side="left"))
    wrong = int(np.searchsorted(b, limit, side="left"))
    nearest = [x[count - 1] for x, count in ((a, accepted), (b, wrong)) if count]
    threshold = float(max(nearest)) if nearest else -math.inf
    point = OperatingPoint(threshold, accepted / len(a), wrong / len(b))
    return ValAtFar(
        asked=far,
        allowed=allowed,
        same=len(a),
        different=len(b),
        point=point,
        interval=val_interval(a, b, far, accepted),
    )


def equal_error_rate(squared_distances: ArrayLike, is_same: ArrayLike) -> OperatingPoint:
    """The point at which the larger of FAR and 1 - VAL is smallest: the equal error rate.

    With few pairs there may be no threshold at which they are equal; the larger is then the rate
    that both errors keep to. Of equally good thresholds the lowest is taken. Raises InputError as
    ``roc`` does.
    """
    found = roc(squared_distances, is_same)
    best = int(np.argmin(np.maximum(found.far, 1 - found.val)))
    return OperatingPoint(*(float(x[best]) for x in (found.thresholds, found.val, found.far)))


def best_accuracy(squared_distances: ArrayLike, is_same: ArrayLike) -> BestAccuracy:
    """The most pairs that one threshold can judge correctly, chosen with the answers in hand.

    ``squared_distances`` (P,); ``is_same`` bool (P,). Raises InputError as ``roc`` does.
    ``fold_accuracy`` gives what may be reported.
    """
    distances, same = check_pairs(squared_distances, is_same)
    threshold = best_threshold(distances, same)
    errors = int(np.sum((distances <= threshold) != same))
    return BestAccuracy(1 - errors / len(same), threshold, errors)


def best_threshold(squared_distances: ArrayLike, is_same: ArrayLike) -> float:
    """The squared distance d at which ``D <= d`` judges the most pairs (P,) correctly.

    It is the largest distance accepted, or minus infinity where accepting nothing is best. Of
    equally good ones the lowest is taken, which accepts fewest pairs. Raises InputError where all
    pairs are of one kind.
    """
    distances, same = check_pairs(squared_distances, is_same)
    if same.all() or not same.any():
        raise InputError("is_same: expected pairs of one person and of two, got only one kind")
    order = np.argsort(distances, kind="stable")
    return best_of_sorted(distances[order], same[order])


def best_of_sorted(distances: NDArray[np.float64], same: NDArray[np.bool_]) -> float:
    """``best_threshold`` of pairs (P,) whose distances ascend, unchecked."""
    # Accepting the k nearest pairs is right for those of one person, and wrong for the others.
    gain = np.concatenate([[0], np.cumsum(np.where(same, 1, -1))])
    # Pairs of equal distance are never separated.
    gain[1:-1][distances[1:] == distances[:-1]] = -len(gain)
    best = int(np.argmax(gain))
    return float(distances[best - 1]) if best else -math.inf


def check_pairs(
    squared_distances: ArrayLike, is_same: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return distances float64 (P,) and answers bool (P,), or raise InputError."""
    distances = check_array(squared_distances, "squared_distances", shape=(None,), dtype=np.float64)
    same = as_array(is_same, "is_same")
    if same.dtype != np.bool_ or same.shape != distances.shape:
        raise InputError(
            f"is_same: expected bool of shape ({len(distances)},), one for each distance, "
            f"got {describe(same)}"
        )
    if distances.size and distances.min() < 0:
        raise InputError("squared_distances: expected none below 0; square plain distances first")
    return distances, same


def same_and_different(
    squared_distances: ArrayLike, is_same: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The distances of same pairs (N,) and of different pairs (M,), each ascending."""
    distances, same = check_pairs(squared_distances, is_same)
    a, b = np.sort(distances[same]), np.sort(distances[~same])
    if len(a) == 0 or len(b) == 0:
        raise InputError(
            f"is_same: expected pairs of one person and of two, got {len(a)} and {len(b)}"
        )
    return a, b


def first_refused(b: NDArray[np.float64], allowed: int) -> float:
    """The first distance that is too far, where ``allowed`` of ``b`` (M,), ascending, may go in."""
    return float(b[allowed]) if allowed < len(b) else math.inf


def val_interval(
    a: NDArray[np.float64], b: NDArray[np.float64], far: float, accepted: int
) -> tuple[float, float]:
    """The 95 % interval of ``val_at_far``, unchecked; ``a`` (N,) and ``b`` (M,) ascend."""
    val = accepted / len(a)
    low, high = wilson_interval(accepted, len(a))
    shares = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    fewest, most = (binomial_quantile(share, len(b), far) for share in shares)
    lenient = float(np.searchsorted(a, first_refused(b, most), side="left")) / len(a)
    if fewest == 0:  # the threshold may lie below the nearest different pair
        low, strict = 0.0, val
    else:
        strict = float(np.searchsorted(a, b[fewest - 1], side="right")) / len(a)
    return (
        max(0.0, val - math.hypot(val - low, val - strict)),
        min(1.0, val + math.hypot(high - val, lenient - val)),
    )
