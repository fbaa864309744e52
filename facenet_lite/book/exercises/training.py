"""Exercises of the chapter on training: a rate, a step, reading a log, the use of a margin."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import torch
from torch import Tensor, nn

from facenet_lite.book.exercises import Array, Case, Choice, Function, Number, Several, exercise
from facenet_lite.book.exercises.checker import judging
from facenet_lite.book.exercises.feedback import Feedback, not_yet
from facenet_lite.book.exercises.reading import called, function, short
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
"""One line from each of three logs: mean loss of active triplets, their share, mean distances."""
STATES: Final = ("learning", "one point", "all satisfied")


def right_rate(step: int) -> float:
    """The learning rate of a step, as the exercise wants it."""
    return PEAK * min(1.0, (step + 1) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * step / STEPS))


@exercise
def check_rate() -> Function:
    """A function of the step (0 to ``STEPS`` - 1) that gives the learning rate."""
    return Function(
        cases=[_rate(step) for step in (WARM_UP // 2, *range(STEPS))],
        wants="a function, lambda step: ...",
        right="It begins at a thirtieth, is highest at the end of the warm-up, ends at 0.",
    )


def _rate(step: int) -> Case:
    right, cosine = right_rate(step), math.cos(math.pi * step / STEPS)
    rise, fall = min(1.0, (step + 1) / WARM_UP), 0.5 * (1 + cosine)
    negative = PEAK * rise * cosine
    late_rise = PEAK * min(1.0, step / WARM_UP) * fall
    rate = Number(
        answer=right,
        wrong={
            "The fall is right. The rise over the first 30 steps is missing.": PEAK * fall,
            "The rise is right. The half cosine that leads to 0 is missing.": PEAK * rise,
            "At a rate of 0 the first step does nothing: count (step + 1) / 30.": late_rise,
            "A rate below 0 climbs the loss. The cosine goes from 1 to -1: add 1, halve.": negative,
        },
        otherwise="Multiply the peak by the rise, min(1, (step + 1) / 30), and by the fall.",
        within=1e-6 * right,
    )
    return Case((step,), rate)


Step = Callable[[nn.Module, torch.optim.Optimizer, Tensor, Tensor], Any]


def batch() -> tuple[Tensor, Tensor]:
    """Six points of three people, for the exercise on the step."""
    generator = torch.Generator().manual_seed(0)
    return torch.randn(6, 4, generator=generator), torch.arange(3).repeat_interleave(2)


def network() -> nn.Module:
    """A tiny network: a linear layer and the projection to the sphere."""
    net = nn.Sequential(nn.Linear(4, 3), UnitLength())
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return net


def after(step: Step, times: int = 3) -> Tensor:
    """The weights of ``network`` after a number of steps of plain gradient descent."""
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


@judging(function, wants="a function of net, optimiser, pictures and labels")
def check_step(step: Step) -> Feedback:
    """A function (net, optimiser, pictures, labels) that makes one complete update."""
    given = called(after, step)
    if isinstance(given, Exception):
        return not_yet(f"Your function raises {short(given)}.")
    piled_up = after(faulty_step)
    weights = Array(
        answer=after(right_step),
        wants="the weights",
        right="Empty, forward, backward, step: each batch answers for itself.",
        wrong={
            "The gradient of each step is added to those before it. Who empties it?": piled_up,
            "The weights have not moved. Is the gradient emptied between backward and step, or the "
            "step missing?": after(lambda *_: None),
        },
        otherwise="The weights differ. The loss is batch_all_triplet_loss(net(x), y), once.",
    )
    return weights.judge(given)


@exercise
def check_states() -> Several:
    """The state of each run in ``LOGS``: a dict from A, B and C to one of ``STATES``."""
    hints = {
        ("A", "one point"): "In A, how far is anybody from anybody? A loss of 0.2 is the margin.",
        ("B", "learning"): "In B, four of five triplets cost nothing any more, and people are "
        "apart.",
        ("C", "all satisfied"): "In C no triplet costs anything: there is no gradient, and nothing "
        "is wrong.",
    }
    words = ", ".join(map(repr, STATES))
    return Several(
        parts={
            log: Choice(answer=state, options=STATES, wants=f"one of {words}", otherwise=hint)
            for (log, state), hint in hints.items()
        },
        wants="a dict with the keys 'A', 'B' and 'C'",
        right="A and B have the same loss. The distances beside it tell them apart.",
    )


@exercise
def check_margin() -> Several:
    """The batch-all loss when all embeddings are the same point, for margins of 0.2 and of 0."""
    zero = "All distances are 0. Put that into [d(a,p) - d(a,n) + margin]."
    left = "The first is right. What is left of d - d + 0?"
    return Several(
        parts={0: Number(answer=0.2, otherwise=zero), 1: Number(answer=0, otherwise=left)},
        wants="two numbers: with a margin of 0.2, and with one of 0",
        right="Without a margin, giving up is the perfect solution.",
    )
