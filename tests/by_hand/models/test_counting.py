"""A convolution's cost: counted in loops and by formula, and the same as PyTorch's values."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from facenet_lite import models
from facenet_lite.by_hand.models import counting
from facenet_lite.errors import InputError


def test_a_one_by_one_kernel_multiplies_each_number_once():
    out, count = counting.convolve([[[1.0, 2.0], [3.0, 4.0]]], [[[[10.0]]]])
    assert out.tolist() == [[[10.0, 20.0], [30.0, 40.0]]]
    assert count == 4


def test_no_channels_out_cost_nothing():
    out, count = counting.convolve(np.ones((2, 3, 3)), np.ones((0, 2, 3, 3)))
    assert out.shape == (0, 3, 3)
    assert count == 0


@settings(max_examples=15, deadline=None)
@given(
    st.integers(1, 3), st.integers(1, 3), st.sampled_from([1, 3, 5]), st.integers(1, 5),
    st.integers(1, 5), st.sampled_from([1, 2]), st.integers(0, 99),
)  # fmt: skip
def test_the_loops_are_pytorchs_convolution_and_the_formula_their_count(
    inside, out, size, height, width, stride, seed
):
    rng = np.random.default_rng(seed)
    x, weights = (
        rng.normal(size=(inside, height, width)),
        rng.normal(size=(out, inside, size, size)),
    )
    ours, count = counting.convolve(x, weights, stride=stride)
    theirs = torch.nn.functional.conv2d(
        torch.tensor(x), torch.tensor(weights), stride=stride, padding=size // 2
    )
    np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-12)
    rows, columns = ours.shape[1:]
    found = counting.cost(inside, out, size, rows=rows, columns=columns)
    assert (found.weights, found.madds) == (weights.size, count)


def test_the_formula_gives_a_row_of_the_papers_table():
    with torch.device("meta"):
        table = models.summary(models.NN1())
    (row,) = [layer for layer in table.layers if layer.name == "conv2"]
    found = counting.cost(64, 192, 3, rows=55, columns=55)
    assert (found.weights, found.madds) == (row.weights, row.madds) == (110_592, 334_540_800)


@pytest.mark.parametrize(
    ("x", "weights", "stride", "message"),
    [
        (np.ones((2, 3, 3)), np.ones((1, 3, 3, 3)), 1, "expected 2 channels and an odd kernel"),
        (np.ones((2, 3, 3)), np.ones((1, 2, 2, 2)), 1, "odd kernel"),
        (np.ones((3, 3)), np.ones((1, 2, 3, 3)), 1, "x: expected"),
        (np.ones((2, 3, 3)), np.ones((1, 2, 3, 3)), 0, "stride: expected"),
        (np.full((2, 3, 3), np.nan), np.ones((1, 2, 3, 3)), 1, "finite"),
    ],
)
def test_what_cannot_be_convolved_is_named(x, weights, stride, message):
    with pytest.raises(InputError, match=message):
        counting.convolve(x, weights, stride=stride)


@pytest.mark.parametrize("name", ["inside", "out", "size", "rows", "columns"])
def test_a_cost_of_nothing_is_refused(name):
    given = dict.fromkeys(("inside", "out", "size", "rows", "columns"), 2) | {name: 0}
    with pytest.raises(InputError, match=f"{name}: expected a whole number at least 1"):
        counting.cost(
            given["inside"],
            given["out"],
            given["size"],
            rows=given["rows"],
            columns=given["columns"],
        )
