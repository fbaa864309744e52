"""A run that begins with another network's weights."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from train.small import config

from facenet_lite import models, train
from facenet_lite.errors import AssetMissingError, InputError


def test_it_begins_where_the_other_network_stands(tmp_path: Path) -> None:
    other = train.untrained(config(seed=5).network)
    path = models.write(other, tmp_path / "other.safetensors")
    begun = train.untrained(config(start=str(path)).network)
    for name, value in begun.net.state_dict().items():
        assert torch.equal(value, other.net.state_dict()[name])


def test_a_name_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    other = train.untrained(config(seed=5).network)
    monkeypatch.setattr(models, "load", lambda name: other)
    begun = train.untrained(config(start="nobody-triplet").network)
    assert torch.equal(
        next(iter(begun.net.state_dict().values())), next(iter(other.net.state_dict().values()))
    )


def test_a_network_of_another_form_is_refused(tmp_path: Path) -> None:
    path = models.write(
        train.untrained(config(embedding_dim=4).network), tmp_path / "other.safetensors"
    )
    with pytest.raises(InputError, match="own settings"):
        train.untrained(config(start=str(path)).network)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssetMissingError, match="nowhere"):
        train.untrained(config(start=str(tmp_path / "nowhere")).network)


def test_dlibs_network_cannot_be_trained_on() -> None:
    with pytest.raises(InputError, match="own settings"):
        train.untrained(config(start="dlib").network)
