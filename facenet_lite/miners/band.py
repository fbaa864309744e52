"""Rules that pick one negative inside the semi-hard band."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from facenet_lite.errors import InputError
from facenet_lite.ranking import MARGIN, Block, blocks, check_batch, check_margin, collect
from facenet_lite.types import Triplets


def semi_hard(embeddings: Tensor, labels: Tensor, margin: float = MARGIN) -> Triplets:
    """FaceNet's rule: every anchor-positive pair with the hardest negative inside the band.

    ``embeddings``: float32 or float64 (B, D); ``labels``: whole numbers (B,). The hardest is the
    nearest with d_p < d_n < d_p + margin; ties go to the lowest index. A pair without one is left
    out. Takes O(B² log B) time. Raises InputError as ``ranking.check_batch`` does.

    The paper (section 3.2) uses all anchor-positive pairs and "semi-hard" negatives, equation 4:
    d_p < d_n. The upper bound only leaves out triplets without a loss.
    """
    return nearest_in_band(blocks(*check_batch(embeddings, labels), check_margin(margin)))


def nearest_in_band(found: Iterable[Block]) -> Triplets:
    """Each pair in the blocks with the nearest negative inside its band, if there is one."""
    parts = []
    for block in found:
        pairs = (block.low < block.high).nonzero()[:, 0]
        parts.append(_triplets(block, pairs, block.low[pairs]))
    return collect(parts)


def easy_positive_semi_hard(embeddings: Tensor, labels: Tensor, margin: float = MARGIN) -> Triplets:
    """Each anchor's *nearest* positive, with the hardest negative inside its band.

    Arguments, ties and errors as in ``semi_hard``; at most one triplet per anchor. A person's
    pictures need not all move together; each only needs to be near one other (Xuan et al. 2020).
    There, and in pytorch-metric-learning's ``BatchEasyHardMiner("easy", "semihard")``, the band has
    no upper bound.
    """
    return nearest_positive_in_band(blocks(*check_batch(embeddings, labels), check_margin(margin)))


def nearest_positive_in_band(found: Iterable[Block]) -> Triplets:
    """Each anchor's nearest positive with the nearest negative inside its band, if there is one."""
    parts = []
    for block in found:
        far = block.distances.masked_fill(~block.positives, torch.inf)
        nearest = far.min(dim=1).values[block.row] == block.pair_distances
        first = nearest.nonzero()[:, 0]
        if len(first):
            new = block.row[first].diff(prepend=block.row.new_full((1,), -1)) > 0
            first = first[new]  # ties between positives go to the lowest index
        pairs = first[block.low[first] < block.high[first]]
        parts.append(_triplets(block, pairs, block.low[pairs]))
    return collect(parts)


def random_semi_hard(
    embeddings: Tensor,
    labels: Tensor,
    margin: float = MARGIN,
    *,
    generator: torch.Generator,
) -> Triplets:
    """Every anchor-positive pair with a random negative inside the band, all equally likely.

    Arguments and errors as in ``semi_hard``. The draws are made on the generator's device, one for
    each pair with a non-empty band. The idea is from siamese-triplet, which uses each pair in one
    order only, and returns an arbitrary triplet if it finds none.
    """
    return any_in_band(blocks(*check_batch(embeddings, labels), check_margin(margin)), generator)


def any_in_band(found: Iterable[Block], generator: torch.Generator | None) -> Triplets:
    """Each pair in the blocks with a random negative inside its band, if there is one."""
    if generator is None:
        raise InputError("generator: expected a torch.Generator for a random rule, got None")
    parts = []
    for block in found:
        pairs = (block.low < block.high).nonzero()[:, 0]
        low, width = block.low[pairs], (block.high - block.low)[pairs]
        draws = torch.rand(
            len(pairs), generator=generator, dtype=torch.float64, device=generator.device
        ).to(width.device)
        # subtle: a draw just below 1, times the width, may round up to the width
        parts.append(
            _triplets(block, pairs, low + torch.minimum((draws * width).long(), width - 1))
        )
    return collect(parts)


def _triplets(block: Block, pairs: Tensor, rank: Tensor) -> Tensor:
    """Triplets (T, 3) of the chosen pairs (T,), each with the negative at the given rank (T,)."""
    row = block.row[pairs]
    return torch.stack([block.anchors[row], block.positive[pairs], block.order[row, rank]], dim=1)
