"""The formats of trained networks measured: a small case from end to end, its parts by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from facenet_lite import align, imaging, models
from facenet_lite.book import registry, results
from facenet_lite.book.experiments.networks import formats
from facenet_lite.book.experiments.networks.formats import Config, Judged
from facenet_lite.data import lfw, nobody
from facenet_lite.errors import InputError
from facenet_lite.evaluate import area_under_roc
from facenet_lite.types import Pairs

PEOPLE = 20


class OneConvolution(nn.Module):
    """As models.NN2 is used, and written as ONNX in no time."""

    name, image_size, embedding_dim, settings = "one convolution", 32, 8, {}

    def __init__(self):
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        self.kernels = nn.Parameter(torch.randn(8, 3, 16, 16, generator=generator))

    def forward(self, pictures):
        maps = nn.functional.conv2d(pictures, self.kernels, stride=16).relu()
        return nn.functional.normalize(maps.mean((2, 3)))


@pytest.fixture
def loaded(monkeypatch):
    """Two networks in place of those that are shipped."""
    monkeypatch.setattr(models, "NAMES", ("dlib", "one"))
    nets = {"one": models.TorchEmbedder.of(OneConvolution())}
    monkeypatch.setattr(models, "load", lambda name: nets.get(name, SimpleNamespace(spec=None)))


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Drawn people laid out as LFW is, with HOG's boxes known: each with itself and one other."""
    root, rng, model = tmp_path_factory.mktemp("lfw"), np.random.default_rng(1), nobody.load()
    drawn = model.sample_pictures(model.sample_identities(PEOPLE, rng=rng), 2, rng=rng)
    names = [f"Nobody_{person:02d}" for person in range(PEOPLE)]
    rows = []
    for name, pictures in zip(names, drawn.pictures, strict=True):
        (root / lfw.PICTURES / name).mkdir(parents=True)
        for number, picture in enumerate(pictures, 1):
            imaging.write_image(picture, root / lfw.PICTURES / name / f"{name}_{number:04d}.jpg")
            rows.append(f"{name}/{name}_{number:04d}.jpg")
    pairs = [f"{name}\t1\t2" for name in names]
    pairs += [f"{name}\t1\t{names[i ^ 1]}\t2" for i, name in enumerate(names)]
    (root / "pairsDevTest.txt").write_text("\n".join([str(PEOPLE), *pairs]) + "\n")
    boxes = np.tile([8, 8, 87, 87], (len(rows), 1))
    np.savez(root / "dlib-reference.npz", names=np.array(rows), boxes=boxes)
    return root


def test_a_small_case_from_end_to_end_stopped_and_continued(copy, tmp_path, loaded, monkeypatch):
    settings = Config(partial=tmp_path / "partial", faces=16, trials=100, rounds=4, progress=False)
    registry.record("net_formats", lfw=copy, folder=tmp_path, config=settings)
    data = results.load("net_formats", tmp_path)["data"]
    assert data["settings"]["pairs"] == 2 * PEOPLE
    assert list(data["nets"]) == ["one"]
    found = data["nets"]["one"]
    assert found["largest_difference"] < 1e-5
    assert found["bytes"]["int8"] < found["bytes"]["onnx"]
    assert {tuple(times) for times in found["milliseconds"].values()} == {("1", "16")}
    for middle, low, high in (times["16"] for times in found["milliseconds"].values()):
        assert 0 < low <= middle <= high
    for name in ("auc", "accuracy"):
        (first, *_), (second, *_) = (found[form][name] for form in ("torch", "int8"))
        value, low, high = found["cost"][name]
        assert value == pytest.approx(first - second, abs=2e-5)
        assert low <= value <= high
    assert found["torch"]["auc"][0] > 0.5
    assert 0 < found["cost"]["largest_change_of_a_squared_distance"] < 0.1
    monkeypatch.setattr(align, "crop", None)  # nothing is done again
    registry.record("net_formats", lfw=copy, folder=tmp_path, config=settings)
    assert results.load("net_formats", tmp_path)["data"] == data


def test_dlibs_network_has_no_such_formats(copy, tmp_path, loaded):
    with pytest.raises(InputError, match="expected networks of PyTorch, got 'dlib'"):
        formats.measure(lfw=copy, config=Config(partial=tmp_path, nets=("dlib",), progress=False))


@pytest.mark.parametrize(
    "wrong", [{"faces": 15}, {"trials": 99}, {"rounds": 3}, {"seed": -1}, {"faces": 16.5}]
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(InputError):
        Config(**wrong)


def pairs(is_same):
    first = tuple((f"A{i}", 1) for i in range(len(is_same)))
    second = tuple((f"{'A' if s else 'B'}{i}", 2) for i, s in enumerate(is_same))
    return Pairs(first, second, np.array(is_same), np.arange(len(is_same)) % 10)


def test_the_area_counts_each_pair_as_often_as_it_is_drawn():
    squared = np.float32([0.1, 0.3, 0.3, 0.5, 0.2, 0.3])
    is_same = np.array([True, True, True, True, False, False])
    area = Judged(pairs(is_same.tolist()), squared).area()
    times = np.array([2, 1, 0, 3, 1, 4])
    drawn, kinds = np.repeat(squared, times), np.repeat(is_same, times)
    assert area(times.astype(float)) == pytest.approx(
        area_under_roc(drawn[kinds], drawn[~kinds]), abs=1e-12
    )
    # By hand: of the 8 pairs of pairs 0.1 wins both, 0.3 wins half of one, twice, 0.5 none.
    assert area(np.ones(6)) == pytest.approx((2 + 0.5 + 0.5) / 8)


def test_each_fold_is_judged_by_the_others_threshold():
    is_same = [True] * 20 + [False] * 20
    squared = np.float32([0.1] * 20 + [0.9] * 20)
    squared[[0, 10]] = 2.0  # both in the first fold
    accuracy = Judged(pairs(is_same), squared).accuracy
    assert accuracy.accuracies.tolist() == [0.5] + 9 * [1.0]


def test_the_cost_is_what_the_second_format_loses():
    listed = pairs([True] * 20 + [False] * 20)
    squared = np.float32([0.1] * 20 + [0.9] * 20)
    worse = squared.copy()
    worse[[0, 10]] = 2.0
    found = formats.cost(Judged(listed, squared), Judged(listed, worse), Config(trials=100))
    assert (found["only_first"], found["only_second"]) == (2, 0)
    assert found["accuracy"][0] == pytest.approx(2 / 40)
    assert found["auc"][0] == pytest.approx(2 / 20)
    assert found["largest_change_of_a_squared_distance"] == pytest.approx(1.9)
    assert found["mean_change_of_a_squared_distance"] == pytest.approx(2 * 1.9 / 40)


def test_each_format_is_timed_on_one_thread_and_threads_come_back():
    before = torch.get_num_threads()
    seen = []

    def embed(crops):
        seen.append((torch.get_num_threads(), len(crops)))

    crops = np.zeros((16, 4, 4, 3), np.uint8)
    found = formats.milliseconds({"a": SimpleNamespace(embed=embed)}, crops, 4)
    assert seen == 5 * [(1, 1), (1, 16)]
    assert torch.get_num_threads() == before
    assert [len(times) for times in found["a"].values()] == [3, 3]
