"""The optimiser and the learning rate of an update."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import nn

from facenet_lite.train.parts import Step


def optimiser(weights: Iterable[nn.Parameter], step: Step) -> torch.optim.Optimizer:
    """AdaGrad, as in the paper (section 3), or AdamW."""
    kind = torch.optim.Adagrad if step.optimiser == "adagrad" else torch.optim.AdamW
    return kind(weights, step.learning_rate, weight_decay=step.weight_decay)


def learning_rate(step: Step, number: int) -> float:
    """The rate of step ``number``: rising in the warm-up, then half a cosine to 0, or constant."""
    rise = min(1.0, (number + 1) / step.warm_up) if step.warm_up else 1.0
    fall = 0.5 * (1 + math.cos(math.pi * number / step.steps)) if step.cosine else 1.0
    return step.learning_rate * rise * fall
