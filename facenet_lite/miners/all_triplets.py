"""Rules that list every triplet of a kind, for small batches and for inspection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import torch
from torch import Tensor

from facenet_lite.errors import InputError
from facenet_lite.ranking import MARGIN, Block, blocks, check_batch, check_margin, collect
from facenet_lite.types import Triplets

MOST: Final = 20_000_000
"""At most this many triplets are listed: each takes 24 bytes, and another 24 in the making."""


def batch_all(embeddings: Tensor, labels: Tensor, *, most: int = MOST) -> Triplets:
    """Every valid triplet: two pictures of one person and one of another, easy ones too.

    ``embeddings``: float32 or float64 (B, D), whose values do not matter; ``labels``: whole
    numbers (B,). Sorted by anchor, positive, negative. Raises InputError as
    ``ranking.check_batch`` does, and for more than ``most`` triplets, for which
    ``batch_all_triplet_loss`` needs no list.
    """
    return every_triplet(blocks(*check_batch(embeddings, labels), 0.0), most)


def every_triplet(found: Iterable[Block], most: int = MOST) -> Triplets:
    """Every valid triplet in the blocks."""
    parts, total = [], 0
    for block in found:
        negative = block.negatives.nonzero()[:, 1]  # by anchor, then by index
        count = block.negatives.sum(1)
        total = _checked(total + int(count[block.row].sum()), most)
        start = count.cumsum(0) - count
        pair, place = _spans(start[block.row], count[block.row])
        parts.append(_rows(block, pair, negative[place]))
    return collect(parts)


def all_semi_hard(
    embeddings: Tensor, labels: Tensor, margin: float = MARGIN, *, most: int = MOST
) -> Triplets:
    """Every triplet whose negative is semi-hard: d_p < d_n < d_p + margin.

    Arguments and InputError as in ``batch_all``; sorted by anchor, positive, then the negative's
    distance. pytorch-metric-learning's ``TripletMarginMiner(type_of_triplets="semihard")`` is the
    same on squared distances, except that it includes d_n = d_p + margin.
    """
    return every_in_band(blocks(*check_batch(embeddings, labels), check_margin(margin)), most)


def every_in_band(found: Iterable[Block], most: int = MOST) -> Triplets:
    """Every triplet in the blocks whose negative lies inside the band."""
    parts, total = [], 0
    for block in found:
        width = (block.high - block.low).clamp_min(0)
        total = _checked(total + int(width.sum()), most)
        pair, place = _spans(block.low, width)
        parts.append(_rows(block, pair, block.order[block.row[pair], place]))
    return collect(parts)


def _spans(start: Tensor, length: Tensor) -> tuple[Tensor, Tensor]:
    """For each place in each span (P,): the number of the span, and the place itself."""
    pair = torch.arange(len(start), device=start.device).repeat_interleave(length)
    place = torch.arange(len(pair), device=start.device)
    return pair, start[pair] + place - (length.cumsum(0) - length)[pair]


def _rows(block: Block, pair: Tensor, negative: Tensor) -> Tensor:
    anchor = block.anchors[block.row[pair]]
    return torch.stack([anchor, block.positive[pair], negative], dim=1)


def _checked(total: int, most: int) -> int:
    if total > most:
        raise InputError(
            f"triplets: expected at most {most:,} to list, got more; semi_hard picks one a pair, "
            "losses.batch_all_triplet_loss takes them all without a list"
        )
    return total
