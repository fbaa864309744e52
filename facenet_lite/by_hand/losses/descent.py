"""Gradient descent on the embeddings themselves, to see what a loss does without a network.

In training the gradient continues from the embeddings to the network's weights; here each point is
free to do what the loss asks of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from facenet_lite._checks import check_array, check_number
from facenet_lite.by_hand.losses.loops import valid_triplets
from facenet_lite.errors import InputError


@dataclass(frozen=True, eq=False)
class Descent:
    """A descent of S steps.

    ``points`` (S + 1, B, D): the points before each step, and after the last. ``costs`` (S,) and
    ``slopes`` (S,): the cost before each step, and the length of its gradient.
    """

    points: NDArray[np.float64]
    costs: NDArray[np.float64]
    slopes: NDArray[np.float64]


def descend(
    points: ArrayLike,
    people: Sequence[int],
    cost: Callable[[Tensor, Tensor], Tensor],
    *,
    steps: int = 50,
    rate: float = 0.1,
    unit: bool = False,
) -> Descent:
    """Move points (B, D) down the slope of a cost over all their triplets.

    ``cost`` takes the squared distances anchor-positive and anchor-negative of all valid triplets,
    (T,) each, and returns one number: ``lambda d_p, d_n: (d_p - d_n + 0.2).relu().sum()``.
    ``unit`` brings the points back to length 1 after each step. Raises InputError where there is
    no triplet, and where a point is no longer finite.
    """
    x = torch.tensor(check_array(points, "points", shape=(len(people), None), dtype=np.float64))
    check_number(steps, "steps", low=1, integer=True)
    check_number(rate, "rate", low=0)
    triplets = valid_triplets(people)
    if not triplets:
        raise InputError("people: expected two pictures of one person and one of another")
    a, p, n = torch.tensor(triplets).T
    path, costs, slopes = [x], [], []
    for step in range(steps):
        x = path[-1].clone().requires_grad_()
        value = cost((x[a] - x[p]).square().sum(1), (x[a] - x[n]).square().sum(1))
        (slope,) = torch.autograd.grad(value, x)
        moved = x.detach() - rate * slope
        if not moved.isfinite().all():
            raise InputError(f"cost: expected finite slopes, got NaN or infinity in step {step}")
        path.append(torch.nn.functional.normalize(moved) if unit else moved)
        costs.append(value.item())
        slopes.append(slope.norm().item())
    return Descent(torch.stack(path).numpy(), np.array(costs), np.array(slopes))
