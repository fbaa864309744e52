"""From the blocks' rows to one list of triplets."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from facenet_lite.types import Triplets


def collect(parts: Sequence[Tensor]) -> Triplets:
    """Join the blocks' rows of anchor, positive and negative, each (T, 3) int64, in order."""
    rows = torch.cat(list(parts)) if parts else torch.zeros((0, 3), dtype=torch.int64)
    return Triplets.of(rows.cpu().numpy())
