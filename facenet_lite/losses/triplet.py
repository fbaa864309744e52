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
"""Average over the triplets with a loss above 0, average over all triplets, or add them up."""

REDUCTIONS: Final[tuple[Reduction, ...]] = get_args(Reduction)


def triplet_loss(
    embeddings: Tensor,
    triplets: Triplets,
    margin: float = MARGIN,
    reduction: Reduction = "mean_active",
) -> Tensor:
    r"""The loss :math:`[\lVert a-p \rVert_2^2 - \lVert a-n \rVert_2^2 + \alpha]_+` of triplets.

    ``embeddings``: float32 or float64 (B, D), of length 1 as the network gives them; the loss does
    not normalise. Returns a scalar of their dtype. ``"mean_active"`` averages over the triplets
    whose loss is above 0; the paper's equation 3 is ``"sum"``. Switching between them changes the
    length of a step by up to 1 / active fraction, like a change of the learning rate.

    A triplet exactly at the margin has neither loss nor gradient. Without triplets, or if none has
    a loss, loss and gradient are 0. Between duplicates the gradient of the squared distance is 0,
    while that of its square root is infinite. Raises InputError for half precision, NaN, or an
    index beyond the batch. (FaceNet, section 3.1, equations 1 to 3; by default PyTorch's
    ``TripletMarginLoss`` and pytorch-metric-learning's use plain distances.)
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
    """The squared anchor-positive and anchor-negative distances of triplets: (T,) each.

    Raises InputError if an index is beyond the batch (B, D).
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
