"""The loss of a step, its rate, and its optimiser."""

from __future__ import annotations

import pytest
import torch
from train.small import config

from facenet_lite.losses import batch_all_triplet_loss, triplet_loss
from facenet_lite.miners import NAMES, mine
from facenet_lite.train import RULES
from facenet_lite.train.step import learning_rate, loss_of, optimiser

GENERATOR = torch.Generator().manual_seed(0)
VECTORS = torch.nn.functional.normalize(torch.randn(12, 4, generator=GENERATOR))
LABELS = torch.arange(4).repeat_interleave(3)


def test_batch_all_is_the_loss_over_every_triplet() -> None:
    found = loss_of(VECTORS, LABELS, config(), 0)
    assert found.value == batch_all_triplet_loss(VECTORS, LABELS)
    assert found.triplets == found.diagnosis.triplets == 12 * 2 * 9


def test_a_rule_by_its_name_is_the_loss_of_what_it_picks() -> None:
    found = loss_of(VECTORS, LABELS, config(mining=((0, "batch_all"), (2, "batch_hard"))), 2)
    picked = mine("batch_hard", VECTORS, LABELS)
    assert found.triplets == len(picked) == 12
    assert found.value == triplet_loss(VECTORS, picked)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_gives_a_loss_with_a_gradient_and_the_same_one_again(rule: str) -> None:
    assert rule in NAMES
    vectors = VECTORS.clone().requires_grad_()
    settings = config(mining=((0, rule),))
    one, two = (loss_of(vectors, LABELS, settings, 4).value for _ in range(2))
    assert one == two
    one.backward()
    assert vectors.grad is not None
    assert vectors.grad.isfinite().all()


def test_the_rate_rises_and_falls() -> None:
    settings = config(steps=100, warm_up=10, learning_rate=1.0)
    assert learning_rate(settings, 0) == pytest.approx(0.1)
    assert learning_rate(settings, 50) == pytest.approx(0.5)
    assert learning_rate(settings, 99) < 0.001
    assert learning_rate(config(warm_up=0, cosine=False), 5) == config().learning_rate


def test_the_papers_optimiser_and_adamw() -> None:
    net = torch.nn.Linear(2, 2)
    assert isinstance(optimiser(net, config(optimiser="adagrad")), torch.optim.Adagrad)
    assert isinstance(optimiser(net, config()), torch.optim.AdamW)
