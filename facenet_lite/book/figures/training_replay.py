"""A training run replayed: where the faces were, and how far apart, at each recorded step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import traitlets as t
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array
from facenet_lite.book.figures.base import Figure, shares
from facenet_lite.errors import InputError
from facenet_lite.evaluate import separation

SHOWN: Final = 6
"""The points of this many people are in the page."""
BINS: Final = 32
HIGHEST: Final = 3.0
"""Squared distances of this and more share the last bar."""


class TrainingReplay(Figure, module="training_replay.mjs"):
    """Embeddings of people who are not in the training, at several steps of a run.

    ``steps``: their numbers; ``points``: for each step, people with [x, y] in thousandths, their
    places in the plane in which they differ most at the end; ``same``, ``different``: for each
    step, the shares of pairs by squared distance in ``BINS`` bars up to ``highest``; ``auc``: for
    each step; ``at``: which step is shown.
    """

    alt = t.Unicode(
        "An interactive figure: a slider goes through a training run; points of one person gather, "
        "and the distances of same and of different faces part."
    ).tag(sync=True)
    steps: t.List[Any] = t.List().tag(sync=True)
    points: t.List[Any] = t.List().tag(sync=True)
    same: t.List[Any] = t.List().tag(sync=True)
    different: t.List[Any] = t.List().tag(sync=True)
    auc: t.List[Any] = t.List().tag(sync=True)
    highest = t.Float(HIGHEST).tag(sync=True)
    at = t.Int(0).tag(sync=True)

    @classmethod
    def of(cls, embeddings: ArrayLike, steps: Sequence[int]) -> TrainingReplay:
        """Keep what the page draws of embeddings, float32 (T, P, K, D), at T steps.

        Points are shown for the first ``SHOWN`` people; the bars count all people. Raises
        InputError for other shapes.
        """
        e = check_array(embeddings, "embeddings", shape=(None,) * 4, dtype=np.float32)
        if len(steps) != len(e) or len(e) < 2:
            raise InputError(f"steps: expected one for each of {len(e)} looks, two at least")
        plane = _plane(e[-1, :SHOWN].mean(1))
        found = [separation(look) for look in e]
        places = np.rint(1000 * (e[:, :SHOWN] @ plane)).astype(int)
        return cls(
            steps=[int(step) for step in steps],
            points=places.tolist(),
            same=[_shares(look.same) for look in found],
            different=[_shares(look.different) for look in found],
            auc=[round(look.auc, 3) for look in found],
        )


def _plane(means: NDArray[np.float32]) -> NDArray[np.float32]:
    """The two directions (D, 2) in which the people's means differ most."""
    directions: NDArray[np.float32] = np.linalg.svd(means - means.mean(0))[2][:2].T
    return directions


def _shares(distances: NDArray[np.float32]) -> list[float]:
    return shares(np.minimum(distances, HIGHEST - 1e-6), BINS, HIGHEST)
