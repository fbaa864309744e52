"""A network in 8 bits: smaller, nearly the same, and never a surprise where it is written."""

import numpy as np
import onnx
import pytest
import small_onnx
from onnx import numpy_helper

from facenet_lite import models
from facenet_lite.distances import pairwise_squared_distances
from facenet_lite.errors import AssetError, AssetMissingError, InputError

CROPS = np.random.default_rng(0).integers(0, 256, (20, 24, 24, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return small_onnx.write(tmp_path_factory.mktemp("onnx") / "net.onnx")


@pytest.fixture(scope="module")
def small(path):
    return models.quantise_onnx(path, CROPS)


def weights(path):
    """The weights in 8 bits, by name."""
    stored = onnx.load(path).graph.initializer
    return {part.name: numpy_helper.to_array(part) for part in stored if part.data_type == 3}


def test_the_file_lies_beside_the_first_and_carries_its_spec(path, small):
    assert small == path.with_name("net.int8.onnx")
    assert models.open_onnx(small).spec == models.open_onnx(path).spec
    assert {p.name for p in path.parent.iterdir()} == {"net.onnx", "net.int8.onnx"}


def test_sums_are_in_whole_numbers(small):
    kinds = [node.op_type for node in onnx.load(small).graph.node]
    assert {"QLinearConv", "QGemm"} <= set(kinds)
    assert not {"Conv", "Gemm"} & set(kinds)


def test_embeddings_move_little_but_do_move(path, tmp_path):
    # In seven bits, where no processor runs over: with all eight, one without VNNI moves these
    # distances by 0.14, and one with it by less than 0.05.
    small = models.quantise_onnx(path, CROPS, target=tmp_path / "seven.onnx", seven_bits=True)
    vectors, near = (models.open_onnx(p).embed(CROPS) for p in (path, small))
    assert np.allclose(np.linalg.norm(near, axis=1), 1, atol=1e-6)
    apart = pairwise_squared_distances(vectors, vectors) - pairwise_squared_distances(near, near)
    assert 0 < np.abs(apart).max() < 0.1


def test_no_weight_moves_by_more_than_half_a_step(path, small):
    before, after = (
        {part.name: numpy_helper.to_array(part) for part in onnx.load(p).graph.initializer}
        for p in (path, small)
    )
    for name, channel in (("kernels", 0), ("matrix", 1)):
        codes = np.moveaxis(after[f"{name}_quantized"], channel, -1)
        steps = after[f"{name}_scale"]
        moved = np.abs(codes * steps - np.moveaxis(before[name], channel, -1)) / steps
        assert 0.4 < moved.max() <= 0.5 + 1e-4  # 127 steps in float32


def test_each_channel_has_its_own_step(path, small):
    kernels = weights(small)["kernels_quantized"]
    # The largest of each channel takes the last step.
    assert np.abs(kernels.reshape(6, -1)).max(axis=1).tolist() == 6 * [127]


def test_seven_bits_are_half_the_steps(path, tmp_path):
    small = models.quantise_onnx(path, CROPS, target=tmp_path / "seven.onnx", seven_bits=True)
    assert np.abs(weights(small)["kernels_quantized"].reshape(6, -1)).max(axis=1).tolist() == 6 * [
        64
    ]


def test_values_beyond_those_of_the_crops_are_cut_off(path, tmp_path):
    grey = np.full((2, 24, 24, 3), 128, np.uint8)
    small = models.quantise_onnx(path, grey, target=tmp_path / "grey.onnx")
    vectors, near = (models.open_onnx(p).embed(CROPS) for p in (path, small))
    assert np.abs(vectors - near).max() > 0.1


def test_no_crops_are_refused(path):
    with pytest.raises(InputError, match="crops: expected some faces to set the steps by, got no"):
        models.quantise_onnx(path, CROPS[:0])


def test_crops_of_another_size_are_refused(path):
    with pytest.raises(InputError, match=r"crops: expected a uint8 array of shape \(any x 24"):
        models.quantise_onnx(path, CROPS[:, 1:])


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(AssetMissingError, match="there is no such file"):
        models.quantise_onnx(tmp_path / "net.onnx", CROPS)


def test_a_place_that_is_taken_is_named_and_nothing_is_left(path, tmp_path):
    (tmp_path / "taken").mkdir()
    with pytest.raises(AssetError, match="taken: cannot be written"):
        models.quantise_onnx(path, CROPS, target=tmp_path / "taken")
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]
