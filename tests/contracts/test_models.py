"""What every model promises: a new one is tested by being registered."""

import numpy as np
import pytest
import small_onnx
import torch

from facenet_lite import models
from facenet_lite.errors import InputError


@pytest.fixture(scope="module", params=[*models.NAMES, "of PyTorch, from a file", "from ONNX"])
def model(request, tmp_path_factory):
    """Each that is registered, one of PyTorch's that went through a file, and one in ONNX's."""
    if request.param in models.NAMES:
        return models.load(request.param)
    folder = tmp_path_factory.mktemp("weights")
    if request.param == "from ONNX":
        return models.open_onnx(small_onnx.write(folder / "net.onnx"))
    net = models.small_nn2(generator=torch.Generator().manual_seed(0))
    path = folder / "net.safetensors"
    return models.read(models.write(models.TorchEmbedder.of(net), path))


@pytest.fixture(scope="module")
def crops(model):
    shape = (3, model.spec.image_size, model.spec.image_size, 3)
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


@pytest.fixture(scope="module")
def embeddings(model, crops):
    return model.embed(crops)


def test_its_spec_says_what_comes_out(model, crops, embeddings):
    assert isinstance(model.spec, models.ModelSpec)
    assert embeddings.shape == (len(crops), model.spec.embedding_dim)
    assert embeddings.dtype == np.float32
    assert np.isfinite(embeddings).all()


def test_lengths_are_1_where_its_spec_says_so(model, embeddings):
    lengths = np.linalg.norm(embeddings, axis=1)
    assert np.allclose(lengths, 1, atol=1e-6) == model.spec.unit_norm


def test_its_spec_goes_through_json(model):
    assert models.ModelSpec.from_json(model.spec.to_json()) == model.spec


def test_no_crops_give_no_embeddings(model, crops):
    assert model.embed(crops[:0]).shape == (0, model.spec.embedding_dim)


def test_it_gives_the_same_answer_twice_whatever_stands_beside(model, crops, embeddings):
    # Several threads may add up in another order: the last digits differ on a busy machine.
    assert model.embed(crops) == pytest.approx(embeddings, abs=1e-5)
    assert model.embed(crops[1:2]) == pytest.approx(embeddings[1:2], abs=1e-5)


def test_it_leaves_the_crops_as_they_were_and_takes_locked_ones(model, crops):
    locked = crops[:1].copy()
    locked.flags.writeable = False
    model.embed(locked)
    assert np.array_equal(locked, crops[:1])


def test_a_view_with_other_strides_gives_the_same_answer(model, crops):
    mirrored = crops[:1, :, ::-1]
    assert not mirrored.flags.c_contiguous
    assert np.array_equal(model.embed(mirrored), model.embed(mirrored.copy()))


def test_its_colours_are_in_order(model, crops, embeddings):
    assert not np.allclose(model.embed(crops[:1, ..., ::-1]), embeddings[:1], atol=1e-4)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda crops: crops[0],
        lambda crops: crops[:, 1:],
        lambda crops: crops.astype(np.float32),
        lambda crops: crops.transpose(0, 3, 1, 2),
        lambda crops: crops.tolist(),
        lambda crops: [[1, 2], [3]],
        lambda crops: None,
    ],
)
def test_crops_of_another_form_are_refused(model, crops, wrong):
    size = model.spec.image_size
    with pytest.raises(InputError, match=rf"crops: expected a uint8 array of shape \(any x {size}"):
        model.embed(wrong(crops))


@pytest.mark.parametrize("name", ["facenet", "NN1", "", None, ["dlib"]])
def test_an_unknown_model_is_refused_and_says_what_there_is(name):
    said = r"model: expected one of 'dlib', .*'lfw-distilled', got .*models\.NN2\(\).*models\.read"
    with pytest.raises(InputError, match=said):
        models.load(name)
