"""Count the easy, semi-hard and hard triplets of a batch."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from facenet_lite.ranking import MARGIN, blocks, check_batch, check_margin


@dataclass(frozen=True)
class Census:
    """A batch's number of valid triplets with each kind of negative; see the head of ``miners``."""

    easy: int
    semi_hard: int
    hard: int

    @property
    def total(self) -> int:
        """The number of all valid triplets."""
        return self.easy + self.semi_hard + self.hard


def census(embeddings: Tensor, labels: Tensor, margin: float = MARGIN) -> Census:
    """Count a batch's triplets without listing them, in O(B² log B) time.

    ``embeddings``: float32 or float64 (B, D); ``labels``: whole numbers (B,). Raises InputError
    as ``ranking.check_batch`` does.
    """
    total = semi_hard = hard = 0
    for block in blocks(*check_batch(embeddings, labels), check_margin(margin)):
        total += int(block.negatives.sum(1)[block.row].sum())
        hard += int(block.low.sum())
        semi_hard += int((block.high - block.low).clamp_min(0).sum())
    return Census(total - semi_hard - hard, semi_hard, hard)
