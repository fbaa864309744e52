"""Measure how well a network separates people on whom it was not trained."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from facenet_lite.data import nobody
from facenet_lite.evaluate import separation, val_at_far
from facenet_lite.models import Embedder
from facenet_lite.train.parts import Data
from facenet_lite.train.sources import DRAWING, stream

EACH: Final = 5
"""The number of pictures of each held-out person."""
FAR: Final = 1e-2
"""The false accept rate at which VAL is measured."""


class Look(NamedTuple):
    """``auc`` with its 95 % interval ``low`` to ``high``, and ``val`` at the achieved ``far``; the
    last two are None if there are too few pairs to show that rate."""

    auc: float
    low: float
    high: float
    val: float | None
    far: float | None


def pictures(people: nobody.Identities, data: Data, each: int = EACH) -> NDArray[np.uint8]:
    """Unaugmented pictures of held-out people: RGB uint8 (P, K, S, S, 3)."""
    rng = stream(data.seed, DRAWING)
    model = nobody.load()
    return model.sample_pictures(people, each, rng=rng, size=data.image_size).pictures


def look(network: Embedder, held_out: NDArray[np.uint8], far: float = FAR) -> Look:
    """Embed pictures (P, K, S, S, 3) and compare all pairs."""
    people, each = held_out.shape[:2]
    vectors = network.embed(held_out.reshape(people * each, *held_out.shape[2:]))
    found = separation(vectors.reshape(people, each, -1))
    is_same = np.arange(len(found.same) + len(found.different)) < len(found.same)
    at = val_at_far(np.concatenate([found.same, found.different]), is_same, far)
    rates = (at.val, at.far) if at.estimable else (None, None)
    return Look(found.auc, found.low, found.high, *rates)
