"""The triplet loss on given triplets and over a whole batch, and what to watch beside it."""

from __future__ import annotations

from facenet_lite.losses.batch_all import batch_all_triplet_loss
from facenet_lite.losses.diagnosis import (
    COLLAPSED_SPREAD,
    COLLAPSED_STEPS,
    Diagnosis,
    diagnose_batch,
    diagnose_taught,
    diagnose_triplets,
    is_collapsed,
    spread,
)
from facenet_lite.losses.distillation import distillation_loss
from facenet_lite.losses.triplet import Reduction, triplet_loss

__all__ = [
    "COLLAPSED_SPREAD",
    "COLLAPSED_STEPS",
    "Diagnosis",
    "Reduction",
    "batch_all_triplet_loss",
    "diagnose_batch",
    "diagnose_taught",
    "diagnose_triplets",
    "distillation_loss",
    "is_collapsed",
    "spread",
    "triplet_loss",
]
