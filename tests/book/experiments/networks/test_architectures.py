"""Costs and rates of networks recorded: counts as the paper prints them, each measured once."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from facenet_lite import models
from facenet_lite.book import registry, results
from facenet_lite.book.experiments.lfw import view1
from facenet_lite.book.experiments.networks import architectures, cost
from facenet_lite.data import lfw
from facenet_lite.errors import InputError
from facenet_lite.models import TorchEmbedder
from facenet_lite.models.nn2 import NN2

TINY = "small_nn2, width 0.125"


def stand_in(seed: int = 0) -> TorchEmbedder:
    net = NN2(width=1 / 16, image_size=32, generator=torch.Generator().manual_seed(seed))
    return TorchEmbedder.of(net, name="stand-in")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> architectures.Config:
    """One network's cost, its memory made up; a stand-in for the trained network."""
    memory = {"median": 1.0, "lowest": 1.0, "highest": 1.0, "repeats": 1}
    monkeypatch.setattr(cost, "megabytes", lambda *_, **__: memory)
    monkeypatch.setattr(models, "load", lambda name, fast: stand_in())
    monkeypatch.setattr(view1, "rates", partial(view1.rates, trials=100))
    return architectures.Config(
        partial=tmp_path, networks=(TINY,), trained=("dlib",), batches=(1, 2),
        repeats=2, processes=1, progress=False,
    )  # fmt: skip


def test_a_small_case_is_recorded_and_measured_once(
    settings: architectures.Config,
    view1_copy: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copy = view1_copy
    registry.record("architectures", lfw=copy, folder=tmp_path / "out", config=settings)
    data = results.load("architectures", tmp_path / "out")["data"]
    (network,), (trained,) = data["networks"], data["trained"]
    assert network["name"] == TINY
    assert network["parameters"] == 134_108
    assert set(network["milliseconds"]) == set(network["megabytes"]) == {"1", "2"}
    assert trained["name"] == "dlib"
    assert trained["architecture"] == "stand-in"  # of none of the recorded forms
    assert 0 <= trained["crops"]["accuracy"]["value"] <= 1
    assert data["lfw_pairs"] == 40
    assert [row["name"] for row in data["paper"]][:2] == ["NN1", "NN2"]
    monkeypatch.setattr(architectures, "cost", None)
    monkeypatch.setattr(architectures, "judge", None)
    registry.record("architectures", lfw=copy, folder=tmp_path / "out", config=settings)
    assert results.load("architectures", tmp_path / "out")["data"] == data
    monkeypatch.setattr(models, "load", lambda name, fast: stand_in(seed=1))
    with pytest.raises(TypeError):  # other weights are judged anew
        architectures.measure(lfw=copy, config=settings)


def test_without_lfw_nothing_is_judged(
    settings: architectures.Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(lfw.VARIABLE, raising=False)
    monkeypatch.setattr(models, "load", None)
    registry.record("architectures", folder=tmp_path, config=settings)
    data = results.load("architectures", tmp_path)["data"]
    assert data["trained"] == []
    assert data["lfw_pairs"] == 0


def test_counts_are_the_papers() -> None:
    """Tables 1 and 2: 140 and 7.5 million parameters, 1.6 billion multiply-adds each."""
    nn1, nn2, nn3 = (architectures.counts(name) for name in ("NN1", "NN2", "NN3"))
    assert (nn1["weights"], nn1["madds"]) == (140_006_592, 1_605_944_064)
    assert (nn2["weights"], nn2["madds"]) == (7_448_256, 1_596_530_688)
    assert nn3["weights"] == nn2["weights"]
    assert nn3["madds"] == 814_620_672
    dlibs = architectures.counts("dlib")
    assert dlibs["image_size"] == 150
    assert architectures.counts("dlib in PyTorch") == dlibs
    assert 4 * dlibs["parameters"] < 22_466_066  # the bytes of its file


def test_a_network_is_known_by_its_form() -> None:
    assert architectures.architecture(TorchEmbedder.of(models.small_nn2())) == "small_nn2"
    assert architectures.architecture(models.DlibResNet(None)) == "dlib"  # type: ignore[arg-type]
    assert architectures.architecture(stand_in()) == "stand-in"
    assert architectures.weights(models.DlibResNet(None)) != architectures.weights(stand_in())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {"networks": ("NNS1",)},
        {"trained": ("NN1",)},
        {"batches": (0,)},
        {"repeats": 1},
        {"processes": 0},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        architectures.Config(**wrong)
