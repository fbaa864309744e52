"""What stands beside the loss, and when it says that a training has collapsed."""

import pytest
import torch

from facenet_lite import losses, miners
from facenet_lite.losses import Diagnosis
from facenet_lite.losses.diagnosis import COLLAPSED_STEPS
from facenet_lite.types import Triplets

THREE = torch.tensor([[0.0], [1.0], [1.5]])
LABELS = torch.tensor([0, 0, 1])


def test_three_points_by_hand():
    found = losses.diagnose_batch(THREE, LABELS, 1.0)
    assert found == Diagnosis(
        triplets=2,
        active=1,
        mean_positive=1.0,
        mean_negative=(2.25 + 0.25) / 2,  # four ordered pairs, two by two the same
        spread=pytest.approx((1 + 2.25 + 0.25) / 3),
        margin=1.0,
    )
    assert found.active_fraction == 0.5
    assert found.state == "learning"


def test_given_triplets_by_hand():
    found = losses.diagnose_triplets(THREE, Triplets.of([(1, 0, 2)]), 1.0)
    assert (found.triplets, found.active) == (1, 1)
    assert (found.mean_positive, found.mean_negative) == (1.0, 0.25)
    assert found.spread == losses.diagnose_batch(THREE, LABELS).spread


def test_both_see_the_same_active_triplets():
    x = torch.randn((20, 3), generator=torch.Generator().manual_seed(0))
    y = torch.arange(20) % 4
    whole = losses.diagnose_batch(x, y, 0.5)
    listed = losses.diagnose_triplets(x, miners.batch_all(x, y), 0.5)
    assert (whole.triplets, whole.active, whole.spread) == (
        listed.triplets,
        listed.active,
        listed.spread,
    )
    assert listed.mean_positive == pytest.approx(whole.mean_positive, rel=1e-5)
    assert listed.mean_negative == pytest.approx(whole.mean_negative, rel=1e-5)


@pytest.mark.parametrize("size", [0, 1])
def test_a_batch_without_pairs_has_no_triplets_and_no_spread(size):
    found = losses.diagnose_batch(torch.ones((size, 2)), torch.zeros(size, dtype=torch.int64))
    assert found == Diagnosis(0, 0, 0.0, 0.0, 0.0, 0.2)
    assert (found.state, found.active_fraction) == ("no triplets", 0.0)


def test_one_picture_a_person_is_named():
    assert losses.diagnose_batch(THREE, torch.tensor([0, 1, 2])).state == "no triplets"


def test_every_triplet_satisfied_is_named():
    x = torch.tensor([[0.0], [0.1], [5.0], [5.1]])
    assert losses.diagnose_batch(x, torch.tensor([0, 0, 1, 1])).state == "all satisfied"


def test_one_point_is_named():
    found = losses.diagnose_batch(torch.ones((4, 2)), torch.tensor([0, 0, 1, 1]))
    assert found.state == "one point"
    assert found.active_fraction == 1.0


def test_opposite_unit_vectors_have_the_widest_spread():
    assert losses.spread(torch.tensor([[1.0, 0.0], [-1.0, 0.0]])) == 4


def train(steps, *, rule, rate, start, noise=0.7):
    """One layer, learning eight blurred people: the history of its diagnoses."""
    generator = torch.Generator().manual_seed(0)
    centres = torch.randn((8, 10), generator=generator)
    labels = torch.arange(8).repeat_interleave(4)
    matrix = (start * torch.randn((10, 4), generator=generator)).requires_grad_()
    offset = torch.tensor([1.0, 0.0, 0.0, 0.0], requires_grad=True)
    history = []
    for _ in range(steps):
        pictures = centres[labels] + noise * torch.randn((32, 10), generator=generator)
        x = torch.nn.functional.normalize(pictures @ matrix + offset)
        history.append(losses.diagnose_batch(x, labels))
        triplets = miners.mine(rule, x.detach(), labels)
        slopes = torch.autograd.grad(losses.triplet_loss(x, triplets), (matrix, offset))
        with torch.no_grad():
            for weights, slope in zip((matrix, offset), slopes, strict=True):
                weights -= rate * slope
    return history


def first_alarm(history):
    return next((n for n in range(len(history)) if losses.is_collapsed(history[: n + 1])), None)


@pytest.mark.parametrize("rule", ["batch_all", "semi_hard"])
@pytest.mark.parametrize("rate", [0.05, 3.0])
def test_a_healthy_training_that_begins_near_one_point_raises_no_alarm(rule, rate):
    history = train(80, rule=rule, rate=rate, start=0.005)
    assert history[0].state == "one point"
    assert history[-1].state == "learning"
    assert first_alarm(history) is None


@pytest.mark.parametrize("start", [0.02, 0.3], ids=["from the start", "on the way"])
def test_a_collapse_by_hardest_negatives_is_named_within_twenty_steps(start):
    history = train(80, rule="batch_hard", rate=0.5, start=start, noise=2.0)
    fell = next(n for n, step in enumerate(history) if step.spread < losses.COLLAPSED_SPREAD)
    assert fell < first_alarm(history) < fell + 20
    assert history[-1].active_fraction == 1.0
    assert history[-1].mean_positive == pytest.approx(history[-1].mean_negative, abs=1e-3)


def test_too_few_steps_are_no_alarm():
    fallen = Diagnosis(10, 10, 0.0, 0.0, 0.0, 0.2)
    assert not losses.is_collapsed([fallen] * (COLLAPSED_STEPS - 1))
    assert losses.is_collapsed([fallen] * COLLAPSED_STEPS)
    assert not losses.is_collapsed([])


def test_a_low_spread_that_grows_is_no_alarm():
    history = [Diagnosis(10, 10, 0.0, 0.0, 1e-4 * 1.1**n, 0.2) for n in range(40)]
    assert max(step.spread for step in history) < losses.COLLAPSED_SPREAD
    assert first_alarm(history) is None
