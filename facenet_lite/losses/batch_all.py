"""The triplet loss over every valid triplet of a batch, computed without listing them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from facenet_lite._checks import check_choice
from facenet_lite.losses.triplet import REDUCTIONS, Reduction
from facenet_lite.ranking import MARGIN, Block, blocks, check_batch, check_margin


def batch_all_triplet_loss(
    embeddings: Tensor,
    labels: Tensor,
    margin: float = MARGIN,
    reduction: Reduction = "mean_active",
    *,
    size: int | None = None,
) -> Tensor:
    r"""The triplet loss over all valid triplets, with its exact gradient.

    ``embeddings``: float32 or float64 (B, D); ``labels``: whole numbers (B,). Returns a scalar of
    the embeddings' dtype, equal to ``triplet_loss`` on ``miners.batch_all``: every anchor with
    every other picture of the same person and every picture of another person.

    Takes O(B² log B) time and at most O(B²) memory. Once an anchor's negatives are sorted, those
    with a loss for a positive p are the first :math:`k_p`, which satisfy
    :math:`d(a,n) < d(a,p) + \alpha`; their losses sum to
    :math:`k_p (d(a,p) + \alpha) - \sum_{n \le k_p} d(a,n)`, and the second term is a running sum.
    The gradient with respect to d(a,p) is the number of active negatives; the gradient with respect
    to d(a,n) is minus the number of active positives.

    With only one person, or without a person who has two pictures, loss and gradient are 0. There
    is no second derivative. ``size``: the number of anchors in a block, see ``ranking.blocks``.
    Raises InputError for half precision, NaN, or labels of another length.
    (FaceNet, equation 3; "batch all" and the mean over active ones: Hermans et al. 2017.)
    """
    vectors, numbers = check_batch(embeddings, labels)
    found = blocks(vectors, numbers, check_margin(margin), size=size)
    return batch_all_of(vectors, found, margin, reduction)


def batch_all_of(
    embeddings: Tensor, found: Iterable[Block], margin: float, reduction: Reduction
) -> Tensor:
    """The loss of embeddings whose anchors have already been ranked with the same margin."""
    check_choice(reduction, "reduction", REDUCTIONS)
    loss: Tensor = _BatchAll.apply(  # type: ignore[no-untyped-call]
        embeddings, found, margin, reduction
    )
    return loss


class _BatchAll(torch.autograd.Function):
    """Value and gradient in one pass over the anchors; backward only scales forward's gradient."""

    @staticmethod
    def forward(
        ctx: Any, embeddings: Tensor, found: Iterable[Block], margin: float, reduction: Reduction
    ) -> Tensor:
        x = embeddings.double()
        total, gradient = x.new_zeros(()), torch.zeros_like(x)
        active = valid = 0
        for block in found:
            total += _loss(block, margin)
            active += int(block.high.sum())
            valid += int(block.negatives.sum(1)[block.row].sum())
            if ctx.needs_input_grad[0]:
                _add_gradient(gradient, x, block)
        divisor = max(1, {"sum": 1, "mean": valid, "mean_active": active}[reduction])
        ctx.save_for_backward((gradient / divisor).to(embeddings.dtype))
        return (total / divisor).to(embeddings.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, scale: Tensor) -> tuple[Tensor, None, None, None]:
        (gradient,) = ctx.saved_tensors
        return scale * gradient, None, None, None


def _loss(block: Block, margin: float) -> Tensor:
    """The sum of the losses of all triplets in a block."""
    nearest = block.sorted.masked_fill(block.sorted.isinf(), 0.0)
    sums = torch.nn.functional.pad(nearest.cumsum(1, dtype=torch.float64), (1, 0))  # (R, B + 1)
    positives = block.high * (block.pair_distances.double() + margin)
    return (positives - sums[block.row, block.high]).sum()


def _add_gradient(gradient: Tensor, x: Tensor, block: Block) -> None:
    """Add the gradient of a block's loss, with respect to the embeddings x (B, D) float64.

    Since d(a,j) = |a - j|², a weight w on it adds 2w (a - j) for the anchor and the opposite for j.
    An anchor's weights sum to 0, because each triplet contributes one +1 and one -1.
    """
    rows, size = block.sorted.shape
    # The number of an anchor's positives that reach rank r, meaning that their count exceeds r.
    ends = x.new_zeros((rows, size + 1))
    ends.index_put_((block.row, block.high), x.new_ones(()), accumulate=True)
    reach = ends.sum(1, keepdim=True) - ends.cumsum(1)[:, :size]  # (R, B), by rank
    weights = torch.zeros_like(reach).scatter_(1, block.order, -reach)
    weights[block.row, block.positive] = block.high.double()
    gradient.index_add_(0, block.anchors, weights @ x, alpha=-2.0)
    gradient.addcmul_(weights.sum(0)[:, None], x, value=2.0)
    gradient.addmm_(weights.T, x[block.anchors], alpha=-2.0)
