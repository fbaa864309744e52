"""Two histograms of distances with a threshold that the reader moves, and the ROC beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import traitlets as t
from numpy.typing import ArrayLike

from facenet_lite._checks import check_number
from facenet_lite.book.figures.base import Figure
from facenet_lite.book.plots.drawing import check_count
from facenet_lite.errors import InputError
from facenet_lite.evaluate.verification import same_and_different

STEPS: Final = 400
"""Positions of the threshold from 0 to the largest distance; the counts are exact at each."""
MOST: Final = 8
"""The most lists of pairs in one figure."""


class ThresholdChoice(Figure, module="threshold.mjs"):
    """A threshold on the distances of one of several models.

    ``models``: for each its ``name``, the ``step`` between two places of the threshold, and, for
    each place, how many ``same`` and ``different`` pairs first lie at or below it; ``chosen``: the
    model's index; ``at``: the threshold's place, 0 to ``STEPS``.
    """

    alt = t.Unicode(
        "An interactive figure: two histograms of squared distances, of pairs of one person and of "
        "two, with a threshold that can be moved. Beside them the ROC with the operating point. "
        "Below stand the validation rate, the false accept rate and the errors."
    ).tag(sync=True)
    models: t.List[Any] = t.List().tag(sync=True)
    chosen = t.Int(0).tag(sync=True)
    at = t.Int(0).tag(sync=True)

    @classmethod
    def of(
        cls,
        models: Mapping[str, tuple[ArrayLike, ArrayLike]],
        *,
        threshold: float | None = None,
    ) -> ThresholdChoice:
        """Show each model's squared distances (P,) with their answers, is_same bool (P,).

        ``threshold``: the first model's initial value, moved to the nearest place (the middle if
        None). Raises InputError for no model or more than ``MOST``, pairs of only one kind, or
        distances that are all 0.
        """
        check_count(models, "models", most=MOST)
        rows = [_row(name, *pairs) for name, pairs in models.items()]
        step, at = rows[0]["step"], STEPS // 2
        if threshold is not None:
            at = round(float(check_number(threshold, "threshold", low=0, high=STEPS * step)) / step)
        return cls(models=rows, at=at)


def _row(name: str, squared_distances: ArrayLike, is_same: ArrayLike) -> dict[str, Any]:
    a, b = same_and_different(squared_distances, is_same)
    largest = float(max(a[-1], b[-1]))
    if largest == 0:
        raise InputError(f"{name}: expected distances above 0, got only zeros")
    step = float(f"{largest / STEPS * 1.000001:.4g}")
    if step * STEPS < largest:
        step = float(f"{largest / STEPS * 1.002:.4g}")
    places = np.arange(STEPS + 1) * step
    counts = {
        kind: np.diff(np.searchsorted(values, places, side="right"), prepend=0).tolist()
        for kind, values in (("same", a), ("different", b))
    }
    return {"name": name, "step": step, **counts}
