"""dlib's ResNet behind our interface."""

import numpy as np
import pytest

from facenet_lite import models
from facenet_lite.errors import InputError


@pytest.fixture(scope="module")
def net():
    return models.load("dlib")


@pytest.fixture(scope="module")
def crops():
    return np.random.default_rng(0).integers(0, 256, (18, 150, 150, 3), dtype=np.uint8)


def test_its_spec_says_what_goes_in_and_comes_out(net, crops):
    assert net.spec.image_size == crops.shape[1]
    embeddings = net.embed(crops[:2])
    assert embeddings.shape == (2, net.spec.embedding_dim)
    assert embeddings.dtype == np.float32
    assert not net.spec.unit_norm


def test_batches_change_nothing(net, crops):
    one_by_one = np.concatenate([net.embed(crops[i : i + 1]) for i in (0, 16, 17)])
    assert net.embed(crops)[[0, 16, 17]] == pytest.approx(one_by_one, abs=1e-5)


def test_the_embedding_is_dlibs_own(net, crops):
    alone = np.array(net.model.compute_face_descriptor(np.ascontiguousarray(crops[0])))
    assert net.embed(crops[:1])[0] == pytest.approx(alone, abs=1e-5)


def test_no_crops_give_no_embeddings(net):
    assert net.embed(np.zeros((0, 150, 150, 3), np.uint8)).shape == (0, 128)


@pytest.mark.parametrize(
    "crops",
    [
        np.zeros((150, 150, 3), np.uint8),
        np.zeros((1, 96, 96, 3), np.uint8),
        np.zeros((1, 150, 150, 3), np.float32),
        [[1, 2], [3]],
        None,
    ],
)
def test_crops_of_another_form_are_refused(net, crops):
    with pytest.raises(InputError, match=r"crops: expected a uint8 array of shape \(any x 150"):
        net.embed(crops)


def test_an_unknown_model_is_refused():
    with pytest.raises(InputError, match="model: expected one of 'dlib', got 'facenet'"):
        models.load("facenet")
