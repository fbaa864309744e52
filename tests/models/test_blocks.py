"""The parts of FaceNet's networks, by hand and by their laws."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd import gradcheck

from facenet_lite.errors import InputError
from facenet_lite.models import blocks


def double(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64, requires_grad=True)


def test_l2_pool_is_the_root_of_the_sum_of_squares_around_each_place():
    pooled = blocks.L2Pool()(torch.full((1, 1, 3, 3), 2.0))[0, 0]
    corner, edge, centre = 2 * 2.0, 2 * math.sqrt(6), 2 * 3.0
    expected = torch.tensor([[corner, edge, corner], [edge, centre, edge], [corner, edge, corner]])
    assert torch.allclose(pooled, expected)


def test_l2_pool_sees_each_channel_alone():
    x = torch.zeros(1, 2, 5, 5)
    x[0, 1, 2, 2] = -3.0
    pooled = blocks.L2Pool()(x)
    assert not pooled[0, 0].any()
    assert torch.allclose(pooled[0, 1, 1:4, 1:4], torch.full((3, 3), 3.0))


def test_l2_pool_of_nothing_has_a_finite_slope():
    x = torch.zeros(1, 1, 4, 4, requires_grad=True)
    pooled = blocks.L2Pool()(x)
    pooled.sum().backward()
    assert not pooled.any()
    assert not x.grad.any()


def test_l2_pool_has_the_slope_that_small_steps_measure():
    assert gradcheck(blocks.L2Pool(), double(2, 2, 4, 3))


def test_maxout_takes_the_largest_of_each_pair():
    layer = blocks.Maxout(1, 2)
    with torch.no_grad():
        layer.linear.weight[:] = torch.tensor([[1.0], [-1.0], [2.0], [3.0]])
        layer.linear.bias[:] = torch.tensor([0.0, 0.0, 5.0, 0.0])
    out = layer(torch.tensor([[2.0], [-3.0]]))
    assert torch.equal(out, torch.tensor([[2.0, 9.0], [3.0, -1.0]]))


def test_maxout_of_no_pictures_has_no_rows():
    assert blocks.Maxout(3, 2)(torch.zeros(0, 3)).shape == (0, 2)


def test_unit_length_divides_by_the_length():
    out = blocks.UnitLength()(torch.tensor([[3.0, 4.0], [0.0, -2.0]]))
    assert torch.allclose(out, torch.tensor([[0.6, 0.8], [0.0, -1.0]]))


@given(st.floats(-3, 15), st.integers(0, 99))
def test_length_is_1_to_the_sixth_place_whatever_it_was(exponent, seed):
    x = double(4, 128, seed=seed).float() * 10**exponent
    assert torch.allclose(blocks.UnitLength()(x).norm(dim=1), torch.ones(4), atol=1e-6)


def test_a_zero_vector_stays_zero_and_its_slope_ends():
    x = torch.zeros(1, 3, requires_grad=True)
    out = blocks.UnitLength()(x)
    out.sum().backward()
    assert torch.equal(out, torch.zeros(1, 3))
    assert x.grad.abs().max() <= 1.001 / blocks.SHORTEST


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_vectors_in_half_precision_become_whole_before_they_are_measured(dtype):
    out = blocks.UnitLength()(double(4, 128).to(dtype))
    assert out.dtype == torch.float32
    assert torch.allclose(out.norm(dim=1), torch.ones(4), atol=1e-6)


def test_the_slope_of_unit_length_never_points_outwards():
    x = double(5, 7)
    unit = blocks.UnitLength()
    unit(x).pow(3).sum().backward()
    assert torch.allclose((x.grad * x).sum(1), torch.zeros(5, dtype=torch.float64), atol=1e-12)
    assert gradcheck(unit, x)


@pytest.mark.parametrize(("size", "halved"), [(224, 112), (55, 28), (7, 4), (1, 1)])
def test_a_stride_of_two_halves_and_rounds_up(size, halved):
    x = torch.zeros(1, 3, size, size)
    for layer in (blocks.Conv(3, 4, 7, 2), blocks.Conv(3, 4, 5, 2), blocks.max_pool(2)):
        assert layer(x).shape[2:] == (halved, halved)


def test_no_convolution_gives_a_negative_value():
    x = double(2, 3, 9, 9).float()
    for batch_norm in (False, True):
        out = blocks.Conv(3, 8, 3, batch_norm=batch_norm)(x)
        assert out.min() == 0 < out.max()


def test_local_response_norm_divides_by_what_five_channels_hold():
    x = torch.full((1, 7, 1, 1), 100.0)
    out = blocks.local_response_norm()(x)[0, :, 0, 0]
    full, at_the_end = (100 / (1 + 1e-4 / 5 * n * 100**2) ** 0.75 for n in (5, 3))
    assert out[3] == pytest.approx(full)
    assert out[0] == out[6] == pytest.approx(at_the_end)


def test_branches_stand_side_by_side_in_the_tables_order():
    module = blocks.Inception(6, blocks.Branches(1, 2, 3, 4, 5, "L2", 7))
    out = module(double(2, 6, 5, 5).float())
    assert list(module.paths) == ["one", "three", "five", "pool"]
    assert out.shape == (2, 1 + 3 + 5 + 7, 5, 5)
    assert module.out == 16


def test_without_a_projection_the_pools_channels_pass():
    module = blocks.Inception(6, blocks.Branches(0, 2, 3, 4, 5, "max", 0, stride=2))
    x = double(1, 6, 5, 5).float()
    out = module(x)
    assert out.shape == (1, 3 + 5 + 6, 3, 3)
    assert torch.equal(out[:, 8:], blocks.max_pool(2)(x))


def test_absent_branches_stay_absent_at_any_width():
    branches = blocks.Branches(0, 96, 128, 16, 32, "max", 0, stride=2)
    assert branches.scaled(1) == branches
    assert branches.scaled(1 / 4) == blocks.Branches(0, 24, 32, 4, 8, "max", 0, stride=2)
    assert branches.scaled(1e-9) == blocks.Branches(0, 1, 1, 1, 1, "max", 0, stride=2)


@pytest.mark.parametrize("shape", [(3, 8, 8), (1, 8, 8, 3), (1, 3, 8, 9), (1, 1, 8, 8)])
def test_pictures_of_another_form_are_refused(shape):
    with pytest.raises(InputError, match=r"pictures: expected a tensor \(N, 3, 8, 8\), got"):
        blocks.check_pictures(torch.zeros(shape), 8)
