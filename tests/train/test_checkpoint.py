"""A checkpoint is whole or not there, and the one before it is kept."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import torch

from facenet_lite.errors import AssetDamagedError, WriteError
from facenet_lite.train import checkpoint


def test_nothing_is_there_at_first(tmp_path: Path) -> None:
    assert checkpoint.load(tmp_path) is None


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    checkpoint.save({"step": 3, "weights": {"a": torch.arange(3.0)}}, tmp_path)
    state = checkpoint.load(tmp_path)
    assert state is not None
    assert state["step"] == 3
    assert torch.equal(state["weights"]["a"], torch.arange(3.0))
    assert [path.name for path in tmp_path.iterdir()] == [checkpoint.NAME]


@pytest.mark.parametrize("damage", ["cut", "bit", "empty"])
def test_a_damaged_file_costs_one_interval_and_is_named(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    for step in (1, 2):
        checkpoint.save({"step": step}, tmp_path)
    path = tmp_path / checkpoint.NAME
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes({"cut": content[:-9], "bit": content, "empty": b""}[damage])
    with caplog.at_level(logging.WARNING):
        assert checkpoint.load(tmp_path) == {"step": 1}
    assert "damaged" in caplog.text
    (tmp_path / checkpoint.BEFORE).write_bytes(b"x")
    with pytest.raises(AssetDamagedError, match="got 2 damaged"):
        checkpoint.load(tmp_path)


def test_a_full_disk_is_named_and_keeps_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint.save({"step": 1}, tmp_path)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(WriteError, match=r"checkpoint\.pt: cannot be written \(No space left"):
        checkpoint.save({"step": 2}, tmp_path)
    assert checkpoint.load(tmp_path) == {"step": 1}
    assert [path.name for path in tmp_path.iterdir()] == [checkpoint.NAME]
