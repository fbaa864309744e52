"""The convolution by hand is the network's own, and worked examples come out right."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite import imaging
from facenet_lite.by_hand.detect.blob import input_blob
from facenet_lite.by_hand.detect.convolution import convolve
from facenet_lite.by_hand.detect.ssd import RawNetwork
from facenet_lite.errors import InputError


def test_the_first_convolution_of_res10_is_ours():
    network = RawNetwork.load().network
    weights = network.getParam("conv1_h", 0)
    bias = network.getParam("conv1_h", 1).ravel()
    network.setInput(input_blob(imaging.astronaut()))
    before, after = network.forward(["data_scale", "conv1_h"])
    ours = convolve(before[0], weights, bias, stride=2, pad=3)
    assert ours.shape == after[0].shape == (32, 150, 150)
    np.testing.assert_allclose(ours, after[0], atol=1e-4 * np.abs(after).max())


def test_a_difference_filter_worked_by_hand():
    x = [[[1.0, 2.0, 4.0], [1.0, 1.0, 1.0], [0.0, 5.0, 5.0]]]
    weights = [[[[-1.0, 1.0], [0.0, 0.0]]]]  # the pixel to the right less this one
    assert convolve(x, weights, [10.0]).tolist() == [[[11, 12], [10, 10]]]


def test_stride_and_padding_change_the_shape_as_the_formula_says():
    x, weights = np.ones((3, 7, 9)), np.ones((2, 3, 3, 3))
    out = convolve(x, weights, [0.0, 1.0], stride=2, pad=1)
    assert out.shape == (2, 4, 5)
    assert out[:, 0, 0].tolist() == [12, 13]  # a corner sees 2 x 2 pixels of 3 channels
    assert out[1, 1, 1] == 28


@pytest.mark.parametrize(
    ("x", "weights", "bias", "options", "message"),
    [
        (np.ones((2, 5, 5)), np.ones((1, 3, 3, 3)), [0], {}, "2 channels"),
        (np.ones((1, 2, 2)), np.ones((1, 1, 3, 3)), [0], {}, "pad it"),
        (np.ones((1, 5, 5)), np.ones((1, 1, 3, 3)), [0, 0], {}, "bias"),
        (np.ones((1, 5, 5)), np.ones((1, 1, 3, 3)), [0], {"stride": 0}, "stride"),
        (np.ones((1, 5, 5)), np.ones((1, 1, 3, 3)), [0], {"pad": -1}, "pad"),
        (np.ones((5, 5)), np.ones((1, 1, 3, 3)), [0], {}, "x: expected"),
    ],
    ids=["channels", "small map", "bias", "stride", "pad", "one axis too few"],
)
def test_what_does_not_fit_is_refused(x, weights, bias, options, message):
    with pytest.raises(InputError, match=message):
        convolve(x, weights, bias, **options)
