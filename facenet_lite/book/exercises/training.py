"""Checkers for the chapter on training: a rate, a step, what a log says, what a margin is for."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import torch
from torch import Tensor, nn

from facenet_lite.book.exercises.feedback import STUB, Feedback, is_stub, not_yet, passed
from facenet_lite.losses import batch_all_triplet_loss
from facenet_lite.models.blocks import UnitLength

PEAK: Final = 4e-3
WARM_UP: Final = 30
STEPS: Final = 300
LOGS: Final = {
    "A": {"loss": 0.2001, "active": 0.999, "positive": 0.0011, "negative": 0.0012},
    "B": {"loss": 0.2016, "active": 0.213, "positive": 0.31, "negative": 0.84},
    "C": {"loss": 0.0000, "active": 0.000, "positive": 0.09, "negative": 1.31},
}
"""A line of three runs' logs: mean loss of active triplets, their share, mean distances."""
STATES: Final = ("learning", "one point", "all satisfied")


def right_rate(step: int) -> float:
    """The learning rate of a step, as the exercise wants it."""
    return PEAK * min(1.0, (step + 1) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * step / STEPS))


def check_rate(answer: Any) -> Feedback:
    """A function of the step (0 to ``STEPS`` - 1) that gives the learning rate."""
    if is_stub(answer):
        return STUB
    if not callable(answer):
        return not_yet("A function is wanted: lambda step: ...")
    try:
        given = [float(answer(step)) for step in range(STEPS)]
    except Exception as error:
        return not_yet(f"Calling it went wrong: {error}")
    right = [right_rate(step) for step in range(STEPS)]

    def near(values: list[float]) -> bool:
        return all(math.isclose(a, b, rel_tol=1e-6) for a, b in zip(given, values, strict=True))

    if near(right):
        return passed("It begins at a thirtieth, is highest at the end of the warm-up, ends at 0.")
    cosine = [PEAK * 0.5 * (1 + math.cos(math.pi * s / STEPS)) for s in range(STEPS)]
    if near(cosine):
        return not_yet("The fall is right. The rise over the first 30 steps is missing.")
    if near([PEAK * min(1.0, (s + 1) / WARM_UP) for s in range(STEPS)]):
        return not_yet("The rise is right. The half cosine that leads to 0 is missing.")
    if given[0] == 0:
        return not_yet("At a rate of 0 the first step does nothing: count (step + 1) / 30.")
    if min(given) < 0:
        return not_yet(
            "A rate below 0 climbs the loss. The cosine goes from 1 to -1: add 1, halve."
        )
    return not_yet("Multiply the peak by the rise, min(1, (step + 1) / 30), and by the fall.")


Step = Callable[[nn.Module, torch.optim.Optimizer, Tensor, Tensor], Any]


def batch() -> tuple[Tensor, Tensor]:
    """Six points of three people, for the exercise on the step."""
    generator = torch.Generator().manual_seed(0)
    return torch.randn(6, 4, generator=generator), torch.arange(3).repeat_interleave(2)


def network() -> nn.Module:
    """A very small network: a linear layer and the sphere."""
    net = nn.Sequential(nn.Linear(4, 3), UnitLength())
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return net


def after(step: Step, times: int = 3) -> Tensor:
    """The weights of ``network`` after some steps of plain gradient descent."""
    net = network()
    optimiser = torch.optim.SGD(net.parameters(), 0.5)
    for _ in range(times):
        step(net, optimiser, *batch())
    return torch.cat([parameter.detach().flatten() for parameter in net.parameters()])


def right_step(net: nn.Module, optimiser: torch.optim.Optimizer, x: Tensor, y: Tensor) -> None:
    """One update, as the exercise wants it."""
    optimiser.zero_grad()
    batch_all_triplet_loss(net(x), y).backward()  # type: ignore[no-untyped-call]
    optimiser.step()


def faulty_step(net: nn.Module, optimiser: torch.optim.Optimizer, x: Tensor, y: Tensor) -> None:
    """One update, with a fault."""
    batch_all_triplet_loss(net(x), y).backward()  # type: ignore[no-untyped-call]
    optimiser.step()


def _empty(net: nn.Module, optimiser: torch.optim.Optimizer, x: Tensor, y: Tensor) -> None:
    batch_all_triplet_loss(net(x), y).backward()  # type: ignore[no-untyped-call]
    optimiser.zero_grad()
    optimiser.step()


def check_step(answer: Any) -> Feedback:
    """A function (net, optimiser, pictures, labels) that makes one whole update."""
    if is_stub(answer):
        return STUB
    if not callable(answer):
        return not_yet("A function of net, optimiser, pictures and labels is wanted.")
    try:
        given = after(answer)
    except Exception as error:
        return not_yet(f"Calling it went wrong: {error}")
    if torch.allclose(given, after(right_step), atol=1e-6):
        return passed("Empty, forward, backward, step: each batch answers for itself.")
    if torch.allclose(given, after(faulty_step), atol=1e-6):
        return not_yet("The gradient of each step is added to those before it. Who empties it?")
    if torch.allclose(given, after(lambda *_: None), atol=1e-6):
        return not_yet(
            "The weights have not moved. Is the gradient emptied between backward and step, or the "
            "step missing?"
        )
    return not_yet("The weights differ. The loss is batch_all_triplet_loss(net(x), y), once.")


def check_states(answer: Any) -> Feedback:
    """What each line of ``LOGS`` says of its run: a dict from A, B and C to one of ``STATES``."""
    if is_stub(answer):
        return STUB
    if not isinstance(answer, dict) or set(answer) != set(LOGS):
        return not_yet("A dict with the keys 'A', 'B' and 'C' is wanted.")
    if not set(answer.values()) <= set(STATES):
        return not_yet(f"The words are {', '.join(map(repr, STATES))}.")
    if answer == {"A": "one point", "B": "learning", "C": "all satisfied"}:
        return passed("A and B have the same loss. The distances beside it tell them apart.")
    if answer["A"] != "one point":
        return not_yet("In A, how far is anybody from anybody? A loss of 0.2 is the margin.")
    if answer["B"] != "learning":
        return not_yet("In B, four of five triplets cost nothing any more, and people are apart.")
    return not_yet("In C no triplet costs anything: there is no gradient, and nothing is wrong.")


def check_margin(answer: Any) -> Feedback:
    """The batch-all loss of embeddings that are all one point, for margins of 0.2 and of 0."""
    if is_stub(answer):
        return STUB
    try:
        first, second = (float(value) for value in answer)
    except (TypeError, ValueError):
        return not_yet("Two numbers are wanted: with a margin of 0.2, and with one of 0.")
    if math.isclose(first, 0.2, abs_tol=1e-6) and abs(second) < 1e-9:
        return passed("Without a margin, giving up is the perfect solution.")
    if math.isclose(first, 0.2, abs_tol=1e-6):
        return not_yet("The first is right. What is left of d - d + 0?")
    return not_yet("All distances are 0. Put that into [d(a,p) - d(a,n) + margin].")
