"""An ONNX file behind the interface of the models; ``test_export.py`` compares it with PyTorch."""

import subprocess
import sys

import numpy as np
import pytest
import small_onnx

from facenet_lite import models
from facenet_lite.errors import (
    AssetDamagedError,
    AssetMissingError,
    InputError,
    MissingExtraError,
)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return small_onnx.write(tmp_path_factory.mktemp("onnx") / "net.onnx")


def crops(count):
    shape = (count, small_onnx.SIZE, small_onnx.SIZE, 3)
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def test_the_spec_is_the_one_in_the_file(path):
    assert models.open_onnx(path).spec == small_onnx.spec()


@pytest.mark.parametrize("count", [0, 1, 16, 17, 40])
def test_batches_do_not_show(path, count):
    net = models.open_onnx(path, threads=1)
    alone = [net.embed(crops(40)[i : i + 1]) for i in range(count)]
    assert net.embed(crops(count)) == pytest.approx(np.array(alone).reshape(-1, 8), abs=1e-6)


def test_it_takes_the_threads_that_it_is_given(path):
    session = models.open_onnx(path, threads=1).session
    assert session.get_session_options().intra_op_num_threads == 1


def test_neither_torch_nor_onnx_is_loaded(path):
    code = (
        "import sys, numpy; from facenet_lite import models;"
        f"net = models.open_onnx({str(path)!r}); size = net.spec.image_size;"
        "print(net.embed(numpy.zeros((1, size, size, 3), numpy.uint8)).shape);"
        "print([m for m in ('torch', 'safetensors', 'onnx', 'dlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["(1, 8)", "[]"]


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(AssetMissingError, match=r"net\.onnx: there is no such file"):
        models.open_onnx(tmp_path / "net.onnx")


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"no network"),
        lambda path: path.write_bytes(path.read_bytes()[:-200]),
        lambda path: small_onnx.write(path, props=False),
        lambda path: small_onnx.write(path, said=small_onnx.spec(image_size=32)),
        lambda path: small_onnx.write(path, said=small_onnx.spec(embedding_dim=7)),
    ],
    ids=["text", "cut off", "no spec", "another size", "another dimension"],
)
def test_a_file_of_another_kind_is_refused(tmp_path, damage):
    path = small_onnx.write(tmp_path / "net.onnx")
    damage(path)
    with pytest.raises(AssetDamagedError, match=r"net\.onnx: not a network that models\.to_onnx"):
        models.open_onnx(path)


@pytest.mark.parametrize("threads", [0, -1, 1.5, "2"])
def test_threads_that_cannot_be_are_refused(path, threads):
    with pytest.raises(InputError, match="threads"):
        models.open_onnx(path, threads=threads)


def test_without_onnx_runtime_it_says_what_to_install(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError, match=r'pip install "facenet_lite\[onnx\]"'):
        models.open_onnx(path)
