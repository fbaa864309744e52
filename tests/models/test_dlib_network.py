"""dlib's network as read from its file is the one that dlib runs, and it is counted rightly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from facenet_lite import assets, models
from facenet_lite.dlib_file import DlibFileError
from facenet_lite.models import dlib_network
from facenet_lite.models.dlib_network import DlibLayer, DlibNetwork


@pytest.fixture(scope="module")
def network() -> DlibNetwork:
    return dlib_network.read()


def test_its_layers_give_dlibs_own_embedding(network: DlibNetwork) -> None:
    crops = np.random.default_rng(0).integers(0, 256, (2, 150, 150, 3), dtype=np.uint8)
    found = models.DlibTorch.of(network).embed(crops)
    assert found == pytest.approx(models.load("dlib").embed(crops), abs=1e-4)


def test_sizes_and_multiply_adds_are_those_of_the_maps_that_come_out(network: DlibNetwork) -> None:
    picture, sides, madds = torch.zeros(1, 3, 150, 150), [], 0
    for count, layer in enumerate(network.layers, start=1):
        part = models.DlibTorch.of(replace(network, layers=network.layers[:count]))
        with torch.inference_mode():
            x = part.forward(picture)
        places = x[0, 0].numel() if x.dim() == 4 else 1
        sides.append(x.shape[-1] if x.dim() == 4 else 1)
        madds += layer.weights.size * places if layer.kind in ("convolution", "linear") else 0
    assert network.sides == sides
    assert network.cost.madds == madds


def test_the_counts_by_hand(network: DlibNetwork) -> None:
    """Blocks of two 3 x 3 convolutions: 3 with 32 channels, 4 with 64, 3 with 128, 4 with 256."""
    assert network.image_size == 150
    assert sum(layer.kind == "convolution" for layer in network.layers) == 29
    channels = {32: 6, 64: 8, 128: 6, 256: 8}
    weights = 7 * 7 * 3 * 32 + 9 * (
        6 * 32**2 + 32 * 64 + 7 * 64**2 + 64 * 128 + 5 * 128**2 + 128 * 256 + 7 * 256**2
    )
    assert network.cost.weights == weights + 256 * 128
    maps = 32 + sum(size * count for size, count in channels.items())
    assert network.parameters == network.cost.weights + 3 * maps  # bias, scale and shift
    path = assets.fetch("dlib_resnet")
    assert 0 < path.stat().st_size - 4 * network.parameters < 10_000  # the rest is what they are


def test_a_pool_over_the_whole_map_leaves_one_place() -> None:
    assert DlibLayer("mean pool", size=0).side(5) == 1
    assert DlibLayer("max pool", size=3, stride=2).side(72) == 35
    assert DlibLayer("convolution", size=3, stride=1, pad=1).side(9) == 9
    assert DlibLayer("relu").side(9) == 9


def test_a_sum_is_as_large_as_the_larger_map() -> None:
    layers = (DlibLayer("keep"), DlibLayer("max pool", size=3), DlibLayer("add"))
    assert DlibNetwork(5, (0, 0, 0), layers).sides == [5, 3, 5]


def test_other_files_are_refused() -> None:
    data = assets.fetch("dlib_resnet").read_bytes()
    for wrong, message in (
        (data[:400], "cut off"),
        (data + b"\x01\x01", "end of the file"),
        (assets.fetch("mmod_detector").read_bytes(), "loss_metric_2"),
        (data.replace(b"con_4", b"con_9"), "con_9"),
        (
            data.replace(b"\x01\x07\x01\x07\x01\x02", b"\x01\x05\x01\x07\x01\x02", 1),
            "square filters",
        ),
        (data.replace(b"fc_2\x01\x80\x02\x00\x01", b"fc_2\x01\x80\x02\x01\x01"), "257 x 128"),
        (data.replace(b"\x01\x96\x01\x96", b"\x01\x96\x01\x95", 1), "square picture"),
    ):
        with pytest.raises(DlibFileError, match=message):
            dlib_network.read(wrong)
