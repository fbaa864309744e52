"""The network for other programs: they must compute what it computes."""

import json
from types import SimpleNamespace
from typing import ClassVar

import cv2
import numpy as np
import onnx as onnx_files
import onnxruntime
import pytest
import torch

from facenet_lite import models
from facenet_lite.distances import pairwise_squared_distances
from facenet_lite.errors import AssetError
from facenet_lite.models import onnx_export


@pytest.fixture(scope="module", params=["local", "batch"])
def embedder(request):
    """As published but narrow, and as the small net is; both have been in training.

    Without five modules of a kind that is there twice: exporting takes its time.
    """
    generator = torch.Generator().manual_seed(0)
    net = models.NN2(width=1 / 16, image_size=40, norm=request.param, generator=generator)
    for name in ("4a", "4b", "4c", "4d", "5a"):
        delattr(net.layers, f"inception{name}")
    net(torch.randn(4, 3, 40, 40, generator=generator))
    return models.TorchEmbedder.of(net)


@pytest.fixture(scope="module")
def crops():
    return np.random.default_rng(0).integers(0, 256, (3, 40, 40, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def onnx(embedder, tmp_path_factory):
    return models.to_onnx(embedder, tmp_path_factory.mktemp("onnx") / "net.onnx")


@pytest.mark.parametrize("count", [1, 3])
def test_the_onnx_file_gives_the_same_embeddings_for_any_number(embedder, crops, onnx, count):
    session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
    pictures = embedder.spec.prepare(crops[:count])
    (out,) = session.run(["embeddings"], {"pictures": pictures})
    assert np.abs(out - embedder.embed(crops[:count])).max() < 1e-5
    assert np.array_equal(models.open_onnx(onnx).embed(crops[:count]), out)


def test_opencv_reads_the_onnx_file_and_takes_any_number(embedder, crops, onnx):
    if embedder.net.norm == "local":
        # PyTorch writes it as pooling in three dimensions. OpenCV 4 keeps two of the strides, reads
        # the third behind their end, and divides by what lies there: an error, or, where that is
        # 0, the end of the whole process.
        kernels = [
            attribute.ints
            for node in onnx_files.load(onnx).graph.node
            for attribute in node.attribute
            if node.op_type == "AveragePool" and attribute.name == "kernel_shape"
        ]
        assert 3 in map(len, kernels)
        return
    net = cv2.dnn.readNetFromONNX(str(onnx))
    for count in (2, 3, 1):
        net.setInput(embedder.spec.prepare(crops[:count]))
        assert np.abs(net.forward() - embedder.embed(crops[:count])).max() < 1e-4


def test_in_8_bits_distances_stay_nearly_what_they_were(embedder, crops, onnx, tmp_path):
    small = models.quantise_onnx(onnx, crops, target=tmp_path / "int8.onnx")
    near, vectors = models.open_onnx(small).embed(crops), embedder.embed(crops)
    kinds = {node.op_type for node in onnx_files.load(small).graph.node}
    assert "Conv" not in kinds  # all of them in whole numbers
    apart = pairwise_squared_distances(near, near) - pairwise_squared_distances(vectors, vectors)
    assert np.abs(apart).max() < 0.05


def test_the_onnx_file_tells_nothing_of_this_machine(onnx):
    content = onnx.read_bytes()
    assert b".py" not in content
    assert b"site-packages" not in content


def test_the_onnx_file_is_one_file_and_carries_the_spec(embedder, onnx):
    session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
    spec = session.get_modelmeta().custom_metadata_map["spec"]
    assert models.ModelSpec.from_json(spec) == embedder.spec
    assert json.loads(spec)["image_size"] == 40
    assert [path.name for path in onnx.parent.iterdir()] == ["net.onnx"]


def test_the_program_gives_the_same_embeddings_after_a_file(embedder, crops, tmp_path):
    torch.export.save(onnx_export.to_program(embedder), tmp_path / "net.pt2")
    program = torch.export.load(tmp_path / "net.pt2").module()
    for count in (1, 3):
        out = program(torch.from_numpy(embedder.spec.prepare(crops[:count])))
        assert np.abs(out.detach().numpy() - embedder.embed(crops[:count])).max() < 1e-5


def test_a_network_in_training_goes_on_training(embedder, onnx):
    assert all(module.training for module in embedder.net.modules())


def test_a_folder_that_is_not_there_is_named(embedder, tmp_path):
    with pytest.raises(AssetError, match="cannot be written, there is no folder"):
        models.to_onnx(embedder, tmp_path / "no" / "net.onnx")


class Graph(list):
    metadata_props: ClassVar[dict[str, str]] = {}


def test_a_place_that_is_taken_is_named_and_nothing_is_left(embedder, tmp_path, monkeypatch):
    (tmp_path / "net.onnx").mkdir()
    graph = SimpleNamespace(
        model=SimpleNamespace(metadata_props={}, graph=Graph()),
        save=lambda path, external_data: path.write_bytes(b"graph"),
    )
    monkeypatch.setattr(torch.onnx, "export", lambda *_, **__: graph)
    monkeypatch.setattr(onnx_export, "to_program", lambda _: None)
    with pytest.raises(AssetError, match="cannot be written"):
        models.to_onnx(embedder, tmp_path / "net.onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["net.onnx"]
