"""The triplet loss on given triplets and over a whole batch, and diagnoses to watch beside it.

Training code looks up its loss by name: ``losses.make(Settings(name="triplet"), ...)``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from facenet_lite._checks import check_choice
from facenet_lite._extras import named

with named():
    from facenet_lite.losses.base import RULES, Loss, Outcome, Settings
    from facenet_lite.losses.batch_all import batch_all_triplet_loss
    from facenet_lite.losses.diagnosis import (
        COLLAPSED_SPREAD,
        Diagnosis,
        diagnose_batch,
        diagnose_triplets,
        is_collapsed,
        spread,
    )
    from facenet_lite.losses.distillation import Distillation
    from facenet_lite.losses.mined import TripletLoss
    from facenet_lite.losses.triplet import Reduction, triplet_loss

__all__ = [
    "COLLAPSED_SPREAD",
    "LOSSES",
    "RULES",
    "Diagnosis",
    "Distillation",
    "Loss",
    "Outcome",
    "Reduction",
    "Settings",
    "TripletLoss",
    "batch_all_triplet_loss",
    "diagnose_batch",
    "diagnose_triplets",
    "is_collapsed",
    "make",
    "spread",
    "triplet_loss",
]

LOSSES: Final[dict[str, Callable[[Settings, int, int], Loss]]] = {
    "triplet": lambda settings, people, embedding_dim: TripletLoss(settings),
}
"""The losses that can be trained with, by name; this is the only place to register one. Each is
made from its settings, the number of people, and the length of an embedding."""


def make(settings: Settings, *, people: int, embedding_dim: int) -> Loss:
    """The loss that ``settings`` names.

    ``people``: labels run from 0 to people - 1; ``embedding_dim``: D of embeddings (B, D). Raises
    InputError for a name not in ``LOSSES``.
    """
    name = check_choice(settings.name, "loss", LOSSES)
    return LOSSES[name](settings, people, embedding_dim)
