"""The rate of a step, and its optimiser."""

from __future__ import annotations

import pytest
import torch
from train.small import config

from facenet_lite.train.step import learning_rate, optimiser


def test_the_rate_rises_and_falls() -> None:
    step = config(steps=100, warm_up=10, learning_rate=1.0).step
    assert learning_rate(step, 0) == pytest.approx(0.1)
    assert learning_rate(step, 50) == pytest.approx(0.5)
    assert learning_rate(step, 99) < 0.001
    constant = config(warm_up=0, cosine=False).step
    assert learning_rate(constant, 5) == constant.learning_rate


def test_the_papers_optimiser_and_adamw() -> None:
    weights = list(torch.nn.Linear(2, 2).parameters())
    paper = optimiser(weights, config(optimiser="adagrad", weight_decay=0.5).step)
    assert isinstance(paper, torch.optim.Adagrad)
    assert paper.defaults["weight_decay"] == 0.5
    assert isinstance(optimiser(weights, config().step), torch.optim.AdamW)
