"""How well a network tells people apart that it was not trained on."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from facenet_lite.data import nobody
from facenet_lite.evaluate import separation, val_at_far
from facenet_lite.models import Embedder
from facenet_lite.train.config import Config as RunConfig
from facenet_lite.train.sources import DRAWING, stream

EACH: Final = 5
"""Pictures of each person that is held out."""
FAR: Final = 1e-2


class Look(NamedTuple):
    """``auc`` with its 95 % interval ``low`` to ``high``, and ``val`` at the achieved ``far``; both
    None where too few pictures are compared to show that rate."""

    auc: float
    low: float
    high: float
    val: float | None
    far: float | None


def pictures(people: nobody.Identities, config: RunConfig, each: int = EACH) -> NDArray[np.uint8]:
    """Pictures of people held out, unchanged: RGB uint8 (P, K, S, S, 3)."""
    rng = stream(config.seed, DRAWING)
    model = nobody.load()
    return model.sample_pictures(people, each, rng=rng, size=config.image_size).pictures


def look(network: Embedder, held_out: NDArray[np.uint8], far: float = FAR) -> Look:
    """Embed pictures (P, K, S, S, 3) and compare all with all."""
    people, each = held_out.shape[:2]
    vectors = network.embed(held_out.reshape(people * each, *held_out.shape[2:]))
    found = separation(vectors.reshape(people, each, -1))
    is_same = np.arange(len(found.same) + len(found.different)) < len(found.same)
    at = val_at_far(np.concatenate([found.same, found.different]), is_same, far)
    rates = (at.val, at.far) if at.estimable else (None, None)
    return Look(found.auc, found.low, found.high, *rates)
