"""The triplet loss of FaceNet, on triplets that a miner has picked."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

import torch
from torch import Tensor

from facenet_lite._checks import check_choice
from facenet_lite.errors import InputError
from facenet_lite.ranking import MARGIN, check_embeddings, check_margin
from facenet_lite.types import Triplets

Reduction: TypeAlias = Literal["mean_active", "mean", "sum"]
"""Over what the loss is averaged: the triplets that cost something, all of them, or nothing."""

REDUCTIONS: Final[tuple[Reduction, ...]] = get_args(Reduction)


def triplet_loss(
    embeddings: Tensor,
    triplets: Triplets,
    margin: float = MARGIN,
    reduction: Reduction = "mean_active",
) -> Tensor:
    r"""Loss :math:`[\lVert a-p \rVert_2^2 - \lVert a-n \rVert_2^2 + \alpha]_+` of triplets.

    ``embeddings``: float32 or float64 (B, D), of length 1 as the network gives them; the loss
    scales nothing. Returns a scalar of their dtype. ``"mean_active"`` averages over the triplets
    whose loss is above 0; the paper's equation 3 is ``"sum"``. From one to the other the step
    changes its length by up to 1 / active fraction, as a new learning rate would.

    A triplet exactly at the margin has neither loss nor gradient. No triplet, or none that costs,
    is a loss of 0 with a gradient of 0. Squared distances have a gradient of 0 between
    duplicates, where the square root's is infinite. Raises InputError for half precision, NaN,
    or an index beyond the batch. (FaceNet, section 3.1, equations 1 to 3; PyTorch's
    ``TripletMarginLoss`` and pytorch-metric-learning's take plain distances unless told otherwise.)
    """
    check_embeddings(embeddings)
    check_choice(reduction, "reduction", REDUCTIONS)
    to_positive, to_negative = triplet_distances(embeddings, triplets)  # (T,) each
    losses = (to_positive - to_negative + check_margin(margin)).relu()
    if reduction == "sum":
        return losses.sum()
    count = len(triplets) if reduction == "mean" else int((losses > 0).sum())
    return losses.sum() / max(1, count)


def triplet_distances(embeddings: Tensor, triplets: Triplets) -> tuple[Tensor, Tensor]:
    """Squared distances anchor-positive and anchor-negative of triplets: (T,) each.

    Raises InputError where a triplet names a picture beyond the batch (B, D).
    """
    parts = [triplets.anchor, triplets.positive, triplets.negative]
    highest = max(int(part.max(initial=-1)) for part in parts)
    if highest >= len(embeddings):
        raise InputError(
            f"triplets: expected indices below {len(embeddings)}, the number of embeddings, "
            f"got {highest}; mine them from the same batch"
        )
    a, p, n = (embeddings[torch.from_numpy(part).to(embeddings.device)] for part in parts)
    return (a - p).square().sum(1), (a - n).square().sum(1)
