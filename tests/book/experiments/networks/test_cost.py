"""What embedding costs is measured where it arises."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from facenet_lite import models
from facenet_lite.book.experiments.networks import cost
from facenet_lite.errors import FacenetLiteError, InputError
from facenet_lite.models import ModelSpec

TINY = "small_nn2, width 0.125"


class Busy:
    """Keeps the processor busy for 4 ms a picture, and remembers what it was asked."""

    spec = ModelSpec("busy", 8, 0.25, (0, 0, 0), 1.0, 2, True, 1.0)

    def __init__(self) -> None:
        self.asked: list[int] = []

    def embed(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.asked.append(len(crops))
        assert torch.get_num_threads() == 1
        end = time.process_time() + 0.004 * len(crops)
        while time.process_time() < end:
            pass
        return np.zeros((len(crops), 2), np.float32)


def test_time_is_the_processors_for_one_picture_without_the_first_run() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    busy = Busy()
    found = cost.milliseconds(busy, 5, repeats=4)
    assert torch.get_num_threads() == 2
    torch.set_num_threads(before)
    assert busy.asked == [5] * 5
    assert 4 <= found["lowest"] <= found["lower"] <= found["median"] <= found["upper"]
    assert found["median"] < 8
    assert found["repeats"] == 4


def test_more_pictures_at_once_take_more_memory() -> None:
    one, many = (cost.megabytes(TINY, batch, repeats=1) for batch in (1, 64))
    weights = 4 * 134_108 / 2**20
    assert weights < one["lowest"] <= one["median"] <= one["highest"] < many["lowest"] < 500


def test_a_failed_process_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "CHILD", "raise SystemExit('no memory counter')")
    with pytest.raises(FacenetLiteError, match="no memory counter"):
        cost.megabytes(TINY, 1)


@pytest.mark.parametrize("name", [TINY, "dlib", "dlib in PyTorch"])
def test_networks_are_made_by_their_names(name: str) -> None:
    cost.warm_up(name)
    network = cost.make(name)
    kinds = {"dlib": models.DlibResNet, "dlib in PyTorch": models.DlibTorch}
    assert isinstance(network, kinds.get(name, models.TorchEmbedder))
    assert network.spec.embedding_dim == 128


def test_the_small_network_is_the_books() -> None:
    assert cost.bare("small_nn2").settings == models.small_nn2().settings
    assert next(cost.bare("NN1").parameters()).device.type == "meta"


def test_what_cannot_be_measured_is_refused() -> None:
    for call in (
        lambda: cost.make("NNS1"),
        lambda: cost.bare("dlib"),
        lambda: cost.megabytes("NNS1", 1),
        lambda: cost.megabytes(TINY, 0),
        lambda: cost.megabytes(TINY, 1, repeats=0),
        lambda: cost.milliseconds(Busy(), 0),
        lambda: cost.milliseconds(Busy(), 1, repeats=0),
    ):
        with pytest.raises(InputError):
            call()
