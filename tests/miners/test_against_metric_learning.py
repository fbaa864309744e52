"""Where definitions agree, pytorch-metric-learning gives the same answer."""

import pytest
import torch
from pytorch_metric_learning import distances, losses, miners, reducers

from facenet_lite import losses as ours
from facenet_lite import miners as our_miners

SQUARED = distances.LpDistance(normalize_embeddings=False, power=2)
#: Its plain distances are the squared ones of vectors that are not normalised.


@pytest.fixture(scope="module")
def batch():
    generator = torch.Generator().manual_seed(5)
    people = torch.randn((6, 16), generator=generator).repeat_interleave(6, 0)
    x = people + torch.randn((36, 16), generator=generator)
    return torch.nn.functional.normalize(x), torch.arange(36) // 6


def rows(found):
    return {tuple(row) for row in torch.stack(found, 1).tolist()}


def test_every_semi_hard_triplet_is_its_triplet_margin_miners(batch):
    theirs = miners.TripletMarginMiner(0.2, type_of_triplets="semihard", distance=SQUARED)(*batch)
    found = our_miners.all_semi_hard(*batch)
    assert set(found) == rows(theirs)
    assert len(found) > 100


def test_it_counts_a_negative_at_the_margin_and_we_do_not():
    x, y = torch.tensor([[0.0], [1.0], [2.0]]), torch.tensor([0, 0, 1])  # d_p = 1, d_n = 4
    theirs = miners.TripletMarginMiner(3.0, type_of_triplets="semihard", distance=SQUARED)(x, y)
    assert (0, 1, 2) in rows(theirs)
    assert len(our_miners.all_semi_hard(x, y, 3.0)) == 0


def test_batch_hard_is_its_batch_hard_miner(batch):
    assert set(our_miners.batch_hard(*batch)) == rows(
        miners.BatchHardMiner(distance=SQUARED)(*batch)
    )


def test_easy_positives_are_its_batch_easy_hard_miners_but_for_the_far_ones(batch):
    x, _ = batch
    rule = miners.BatchEasyHardMiner("easy", "semihard", distance=SQUARED)
    theirs = {
        (a, p, n)
        for a, p, _, n in rows(rule(*batch))
        if (x[a] - x[n]).square().sum() < (x[a] - x[p]).square().sum() + 0.2
    }
    assert set(our_miners.easy_positive_semi_hard(*batch)) == theirs
    assert theirs


@pytest.mark.parametrize(
    ("reduction", "reducer"),
    [
        ("mean_active", reducers.AvgNonZeroReducer()),
        ("mean", reducers.MeanReducer()),
    ],
)
def test_batch_all_is_its_triplet_margin_loss(batch, reduction, reducer):
    x, y = batch
    values, gradients = [], []
    for loss in (
        losses.TripletMarginLoss(margin=0.2, distance=SQUARED, reducer=reducer),
        lambda x, y: ours.batch_all_triplet_loss(x, y, 0.2, reduction),
    ):
        leaf = x.clone().requires_grad_()
        value = loss(leaf, y)
        value.backward()
        values.append(value.item())
        gradients.append(leaf.grad)
    assert values[1] == pytest.approx(values[0], rel=1e-5)
    assert torch.allclose(gradients[1], gradients[0], atol=1e-6)
