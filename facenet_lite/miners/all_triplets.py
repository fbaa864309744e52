"""Rules that list every triplet of a kind: for small batches and for looking."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from facenet_lite.errors import InputError
from facenet_lite.miners.collect import collect
from facenet_lite.ranking import MARGIN, Block, blocks, check_batch, check_margin
from facenet_lite.types import Triplets

MOST: Final = 20_000_000
"""More triplets are not listed: 24 bytes each, and as much again while they are made."""


def batch_all(embeddings: Tensor, labels: Tensor) -> Triplets:
    """Every valid triplet: two pictures of one person and one of another, easy ones too.

    ``embeddings``: float32 or float64 (B, D), of which only B and the device count; ``labels``:
    whole numbers (B,). By anchor, positive, negative. Raises InputError as ``ranking.check_batch``
    does, and where there are more than ``MOST``: ``batch_all_triplet_loss`` needs no list.
    """
    parts, total = [], 0
    for block in blocks(*check_batch(embeddings, labels), 0.0):
        negative = block.negatives.nonzero()[:, 1]  # by anchor, then by index
        count = block.negatives.sum(1)
        total = _checked(total + int(count[block.row].sum()))
        start = count.cumsum(0) - count
        pair, place = _spans(start[block.row], count[block.row])
        parts.append(_rows(block, pair, negative[place]))
    return collect(parts)


def all_semi_hard(embeddings: Tensor, labels: Tensor, margin: float = MARGIN) -> Triplets:
    """Every triplet whose negative is semi-hard: d_p < d_n < d_p + margin.

    Arguments as ``batch_all``; by anchor, positive, then distance of the negative. It is
    pytorch-metric-learning's ``TripletMarginMiner(type_of_triplets="semihard")`` on squared
    distances, which takes d_n = d_p + margin as well. Raises InputError as ``batch_all`` does.
    """
    parts, total = [], 0
    for block in blocks(*check_batch(embeddings, labels), check_margin(margin)):
        width = (block.high - block.low).clamp_min(0)
        total = _checked(total + int(width.sum()))
        pair, place = _spans(block.low, width)
        parts.append(_rows(block, pair, block.order[block.row[pair], place]))
    return collect(parts)


def _spans(start: Tensor, length: Tensor) -> tuple[Tensor, Tensor]:
    """For each span (P,), its number as often as it is long, and all the places in it."""
    pair = torch.arange(len(start), device=start.device).repeat_interleave(length)
    place = torch.arange(len(pair), device=start.device)
    return pair, start[pair] + place - (length.cumsum(0) - length)[pair]


def _rows(block: Block, pair: Tensor, negative: Tensor) -> Tensor:
    anchor = block.anchors[block.row[pair]]
    return torch.stack([anchor, block.positive[pair], negative], dim=1)


def _checked(total: int) -> int:
    if total > MOST:
        raise InputError(
            f"triplets: expected at most {MOST:,} to list, got more; semi_hard picks one a pair, "
            "losses.batch_all_triplet_loss takes them all without a list"
        )
    return total
