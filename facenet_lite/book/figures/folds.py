"""Each fold judged by the others' threshold: accuracy by threshold, for them and for itself."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import traitlets as t
from numpy.typing import ArrayLike

from facenet_lite.book.figures.base import Figure
from facenet_lite.errors import InputError
from facenet_lite.evaluate import best_accuracy, fold_accuracy

STEPS: Final = 120
"""The curves are drawn at this many steps of the threshold."""
AROUND: Final = 0.15
"""The curves reach this share of a threshold beyond the lowest and the highest."""
MOST: Final = 20
"""The most folds in one figure."""


class FoldByFold(Figure, module="folds.mjs"):
    """The accuracy curves of a chosen fold and of all the others.

    ``low`` and ``high``: the range of thresholds of the curves; ``folds``: for each its number
    of ``pairs``, how many are judged ``right`` at each of ``STEPS + 1`` places, the ``threshold``
    best on the others, its ``hits`` there, and its maximum at any threshold, ``own``; ``fold``:
    the chosen one's index.
    """

    alt = t.Unicode(
        "An interactive figure: accuracy against the threshold, as a smooth curve for all folds "
        "but one and as a rough one for that fold. A vertical line marks where the smooth curve is "
        "highest; where it crosses the rough one stands the fold's accuracy."
    ).tag(sync=True)
    low = t.Float().tag(sync=True)
    high = t.Float().tag(sync=True)
    folds: t.List[Any] = t.List().tag(sync=True)
    fold = t.Int(0).tag(sync=True)

    @classmethod
    def of(cls, squared_distances: ArrayLike, is_same: ArrayLike, folds: ArrayLike) -> FoldByFold:
        """Show squared distances (P,), is_same bool (P,) and folds (P,), each with both kinds.

        The curves reach from ``AROUND`` below the thresholds to as much above. Raises InputError as
        ``fold_accuracy`` does, for more than ``MOST`` folds, or for a fold with pairs of one kind.
        """
        found = fold_accuracy(squared_distances, is_same, folds)
        distances, same = np.asarray(squared_distances, float), np.asarray(is_same)
        names = np.unique(folds)
        if len(names) > MOST:
            raise InputError(f"folds: expected at most {MOST}, got {len(names)}")
        if not np.isfinite(found.thresholds).all():
            raise InputError("squared_distances: expected thresholds that accept some pair")
        low, high = found.thresholds.min() * (1 - AROUND), found.thresholds.max() * (1 + AROUND)
        places = np.linspace(low, high, STEPS + 1)
        rows = []
        for name, threshold in zip(names, found.thresholds.tolist(), strict=True):
            own = np.asarray(folds) == name
            d, s = distances[own], same[own]
            rows.append(
                {
                    "pairs": len(s),
                    "right": [int(np.sum((d <= place) == s)) for place in places],
                    "threshold": threshold,
                    "hits": int(np.sum((d <= threshold) == s)),
                    "own": len(s) - best_accuracy(d, s).errors,
                }
            )
        return cls(low=float(low), high=float(high), folds=rows)
