"""dlib's network in PyTorch gives what dlib gives."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from facenet_lite import assets, models
from facenet_lite.data import nobody
from facenet_lite.errors import InputError
from facenet_lite.models.dlib_network import DlibLayer, DlibNetwork


def network(*layers: DlibLayer) -> models.DlibTorch:
    """A network of a few layers behind dlib's own input."""
    return models.DlibTorch.of(DlibNetwork(150, models.DlibTorch.spec.mean, layers))


@pytest.fixture(scope="module")
def net() -> models.DlibTorch:
    return models.DlibTorch.load()


@pytest.fixture(scope="module")
def crops() -> NDArray[np.uint8]:
    model, rng = nobody.load(), np.random.default_rng(0)
    faces = model.sample_coefficients(model.sample_identities(9, rng=rng), 1, rng=rng)
    drawn, _ = model.draw(faces, size=150)
    noise = rng.integers(0, 256, (8, 150, 150, 3), dtype=np.uint8)
    return np.concatenate([drawn, noise])


def test_it_gives_dlibs_embeddings(net: models.DlibTorch, crops: NDArray[np.uint8]) -> None:
    theirs = models.load("dlib")
    assert net.spec == theirs.spec
    found = net.embed(crops)
    assert found.dtype == np.float32
    assert found == pytest.approx(theirs.embed(crops), abs=1e-5)


def test_it_is_what_is_loaded_where_haste_is_asked_for_and_pytorch_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert isinstance(models.load("dlib"), models.DlibResNet)
    assert isinstance(models.load("dlib", fast=True), models.DlibTorch)
    assert models.load("nobody-triplet", fast=True).spec.name == "nobody-triplet"
    monkeypatch.setattr(models, "find_spec", lambda name: None)
    assert isinstance(models.load("dlib", fast=True), models.DlibResNet)


def test_batches_change_nothing(net: models.DlibTorch, crops: NDArray[np.uint8]) -> None:
    one_by_one = np.concatenate([net.embed(crops[i : i + 1]) for i in (0, 15, 16)])
    assert net.embed(crops)[[0, 15, 16]] == pytest.approx(one_by_one, abs=1e-5)
    assert net.embed(crops[:0]).shape == (0, 128)


def test_a_scale_is_folded_only_into_a_convolution_before_it() -> None:
    twice = DlibLayer("scale", np.array([2], np.float32), np.array([5], np.float32))
    convolution = DlibLayer(
        "convolution", np.array([[[[3]]]], np.float32), np.array([7], np.float32), 1
    )
    relu = DlibLayer("relu")
    layers = [twice, convolution, twice, twice, convolution, relu, twice, convolution]
    found = network(*layers)
    kinds = ["scale", "convolution", "scale", "convolution", "relu", "scale", "convolution"]
    assert [step.layer.kind for step in found.steps] == kinds
    assert found.steps[1].weights.ravel() == 6
    assert found.steps[1].bias == 19
    # 1 -> 7 -> 28 -> 61 -> 127 -> 388 -> 388 -> 781 -> 2350
    assert found.forward(torch.ones(1, 1, 1, 1)).item() == 2350


def test_another_network_is_refused(crops: NDArray[np.uint8]) -> None:
    data = assets.fetch("dlib_resnet").read_bytes()
    small = data.replace(b"\x01\x96\x01\x96", b"\x01\x95\x01\x95", 1)  # 150 x 150 to 149 x 149
    with pytest.raises(InputError, match="149"):
        models.DlibTorch.load(small)
    with pytest.raises(InputError, match="150 x 150"):
        models.DlibTorch.load().embed(crops[:, :149])


def test_a_scale_by_itself_is_applied() -> None:
    alone = DlibLayer("scale", np.array([2, 3], np.float32), np.array([5, 0], np.float32))
    found = network(alone).forward(torch.ones(1, 2, 1, 1))
    assert found.ravel().tolist() == [7, 3]
