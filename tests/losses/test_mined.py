"""The triplet loss of a training: by the rule of the step, from one ranking of the batch."""

from __future__ import annotations

import pytest
import torch
from torch.overrides import TorchFunctionMode

from facenet_lite import losses, miners
from facenet_lite.losses import RULES, Settings, TripletLoss

GENERATOR = torch.Generator().manual_seed(0)
VECTORS = torch.nn.functional.normalize(torch.randn(12, 4, generator=GENERATOR))
LABELS = torch.arange(4).repeat_interleave(3)


def of_rule(rule: str, **more: float) -> TripletLoss:
    return TripletLoss(Settings(mining=((0, rule),), **more))


def test_batch_all_is_the_loss_over_every_triplet() -> None:
    found = of_rule("batch_all")(VECTORS, LABELS)
    assert found.value == losses.batch_all_triplet_loss(VECTORS, LABELS)
    assert found.triplets == found.diagnosis.triplets == 12 * 2 * 9


def test_a_rule_by_its_name_is_the_loss_of_what_it_picks() -> None:
    loss = TripletLoss(Settings(mining=((0, "batch_all"), (2, "batch_hard"))))
    found = loss(VECTORS, LABELS, 2)
    picked = miners.mine("batch_hard", VECTORS, LABELS)
    assert found.triplets == len(picked) == 12
    assert found.value == losses.triplet_loss(VECTORS, picked)
    assert [loss(VECTORS, LABELS, step).rule for step in (1, 2)] == ["batch_all", "batch_hard"]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("margin", [0.2, 1.0])
def test_the_diagnosis_is_of_every_triplet_whatever_the_rule(rule: str, margin: float) -> None:
    found = of_rule(rule, margin=margin)(VECTORS, LABELS)
    assert found.diagnosis == losses.diagnose_batch(VECTORS, LABELS, margin)


@pytest.mark.parametrize("rule", RULES)
def test_a_random_rule_draws_the_same_at_the_same_step_of_the_same_seed_alone(rule: str) -> None:
    def value(step: int, seed: int) -> float:
        return float(of_rule(rule, margin=2.0, seed=seed)(VECTORS, LABELS, step).value)

    values = {value(step, seed) for step in range(3) for seed in range(3)}
    assert value(1, 1) == value(1, 1)
    assert len(values) == (9 if rule == "random_semi_hard" else 1)


class Searches(TorchFunctionMode):
    """Counts the searches in sorted distances: two for each ranking of a batch."""

    count = 0

    def __torch_function__(self, function, types, arguments=(), more=None):
        self.count += function is torch.searchsorted
        return function(*arguments, **(more or {}))


@pytest.mark.parametrize("rule", RULES)
def test_a_batch_is_ranked_once(rule: str) -> None:
    with Searches() as searches:
        of_rule(rule)(VECTORS.clone().requires_grad_(), LABELS).value.backward()
    assert searches.count == 2
