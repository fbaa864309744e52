"""A network of PyTorch behind the interface of every model."""

import numpy as np
import pytest
import torch

from facenet_lite import models


@pytest.fixture
def embedder():
    generator = torch.Generator().manual_seed(0)
    net = models.NN2(width=0.05, image_size=32, norm="batch", generator=generator)
    return models.TorchEmbedder.of(net)


@pytest.fixture(scope="module")
def crops():
    return np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)


def test_embedding_is_preparing_and_one_pass(embedder, crops):
    embedder.net.eval()
    with torch.no_grad():
        expected = embedder.net(torch.from_numpy(embedder.spec.prepare(crops)))
    assert embedder.embed(crops) == pytest.approx(expected.numpy(), abs=1e-6)


def test_a_network_in_training_goes_on_training_as_before(embedder, crops):
    before = {name: value.clone() for name, value in embedder.net.state_dict().items()}
    embedder.net.train()
    alone = embedder.embed(crops[:1])
    assert embedder.embed(crops)[:1] == pytest.approx(alone, abs=1e-6)
    assert all(module.training for module in embedder.net.modules())
    after = embedder.net.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_more_crops_than_a_batch_come_out_in_order(embedder):
    many = np.random.default_rng(1).integers(0, 256, (70, 32, 32, 3), dtype=np.uint8)
    one_by_one = np.concatenate([embedder.embed(crop[None]) for crop in many])
    assert embedder.embed(many) == pytest.approx(one_by_one, abs=1e-6)


def test_a_spec_is_made_of_what_the_network_is(embedder):
    spec = embedder.spec
    assert spec.name == embedder.net.name
    assert (spec.image_size, spec.embedding_dim, spec.unit_norm) == (32, 128, True)
    assert spec.threshold == 1.1
    ends = spec.prepare(np.array([0, 255], np.uint8).repeat(32 * 32 * 3).reshape(2, 32, 32, 3))
    assert ends.min() == pytest.approx(-1)
    assert ends.max() == pytest.approx(1)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU is here")
def test_a_gpu_gives_the_same_embeddings(embedder, crops):
    here = embedder.embed(crops)
    embedder.net.to("cuda")
    assert embedder.embed(crops) == pytest.approx(here, abs=1e-3)
