"""What every loss of a training promises: a new one is tested by being registered."""

from __future__ import annotations

import pytest
import torch
from contracts.test_miners import BAD

from facenet_lite import losses
from facenet_lite.errors import InputError
from facenet_lite.losses import LOSSES, Settings

PEOPLE = 4
DIM = 3
LABELS = torch.arange(PEOPLE).repeat_interleave(3)


@pytest.fixture(params=LOSSES)
def loss(request):
    """The loss with a margin that many triplets violate, in float64."""
    settings = Settings(name=request.param, margin=0.5, seed=1)
    made = losses.make(settings, people=PEOPLE, embedding_dim=DIM)
    for weight in made.parameters():
        weight.data = weight.data.double()
    return made


def vectors(size=12):
    x = torch.randn((size, DIM), dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    return torch.nn.functional.normalize(x).requires_grad_()


def gradients(loss, x, labels, factor=1.0):
    """The value; and the slopes of the embeddings and of the loss's own weights."""
    own = list(loss.parameters())
    value = loss(x, labels).value
    slopes = torch.autograd.grad(factor * value, [x, *own], allow_unused=True)
    return value.detach(), slopes


@pytest.mark.parametrize("labels", [[], [2]], ids=["no picture", "one picture"])
def test_of_hardly_any_picture_its_value_and_slopes_are_finite(loss, labels):
    x = vectors(len(labels))
    value, slopes = gradients(loss, x, torch.tensor(labels, dtype=torch.int64))
    assert value.shape == ()
    assert value.isfinite()
    assert value == 0 or labels
    assert all(slope is None or slope.isfinite().all() for slope in slopes)


def test_a_loss_of_0_has_no_slope(loss):
    """People whose pictures lie on one point each, as far from each other as can be."""
    corners = torch.tensor([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], dtype=torch.float64)
    x = (corners / 3**0.5)[LABELS].requires_grad_()
    value, (slope, *_) = gradients(loss, x, LABELS)
    assert value >= 0
    if value == 0:
        assert not slope.any()


def test_finite_differences_agree(loss):
    inputs = (vectors(), *loss.parameters())
    assert torch.autograd.gradcheck(lambda x, *_: loss(x, LABELS).value, inputs)


def test_a_step_down_the_slope_makes_it_smaller(loss):
    x = vectors()
    value, (slope, *_) = gradients(loss, x, LABELS)
    assert slope.abs().max() > 0
    assert loss(x - 1e-3 * slope, LABELS).value < value


def test_the_order_of_the_batch_does_not_matter(loss):
    x, order = vectors(), torch.randperm(12, generator=torch.Generator().manual_seed(2))
    value, (slope, *own) = gradients(loss, x, LABELS)
    again, (moved, *own_again) = gradients(loss, x.detach()[order].requires_grad_(), LABELS[order])
    assert again == pytest.approx(float(value), rel=1e-12)
    assert torch.allclose(moved, slope[order], atol=1e-12)
    assert all(torch.allclose(a, b, atol=1e-12) for a, b in zip(own, own_again, strict=True))


def test_its_slopes_scale_with_it(loss):
    _, once = gradients(loss, vectors(), LABELS)
    _, thrice = gradients(loss, vectors(), LABELS, factor=3.0)
    assert all(torch.allclose(b, 3 * a) for a, b in zip(once, thrice, strict=True))


def test_the_same_step_gives_the_same_value_and_float32_nearly(loss):
    x = vectors()
    one, two = (loss(x, LABELS, 7).value for _ in range(2))
    assert one == two
    for weight in loss.parameters():
        weight.data = weight.data.float()
    single = loss(x.float(), LABELS, 7).value
    assert single.dtype == torch.float32
    assert float(single.detach()) == pytest.approx(float(one.detach()), rel=1e-5)


def test_it_leaves_the_embeddings_and_says_what_stands_beside_the_loss(loss):
    x = vectors()
    before = x.detach().clone()
    found = loss(x, LABELS)
    assert torch.equal(x, before)
    assert found.diagnosis == losses.diagnose_batch(x, LABELS, 0.5)
    assert 0 <= found.triplets <= found.diagnosis.triplets
    assert found.rule


@pytest.mark.parametrize("name", LOSSES)
def test_its_own_weights_can_be_learned_and_are_those_of_the_seed(name):
    def own(seed):
        made = losses.make(Settings(name=name, seed=seed), people=PEOPLE, embedding_dim=DIM)
        return list(made.parameters())

    assert all(weight.requires_grad for weight in own(0))
    assert all(torch.equal(a, b) for a, b in zip(own(0), own(0), strict=True))
    assert not own(0) or not all(torch.equal(a, b) for a, b in zip(own(0), own(1), strict=True))


@pytest.mark.parametrize(("embeddings", "labels", "message"), BAD)
def test_what_is_no_batch_is_refused(loss, embeddings, labels, message):
    with pytest.raises(InputError, match=message):
        loss(embeddings, labels)


def test_an_unknown_loss_lists_the_known_ones():
    with pytest.raises(InputError, match="'triplet'"):
        losses.make(Settings(name="hinge"), people=2, embedding_dim=2)
