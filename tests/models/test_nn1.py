"""NN1 against Table 1 of the FaceNet paper."""

import pytest
import torch

from facenet_lite import models
from facenet_lite.errors import InputError

#: Layer, output, weights, multiply-adds; and these as the paper prints them, in millions.
TABLE_1 = [
    ("conv1", (110, 110, 64), 9_408, 113_836_800, 115),
    ("pool1", (55, 55, 64), 0, 0, 0),
    ("rnorm1", (55, 55, 64), 0, 0, 0),
    ("conv2a", (55, 55, 64), 4_096, 12_390_400, 13),
    ("conv2", (55, 55, 192), 110_592, 334_540_800, 335),
    ("rnorm2", (55, 55, 192), 0, 0, 0),
    ("pool2", (28, 28, 192), 0, 0, 0),
    ("conv3a", (28, 28, 192), 36_864, 28_901_376, 29),
    ("conv3", (28, 28, 384), 663_552, 520_224_768, 521),
    ("pool3", (14, 14, 384), 0, 0, 0),
    ("conv4a", (14, 14, 384), 147_456, 28_901_376, 29),
    ("conv4", (14, 14, 256), 884_736, 173_408_256, 173),
    ("conv5a", (14, 14, 256), 65_536, 12_845_056, 13),
    ("conv5", (14, 14, 256), 589_824, 115_605_504, 116),
    ("conv6a", (14, 14, 256), 65_536, 12_845_056, 13),
    ("conv6", (14, 14, 256), 589_824, 115_605_504, 116),
    ("pool4", (7, 7, 256), 0, 0, 0),
    ("concat", (12_544,), 0, 0, 0),
    ("fc1", (4_096,), 102_760_448, 102_760_448, 103),
    ("fc2", (4_096,), 33_554_432, 33_554_432, 34),
    ("fc7128", (128,), 524_288, 524_288, 0.5),
    ("L2", (128,), 0, 0, 0),
]


@pytest.fixture(scope="module")
def table():
    with torch.device("meta"):
        return models.summary(models.NN1())


@pytest.mark.parametrize(("place", "row"), list(enumerate(TABLE_1)), ids=lambda x: str(x)[:12])
def test_each_layer_is_the_papers(table, place, row):
    name, output, weights, madds, printed = row
    layer = table.layers[place]
    assert (layer.name, layer.output, layer.weights, layer.madds) == (name, output, weights, madds)
    # The paper rounds up, and counts its first convolution at 111 places.
    assert layer.madds / 1e6 == pytest.approx(printed, rel=0.012, abs=0.7)


def test_the_totals_are_the_papers(table):
    assert len(table.layers) == len(TABLE_1)
    assert table.weights == 140_006_592
    assert table.madds == 1_605_944_064
    assert table.parameters == 140_025_664


def test_the_order_around_the_second_pool_is_the_papers(table):
    kernels = {layer.name: layer.kernel for layer in table.layers}
    assert kernels["rnorm2"] == "over 5 channels"
    assert kernels["pool2"] == "3×3 max, 2"  # noqa: RUF001
    assert kernels["fc1"] == kernels["fc2"] == "maxout, p = 2"
    assert kernels["fc7128"] == "linear"
    assert kernels["conv1"] == "7×7×3, 2"  # noqa: RUF001


@pytest.mark.parametrize("dim", [64, 256, 512])
def test_the_dimensions_of_table_5_change_the_last_layer_only(table, dim):
    with torch.device("meta"):
        other = models.summary(models.NN1(embedding_dim=dim))
    assert other.layers[-2].output == (dim,)
    assert table.weights - other.weights == 4096 * (128 - dim)


def test_a_small_one_gives_embeddings_of_unit_length():
    net = models.NN1(image_size=32, embedding_dim=8, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        out = net(torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(1)))
    assert torch.allclose(out.norm(dim=1), torch.ones(2), atol=1e-6)
    assert (out[0] != out[1]).any()
    assert net.name == "NN1 at 32 pixels"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"image_size": 31}, "image_size: expected a whole number at least 32, got 31"),
        ({"image_size": 96.0}, "image_size: expected a whole number"),
        ({"embedding_dim": 0}, "embedding_dim: expected a whole number at least 1, got 0"),
    ],
)
def test_what_cannot_be_built_is_refused(wrong, message):
    with pytest.raises(InputError, match=message):
        models.NN1(**wrong)
