"""Inception in NumPy against the package's own module, for every row of Table 2."""

import numpy as np
import pytest
import torch

from facenet_lite.by_hand.models import inception as by_hand
from facenet_lite.errors import InputError
from facenet_lite.models.blocks import Branches, Inception, L2Pool, initialise, max_pool
from facenet_lite.models.nn2 import TABLE_2

RELATIVE = 1e-5
"""How far float32 may be off by the order of its sums, as a share of the largest value."""


def drawn(inside, branches):
    generator = torch.Generator().manual_seed(3)
    module = Inception(inside, branches)
    initialise(module, generator)
    with torch.no_grad():  # a bias of 0 would hide one that is forgotten
        for name, value in module.named_parameters():
            if name.endswith("bias"):
                value.copy_(torch.randn(value.shape, generator=generator) / 10)
    return module, torch.randn(inside, 9, 8, generator=generator)


def both(module, x):
    b = module.branches
    ours = by_hand.inception(x.numpy(), by_hand.kernels_of(module), pool=b.pool, stride=b.stride)
    with torch.no_grad():
        return ours, module(x[None])[0].numpy()


@pytest.mark.parametrize("name", TABLE_2)
def test_each_module_of_table_2_agrees_to_a_hundred_thousandth(name):
    ours, theirs = both(*drawn(24, TABLE_2[name].scaled(1 / 8)))
    assert ours.shape == theirs.shape
    assert ours.dtype == np.float32
    assert np.abs(ours - theirs).max() <= RELATIVE * np.abs(theirs).max()


def test_the_chapters_own_module_agrees_as_well():
    module = Inception(256, TABLE_2["inception3b"])
    initialise(module, torch.Generator().manual_seed(0))
    x = torch.rand(256, 28, 28, generator=torch.Generator().manual_seed(1))
    ours, theirs = both(module, x)
    assert ours.shape == (320, 28, 28)
    assert np.abs(ours - theirs).max() <= RELATIVE * np.abs(theirs).max()


def test_a_module_of_one_branch_has_no_pool():
    module, x = drawn(4, Branches(0, 3, 5, 0, 0))
    ours, theirs = both(module, x)
    assert list(by_hand.kernels_of(module)) == ["three"]
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_l2_pool_of_three_and_four_is_five():
    x = np.zeros((1, 3, 3))
    x[0, 0, 1], x[0, 1, 1] = 3, 4
    assert by_hand.l2_pool(x)[0, 1, 1] == 5
    assert by_hand.max_pool(x)[0, 1, 1] == 4
    assert not by_hand.l2_pool(np.zeros((2, 3, 3))).any()


def test_the_pools_are_the_packages():
    x = torch.randn(2, 7, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64) - 1
    np.testing.assert_allclose(by_hand.l2_pool(x.numpy()), L2Pool()(x[None])[0], atol=1e-12)
    for stride in (1, 2):
        theirs = max_pool(stride)(x[None])[0]
        assert np.array_equal(by_hand.max_pool(x.numpy(), stride), theirs)


def test_l2_pool_grows_as_its_input_does():
    x = np.random.default_rng(0).normal(size=(2, 5, 5))
    np.testing.assert_allclose(by_hand.l2_pool(-3 * x), 3 * by_hand.l2_pool(x))


def test_batch_normalisation_is_refused():
    module = Inception(4, Branches(2, 0, 0, 0, 0), batch_norm=True)
    with pytest.raises(InputError, match="without batch normalisation"):
        by_hand.kernels_of(module)
