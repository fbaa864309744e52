"""NN2 against Table 2 of the FaceNet paper, and what its arguments make of it."""

import numpy as np
import pytest
import torch

from facenet_lite import models
from facenet_lite.errors import InputError

#: Layer, output, kernel or branches, weights, multiply-adds; and these as the paper prints them.
TABLE_2 = [
    ("conv1", (112, 112, 64), "7x7x3, 2", 9_408, 118_013_952, 119),
    ("pool1", (56, 56, 64), "3x3 max, 2", 0, 0, 0),
    ("rnorm1", (56, 56, 64), "over 5 channels", 0, 0, 0),
    ("inception2", (56, 56, 192), "3x3: 64 to 192", 114_688, 359_661_568, 360),
    ("rnorm2", (56, 56, 192), "over 5 channels", 0, 0, 0),
    ("pool2", (28, 28, 192), "3x3 max, 2", 0, 0, 0),
    ("inception3a", (28, 28, 256), "1x1: 64; 3x3: 96 to 128; 5x5: 16 to 32; max pool to 32",
     163_328, 128_049_152, 128),
    ("inception3b", (28, 28, 320), "1x1: 64; 3x3: 96 to 128; 5x5: 32 to 64; L2 pool to 64",
     227_328, 178_225_152, 179),
    ("inception3c", (14, 14, 640), "3x3: 128 to 256, 2; 5x5: 32 to 64, 2; max pool, 2",
     397_312, 107_978_752, 108),
    ("inception4a", (14, 14, 640), "1x1: 256; 3x3: 96 to 192; 5x5: 32 to 64; L2 pool to 128",
     544_768, 106_774_528, 107),
    ("inception4b", (14, 14, 640), "1x1: 224; 3x3: 112 to 224; 5x5: 32 to 64; L2 pool to 128",
     594_432, 116_508_672, 117),
    ("inception4c", (14, 14, 640), "1x1: 192; 3x3: 128 to 256; 5x5: 32 to 64; L2 pool to 128",
     653_312, 128_049_152, 128),
    ("inception4d", (14, 14, 640), "1x1: 160; 3x3: 144 to 288; 5x5: 32 to 64; L2 pool to 128",
     721_408, 141_395_968, 142),
    ("inception4e", (7, 7, 1024), "3x3: 160 to 256, 2; 5x5: 64 to 128, 2; max pool, 2",
     716_800, 56_197_120, 56),
    ("inception5a", (7, 7, 1024), "1x1: 384; 3x3: 192 to 384; 5x5: 48 to 128; L2 pool to 128",
     1_587_200, 77_772_800, 78),
    ("inception5b", (7, 7, 1024), "1x1: 384; 3x3: 192 to 384; 5x5: 48 to 128; max pool to 128",
     1_587_200, 77_772_800, 78),
    ("avgpool", (1, 1, 1024), "mean of the map", 0, 0, 0),
    ("concat", (1024,), "", 0, 0, 0),
    ("fc", (128,), "linear", 131_072, 131_072, 0.1),
    ("L2", (128,), "", 0, 0, 0),
]  # fmt: skip


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


def counted(**arguments):
    with torch.device("meta"):
        return models.summary(models.NN2(**arguments))


@pytest.fixture(scope="module")
def table():
    return counted()


@pytest.mark.parametrize(("place", "row"), list(enumerate(TABLE_2)), ids=lambda x: str(x)[:16])
def test_each_layer_is_the_papers(table, place, row):
    name, output, kernel, weights, madds, printed = row
    layer = table.layers[place]
    assert (layer.name, layer.output, layer.weights, layer.madds) == (name, output, weights, madds)
    assert layer.kernel.replace("\N{MULTIPLICATION SIGN}", "x") == kernel
    assert layer.madds / 1e6 == pytest.approx(printed, abs=1)


def test_the_totals_are_the_papers(table):
    assert len(table.layers) == len(TABLE_2)
    assert table.weights == 7_448_256
    assert table.madds == 1_596_530_688
    assert table.parameters == 7_456_304
    assert table.name == "NN2"


@pytest.mark.parametrize(("size", "madds"), [(160, 814_620_672), (96, 293_347_328)])
def test_a_smaller_picture_costs_less_with_the_same_weights(table, size, madds):
    smaller = counted(image_size=size)
    assert smaller.weights == table.weights
    assert smaller.madds == madds
    assert smaller.name == f"NN2 at {size} pixels"


def test_the_small_net_fits_a_laptop_and_says_what_it_is():
    with torch.device("meta"):
        small = models.summary(models.small_nn2())
    assert small.parameters <= 1_500_000
    assert small.madds <= 100_000_000
    assert small.weights == 491_856
    assert small.madds == 73_336_832
    assert small.name == (
        "NN2 of width 0.25 at 96 pixels with batch normalisation, without its first pool, "
        "standardised, centred"
    )


def test_centred_embeddings_lie_all_around_the_sphere_from_the_start(generator):
    def spread(centred):
        net = models.NN2(width=0.1, image_size=40, norm="batch", centred=centred)
        out = net.train()(torch.randn(16, 3, 40, 40, generator=generator))
        return 2 * torch.var(out, dim=0).sum()

    assert spread(True) > 1.8 > spread(False)


def test_a_standardised_network_does_not_care_for_a_lamp_or_a_tint(generator):
    net = models.NN2(width=0.1, image_size=40, norm="batch", standardised=True, generator=generator)
    faces = 0.5 * torch.randn(4, 3, 40, 40, generator=generator)
    lit = 0.7 * faces + torch.tensor([0.3, 0.0, -0.2])[:, None, None]
    net.eval()
    assert (net(lit) - net(faces)).norm(dim=1).max() < 1e-4
    net.layers.standardise = torch.nn.Identity()
    assert (net(lit) - net(faces)).norm(dim=1).min() > 0.01


@pytest.mark.parametrize("name", ["first_pool", "standardised", "centred"])
def test_a_flag_is_true_or_false(name):
    with pytest.raises(InputError, match=f"{name}: expected True or False, got 1"):
        models.NN2(**{name: 1})


def test_batch_norm_stands_after_each_convolution_in_place_of_the_local_one():
    with torch.device("meta"):
        net = models.NN2(norm="batch")
    modules = list(net.modules())
    convolutions = [m for m in modules if isinstance(m, torch.nn.Conv2d)]
    assert all(m.bias is None for m in convolutions)
    assert sum(isinstance(m, torch.nn.BatchNorm2d) for m in modules) == len(convolutions)
    assert not any(isinstance(m, torch.nn.LocalResponseNorm) for m in modules)
    assert models.summary(net).weights == 7_448_256


@pytest.mark.parametrize("norm", ["local", "batch"])
def test_embeddings_have_unit_length_and_tell_pictures_apart(norm, generator):
    net = models.NN2(width=0.1, image_size=40, norm=norm, embedding_dim=6, generator=generator)
    out = net(torch.randn(3, 3, 40, 40, generator=generator))
    assert out.shape == (3, 6)
    assert torch.allclose(out.norm(dim=1), torch.ones(3), atol=1e-6)
    assert (out[0] - out[1]).norm() > 1e-3


@pytest.mark.parametrize("norm", ["local", "batch"])
def test_an_empty_picture_gives_a_zero_vector_and_finite_slopes(norm, generator):
    net = models.NN2(width=0.1, image_size=40, norm=norm, generator=generator)
    out = net(torch.zeros(2, 3, 40, 40))
    assert not out.any()
    out.sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in net.parameters())


def test_the_generator_decides_the_weights():
    def weights(seed):
        net = models.NN2(width=0.02, image_size=32, generator=torch.Generator().manual_seed(seed))
        return torch.cat([p.flatten() for p in net.parameters()])

    assert torch.equal(weights(1), weights(1))
    assert not torch.equal(weights(1), weights(2))


def test_settings_are_pythons_own_numbers_whatever_came():
    with torch.device("meta"):
        net = models.NN2(width=np.float32(0.125), image_size=np.int64(64))
    assert [type(value) for value in net.settings.values()] == [
        *(float, int, str, bool, bool, bool, int)
    ]


def test_weights_spread_as_he_and_others_have_it_for_relu(generator):
    net = models.NN2(width=0.5, image_size=64, generator=generator)
    for layer in (net.layers.conv1[0], net.layers.inception5a.paths["three"][1][0], net.layers.fc):
        inputs = layer.weight[0].numel()
        assert layer.weight.detach().std().item() == pytest.approx((2 / inputs) ** 0.5, rel=0.05)
        assert not layer.bias.any()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"width": 0}, "width: expected a number above 0 and at most 8, got 0"),
        ({"width": float("nan")}, "width: expected a number"),
        ({"image_size": 31}, "image_size: expected a whole number at least 32, got 31"),
        ({"norm": "layer"}, "norm: expected one of 'local', 'batch', got 'layer'"),
        ({"embedding_dim": 0}, "embedding_dim: expected a whole number at least 1, got 0"),
    ],
)
def test_what_cannot_be_built_is_refused(wrong, message):
    with pytest.raises(InputError, match=message):
        models.NN2(**wrong)


def test_pictures_of_another_size_are_refused_before_any_layer():
    with torch.device("meta"):
        net = models.NN2(width=0.1)
        with pytest.raises(
            InputError, match=r"expected a tensor \(N, 3, 224, 224\), got \(1, 3, 9"
        ):
            net(torch.zeros(1, 3, 96, 96))
