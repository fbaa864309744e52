"""Weights in a file with their network's settings and its spec."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, safe_open, save_file

from facenet_lite import models
from facenet_lite.errors import AssetDamagedError, AssetError, AssetMissingError, InputError
from facenet_lite.models import weights


@pytest.fixture(scope="module")
def embedder():
    """A small network with a history: the recorded statistics are not those of the first day."""
    generator = torch.Generator().manual_seed(0)
    net = models.NN2(width=0.05, image_size=32, norm="batch", embedding_dim=16, generator=generator)
    net(torch.randn(4, 3, 32, 32, generator=generator))
    return models.TorchEmbedder.of(net, name="small", crop_margin=0.5, threshold=0.9)


@pytest.fixture(scope="module")
def crops():
    return np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)


@pytest.fixture
def path(embedder, tmp_path):
    return models.write(embedder, tmp_path / "small.safetensors")


def rewrite(path, *, header=(), tensors=()):
    """Write the file again with some of its header or tensors exchanged; None takes one out."""
    with safe_open(path, framework="pt") as file:
        head = {**json.loads(file.metadata()[weights.HEADER]), **dict(header)}
    body = {**load_file(path), **dict(tensors)}
    keep = {k: v for k, v in body.items() if v is not None}
    text = json.dumps({k: v for k, v in head.items() if v is not None})
    save_file(keep, path, metadata={weights.HEADER: text})


def test_what_is_read_gives_the_same_embeddings_bit_for_bit(embedder, path, crops):
    again = models.read(path)
    assert again.spec == embedder.spec
    assert again.net.settings == embedder.net.settings
    assert np.array_equal(again.embed(crops), embedder.embed(crops))


def test_what_is_read_can_be_trained_further(path):
    net = models.read(path).net
    assert all(p.requires_grad and p.device.type == "cpu" for p in net.parameters())


def test_reading_draws_no_random_numbers(path):
    before = torch.get_rng_state()
    models.read(path)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_settings_of_nn1_make_the_same_network_again():
    with torch.device("meta"):
        net = models.NN1(image_size=96, embedding_dim=64)
        again = models.NN1(**net.settings)
    shapes = [{k: v.shape for k, v in n.state_dict().items()} for n in (net, again)]
    assert shapes[0] == shapes[1]


def test_a_spec_that_is_not_the_networks_is_refused(embedder):
    for wrong in ({"image_size": 96}, {"embedding_dim": 128}):
        spec = dataclasses.replace(embedder.spec, **wrong)
        with pytest.raises(InputError, match=f"spec: expected {next(iter(wrong))} .*own, got"):
            models.TorchEmbedder(embedder.net, spec)


def test_a_file_that_is_not_there_is_missing(tmp_path):
    with pytest.raises(AssetMissingError, match=r"no such file; models\.write makes one"):
        models.read(tmp_path / "nothing.safetensors")


def test_a_file_that_is_cut_off_is_damaged(path):
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(AssetDamagedError, match=r"not weights that models\.write"):
        models.read(path)


@pytest.mark.parametrize("content", [b"", b"weights", b"\x80\x02}q\x00."])
def test_a_file_of_another_kind_is_damaged(tmp_path, content):
    path = tmp_path / "net.pt"
    path.write_bytes(content)
    with pytest.raises(AssetDamagedError):
        models.read(path)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({"format": None}, "format"),
        ({"format": 3}, "expected the format 2, got 3"),
        ({"settings": None}, "settings"),
        ({"settings": "{"}, "not weights that models.write wrote"),
        ({"settings": [1]}, "not weights that models.write wrote"),
        ({"settings": {"network": "NN1"}}, "fc7128"),
        ({"settings": {"network": "ResNet"}}, "ResNet"),
        ({"settings": {"network": "NN2", "depth": 3}}, "depth"),
        ({"settings": {"network": "NN2", "width": -1}}, "width: expected"),
        ({"settings": {"network": "NN2", "image_size": 32}}, "size mismatch|Missing"),
        ({"spec": None}, "spec"),
        ({"spec": {}}, "spec: expected the fields"),
    ],
)
def test_a_header_that_does_not_fit_is_named(path, header, message):
    rewrite(path, header=header)
    with pytest.raises(AssetDamagedError, match=message):
        models.read(path)


@pytest.mark.parametrize(
    "metadata", [None, {}, {"format": "pt"}, {weights.HEADER: "{"}, {weights.HEADER: "[1]"}]
)
def test_a_file_of_safetensors_by_others_is_damaged(path, metadata):
    save_file(load_file(path), path, metadata=metadata)
    with pytest.raises(AssetDamagedError, match=r"not weights that models\.write wrote"):
        models.read(path)


def test_the_same_network_makes_the_same_file(embedder, path):
    again = [path.with_name(f"{i}.safetensors") for i in range(8)]
    assert {models.write(embedder, one).read_bytes() for one in again} == {path.read_bytes()}


def test_a_weight_too_few_or_too_many_or_of_another_shape_is_named(path):
    name = "layers.fc.weight"
    for change, message in (
        ({name: None}, "Missing key.*fc.weight"),
        ({name: None, "layers.fc.wait": torch.zeros(1)}, "Unexpected key.*fc.wait"),
        ({"layers.fc.wait": None, name: torch.zeros(2, 2)}, "size mismatch for layers.fc.weight"),
    ):
        rewrite(path, tensors=change)
        with pytest.raises(AssetDamagedError, match=f"(?s){message}"):
            models.read(path)


def test_a_place_that_cannot_be_written_is_named_and_leaves_nothing(embedder, tmp_path):
    with pytest.raises(AssetError, match="cannot be written"):
        models.write(embedder, tmp_path / "no" / "folder.safetensors")
    (tmp_path / "taken").mkdir()
    with pytest.raises(AssetError, match="cannot be written"):
        models.write(embedder, tmp_path / "taken")
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_damaged(value, embedder, path):
    name, weight = next(iter(embedder.net.state_dict().items()))
    wrong = torch.full(weight.shape, value)
    rewrite(path, tensors={name: wrong})
    with pytest.raises(AssetDamagedError, match=f"{name} has NaN or infinity"):
        models.read(path)
