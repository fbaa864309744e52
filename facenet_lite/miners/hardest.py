"""The hardest triplet of each anchor."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from facenet_lite.ranking import Block, blocks, check_batch, collect
from facenet_lite.types import Triplets


def batch_hard(embeddings: Tensor, labels: Tensor) -> Triplets:
    """Each anchor with its farthest positive and its nearest negative.

    ``embeddings``: float32 or float64 (B, D); ``labels``: whole numbers (B,). Ties go to the lowest
    index. An anchor without a positive or without a negative is left out. Raises InputError as
    ``ranking.check_batch`` does.

    From the start of training, the hardest negatives are mostly noise, and the network may collapse
    (FaceNet, section 3.2). The name is from Hermans et al. (2017), whose plain distances give the
    same choice. pytorch-metric-learning's ``BatchHardMiner`` agrees except for ties.
    """
    return hardest_of_each(blocks(*check_batch(embeddings, labels), 0.0))


def hardest_of_each(found: Iterable[Block]) -> Triplets:
    """Each anchor in the blocks with its farthest positive and its nearest negative."""
    parts = []
    for block in found:
        both = block.positives.any(1) & block.negatives.any(1)
        positive = block.distances.masked_fill(~block.positives, -torch.inf)
        rows = torch.stack([block.anchors, positive.argmax(1), block.order[:, 0]], dim=1)
        parts.append(rows[both])
    return collect(parts)
