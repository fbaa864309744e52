"""The loss on given triplets and over a whole batch: by hand, by loops, by laws."""

from functools import partial

import numpy as np
import pytest
import reference
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from facenet_lite import losses, miners
from facenet_lite.errors import InputError
from facenet_lite.types import Triplets

REDUCTIONS = ["mean_active", "mean", "sum"]
THREE = torch.tensor([[0.0], [1.0], [1.5]])
"""0 and 1 are one person, 1.5 another; with a margin of 1, anchor 0 costs nothing."""
LABELS = torch.tensor([0, 0, 1])


def batch(size=24, people=5, dimension=4, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn((size, dimension), generator=generator, dtype=dtype)
    return torch.nn.functional.normalize(x), torch.arange(size) % people


def value_and_gradient(loss, x, *rest):
    leaf = x.detach().clone().requires_grad_()
    value = loss(leaf, *rest)
    value.backward()
    return value.detach(), leaf.grad


def on_all(x, labels, *rest):
    return losses.triplet_loss(x, miners.batch_all(x, labels), *rest)


BOTH = pytest.mark.parametrize("loss", [losses.batch_all_triplet_loss, on_all])


@BOTH
@pytest.mark.parametrize(("reduction", "count"), [("mean_active", 1), ("mean", 2), ("sum", 1)])
def test_three_points_by_hand(loss, reduction, count):
    # Anchor 0: 1 - 2.25 + 1 < 0. Anchor 1: 1 - 0.25 + 1 = 1.75.
    value, gradient = value_and_gradient(loss, THREE, LABELS, 1.0, reduction)
    assert value == 1.75 / count
    assert gradient.flatten().tolist() == [-2 / count, 3 / count, -1 / count]


@BOTH
def test_a_step_down_the_gradient_brings_positives_near_and_negatives_away(loss):
    _, gradient = value_and_gradient(loss, THREE, LABELS, 1.0)
    zero, one, other = (THREE - 0.01 * gradient).flatten().tolist()
    assert one - zero < 1
    assert other - one > 0.5


@BOTH
def test_a_triplet_exactly_at_the_margin_has_no_loss_and_no_gradient(loss):
    x = torch.tensor([[0.0], [1.0], [3.0]])  # d_p = 1; d_n = 9 and 4
    value, gradient = value_and_gradient(loss, x, LABELS, 3.0)
    assert value == 0
    assert not gradient.any()


@BOTH
def test_a_margin_of_zero_counts_only_the_negatives_that_are_nearer(loss):
    x = torch.tensor([[0.0], [1.0], [2.0], [0.5]])
    labels = torch.tensor([0, 0, 1, 2])
    # Of anchor 1 the negative at 2 is as far as the positive; 0.5 is nearer to both.
    value, _ = value_and_gradient(loss, x, labels, 0.0, "mean_active")
    assert value == pytest.approx(0.75)


@BOTH
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("margin", [0.0, 0.2, 1.0])
def test_value_and_gradient_are_those_of_the_plain_loops(loss, reduction, margin):
    x, labels = batch()
    triplets = reference.batch_all(x.tolist(), labels.tolist())
    expected, slopes = reference.triplet_loss(x.tolist(), triplets, margin, reduction)
    value, gradient = value_and_gradient(loss, x, labels, margin, reduction)
    assert value.dtype == gradient.dtype == torch.float64
    assert value.item() == pytest.approx(expected, rel=1e-12)
    assert np.abs(gradient.numpy() - np.array(slopes)).max() < 1e-10


@BOTH
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_finite_differences_agree(loss, reduction):
    x, labels = batch(size=9, people=3, dimension=3, seed=4)
    leaf = x.requires_grad_()
    assert torch.autograd.gradcheck(lambda x: loss(x, labels, 0.5, reduction), leaf)


ROWS = st.lists(
    st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(0, 3)), min_size=1, max_size=10
)


@settings(max_examples=50, deadline=None)
@given(rows=ROWS, margin=st.integers(0, 5), reduction=st.sampled_from(REDUCTIONS))
def test_batch_all_is_the_loss_of_all_its_triplets_with_ties_and_duplicates(
    rows, margin, reduction
):
    x = torch.tensor([row[:2] for row in rows], dtype=torch.float32)
    labels = torch.tensor([row[2] for row in rows])
    value, gradient = value_and_gradient(
        losses.batch_all_triplet_loss, x, labels, margin, reduction
    )
    expected, slopes = value_and_gradient(on_all, x, labels, margin, reduction)
    assert torch.allclose(value, expected, rtol=1e-6)
    assert torch.allclose(gradient, slopes, atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), order=st.permutations(range(12)))
def test_the_order_of_the_batch_does_not_matter(seed, order):
    x, labels = batch(size=12, people=4, seed=seed)
    once, slopes = value_and_gradient(losses.batch_all_triplet_loss, x, labels)
    again, moved = value_and_gradient(losses.batch_all_triplet_loss, x[order], labels[order])
    assert again == pytest.approx(once.item(), rel=1e-12)
    assert torch.allclose(moved, slopes[order], atol=1e-12)


def test_moving_all_points_changes_nothing_and_the_gradient_sums_to_zero():
    x, labels = batch()
    once, slopes = value_and_gradient(losses.batch_all_triplet_loss, x, labels)
    again, _ = value_and_gradient(losses.batch_all_triplet_loss, x + 3.0, labels)
    assert again == pytest.approx(once.item(), rel=1e-12)
    assert slopes.sum(0) == pytest.approx(np.zeros(4), abs=1e-12)


def test_blocks_of_anchors_change_nothing():
    x, labels = batch()
    whole = value_and_gradient(losses.batch_all_triplet_loss, x, labels)
    in_fives = partial(losses.batch_all_triplet_loss, size=5)
    parts = value_and_gradient(in_fives, x, labels)
    assert parts[0] == pytest.approx(whole[0].item(), rel=1e-13)
    assert torch.allclose(parts[1], whole[1], atol=1e-14)


def test_long_sums_of_float32_lose_no_digits():
    # A thousand strangers as far from both, at a distance that fills a float32, just too near.
    x = torch.tensor([[0.0, 0.0], [1.0, 0.0], *[[0.5, 1 - 2**-11]] * 1000])
    labels = torch.tensor([0, 0, *range(1, 1001)])
    value = losses.batch_all_triplet_loss(x, labels, 0.25, "sum")
    assert value.item() == pytest.approx(2000 * (2**-10 - 2**-22), rel=1e-7)


def test_the_incoming_gradient_scales_the_outgoing():
    x, labels = batch()
    _, once = value_and_gradient(losses.batch_all_triplet_loss, x, labels)
    _, thrice = value_and_gradient(lambda x, y: 3 * losses.batch_all_triplet_loss(x, y), x, labels)
    assert torch.allclose(thrice, 3 * once)


def test_autocast_does_not_touch_it():
    x, labels = batch(dtype=torch.float32)
    plain = value_and_gradient(losses.batch_all_triplet_loss, x, labels)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        cast = value_and_gradient(losses.batch_all_triplet_loss, x, labels)
    assert plain[0] == cast[0]
    assert torch.equal(plain[1], cast[1])


def test_half_embeddings_made_float_give_finite_half_gradients():
    x, labels = batch(dtype=torch.float32)
    for dtype in (torch.float16, torch.bfloat16):
        leaf = x.to(dtype).requires_grad_()
        losses.batch_all_triplet_loss(leaf.float(), labels, reduction="mean").backward()
        assert leaf.grad.dtype == dtype
        assert leaf.grad.isfinite().all()


@BOTH
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(
    "labels", [[], [0], [0, 0, 0, 0], [0, 1, 2, 3]], ids=["none", "one", "one person", "K = 1"]
)
def test_without_a_valid_triplet_loss_and_gradient_are_zero(loss, labels, reduction):
    x = torch.randn((len(labels), 3), generator=torch.Generator().manual_seed(0))
    value, gradient = value_and_gradient(
        loss, x, torch.tensor(labels, dtype=torch.int64), 0.2, reduction
    )
    assert value == 0
    assert not gradient.any()


@BOTH
@pytest.mark.parametrize("value", [0.0, 0.5])
def test_collapse_costs_exactly_the_margin_and_has_no_gradient(loss, value):
    x = torch.full((8, 4), value)
    cost, gradient = value_and_gradient(loss, x, torch.arange(8) // 2, 0.25)
    assert cost == 0.25
    assert not gradient.any()


@BOTH
def test_duplicates_among_others_have_finite_gradients(loss):
    x, labels = batch(dtype=torch.float32)
    _, gradient = value_and_gradient(loss, torch.cat([x, x]), torch.cat([labels, labels]))
    assert gradient.isfinite().all()


def test_no_triplet_is_a_loss_of_zero():
    value, gradient = value_and_gradient(losses.triplet_loss, THREE, Triplets.empty())
    assert value == 0
    assert not gradient.any()


BAD = [
    ((THREE.half(), LABELS), r"embeddings\.float\(\)"),
    ((THREE * torch.nan, LABELS), "diverged"),
    ((THREE * 1e20, LABELS), "normalise them"),
    ((THREE.flatten(), LABELS), r"\(B, D\)"),
    ((THREE, LABELS, -1.0), "margin"),
    ((THREE, LABELS, 0.2, "average"), "mean_active"),
]


@BOTH
@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_what_is_no_batch_is_refused(loss, arguments, message):
    with pytest.raises(InputError, match=message):
        loss(*arguments)


def test_labels_of_another_length_are_refused():
    with pytest.raises(InputError, match="each of 3"):
        losses.batch_all_triplet_loss(THREE, LABELS[:2])


def test_triplets_of_another_batch_are_refused():
    with pytest.raises(InputError, match="below 3"):
        losses.triplet_loss(THREE, Triplets.of([(0, 1, 3)]))
