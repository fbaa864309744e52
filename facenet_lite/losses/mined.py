"""The triplet loss for training, on the triplets that a mining rule picks from each batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import torch
from torch import Tensor, nn

from facenet_lite import miners
from facenet_lite.losses.base import Outcome, Settings
from facenet_lite.losses.batch_all import batch_all_of
from facenet_lite.losses.diagnosis import Counts, counted, diagnosis_of
from facenet_lite.losses.triplet import triplet_loss
from facenet_lite.ranking import blocks, check_batch

DRAWS: Final = 5
"""Part of the seed, so that a random rule's draws differ from other uses of the run's seed."""


@dataclass(frozen=True)
class TripletLoss:
    """``triplet_loss`` with each step's mining rule, or ``batch_all_triplet_loss`` for the rule
    ``batch_all``. The diagnosis covers every valid triplet, whatever the rule."""

    settings: Settings = field(default_factory=Settings)

    def __call__(self, embeddings: Tensor, labels: Tensor, step: int = 0) -> Outcome:
        """See ``Loss``. The batch is ranked once for both the rule and the diagnosis."""
        s, rule = self.settings, self.settings.rule(step)
        vectors, numbers = check_batch(embeddings, labels)
        counts: list[Counts] = []
        found = counted(blocks(vectors, numbers, s.margin), counts)
        if rule == "batch_all":
            value = batch_all_of(vectors, found, s.margin, s.reduction)
            seen = diagnosis_of(counts, vectors, s.margin)
            return Outcome(value, seen.triplets, seen, rule)
        generator = torch.Generator().manual_seed((s.seed * 2**20 + step) * 8 + DRAWS)
        picked = miners.pick(rule, found, generator=generator)
        value = triplet_loss(vectors, picked, s.margin, s.reduction)
        return Outcome(value, len(picked), diagnosis_of(counts, vectors, s.margin), rule)

    def parameters(self) -> tuple[nn.Parameter, ...]:
        """None: the triplet loss has no weights of its own."""
        return ()
