"""Each fold judged by the others' threshold: accuracy by threshold, for them and for itself."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import traitlets as t
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_number
from facenet_lite.book.figures.base import Figure
from facenet_lite.errors import InputError
from facenet_lite.evaluate import best_accuracy, fold_accuracy

ALT: Final = (
    "An interactive figure: accuracy against the threshold, as a smooth curve for all folds but "
    "one and as a rough one for that fold. A vertical line marks where the smooth curve is "
    "highest; where it crosses the rough one stands the fold's accuracy."
)
STEPS: Final = 120
"""The curves are drawn at this many steps of the threshold."""
MOST: Final = 20
"""The most folds in one figure."""


class FoldByFold(Figure, module="folds.mjs"):
    """The accuracy curves of a chosen fold and of all the others.

    ``low`` and ``high``: the range of thresholds of the curves; ``folds``: for each its number
    of ``pairs``, how many are judged ``right`` at each of ``STEPS + 1`` places, the ``threshold``
    best on the others, its ``hits`` there, and its maximum at any threshold, ``own``; ``fold``:
    the chosen one's index.
    """

    low = t.Float().tag(sync=True)
    high = t.Float().tag(sync=True)
    folds: t.List[Any] = t.List().tag(sync=True)
    fold = t.Int(0).tag(sync=True)

    @classmethod
    def of(
        cls,
        squared_distances: ArrayLike,
        is_same: ArrayLike,
        folds: ArrayLike,
        *,
        around: float = 0.15,
        alt: str = ALT,
    ) -> FoldByFold:
        """Show squared distances (P,), is_same bool (P,) and folds (P,), each with both kinds.

        The curves reach from ``around`` below the thresholds to as much above. Raises InputError as
        ``fold_accuracy`` does, for more than ``MOST`` folds, or for a fold with pairs of one kind.
        """
        found = fold_accuracy(squared_distances, is_same, folds)
        check_number(around, "around", low=0, high=1, low_included=False)
        distances, same = np.asarray(squared_distances, float), np.asarray(is_same)
        names = np.unique(folds)
        if len(names) > MOST:
            raise InputError(f"folds: expected at most {MOST}, got {len(names)}")
        if not np.isfinite(found.thresholds).all():
            raise InputError("squared_distances: expected thresholds that accept some pair")
        low, high = found.thresholds.min() * (1 - around), found.thresholds.max() * (1 + around)
        places = np.linspace(low, high, STEPS + 1)
        groups = [np.asarray(folds) == name for name in names]
        rows = [
            _row(distances[own], same[own], places, threshold)
            for own, threshold in zip(groups, found.thresholds.tolist(), strict=True)
        ]
        return cls(low=float(low), high=float(high), folds=rows, alt=alt)


def _row(
    distances: NDArray[np.float64],
    same: NDArray[np.bool_],
    places: NDArray[np.float64],
    threshold: float,
) -> dict[str, Any]:
    right = [int(np.sum((distances <= place) == same)) for place in places]
    return {
        "pairs": len(same),
        "right": right,
        "threshold": threshold,
        "hits": int(np.sum((distances <= threshold) == same)),
        "own": len(same) - best_accuracy(distances, same).errors,
    }
