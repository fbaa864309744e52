"""A run's folder: written by one process, only once all is checked, and never half."""

from __future__ import annotations

import errno
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from train.small import config
from train.test_loop import people, rows, same

from facenet_lite import models, train
from facenet_lite._files import locked
from facenet_lite.errors import (
    AssetDamagedError,
    DivergedError,
    FacenetLiteError,
    InputError,
    InUseError,
    WriteError,
)
from facenet_lite.imaging import astronaut, write_image
from facenet_lite.train import checkpoint
from facenet_lite.train.loop import MODEL, _Run

LONG = {"cosine": False, "validate_every": 2}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    train.train(config(**LONG), folder, progress=False)
    return folder


def stopped(folder: Path, after: int, **changes: Any) -> None:
    """A run that was asked to stop after some steps."""

    def stop(name: str, row: object, network: models.TorchEmbedder) -> None:
        if name == "steps" and len(train.read(folder)) == after:
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(KeyboardInterrupt):
        train.train(config(**{**LONG, **changes}), folder, progress=False, watch=stop)


def faceless(folder: Path) -> None:
    """Two people with photographs, and a third in whose pictures there is no face."""
    people(folder)
    (folder / "nobody").mkdir()
    for number in range(2):
        write_image(
            np.full((64, 64, 3), 90 + number, np.uint8), folder / "nobody" / f"{number}.png"
        )


# Nothing is kept before a first step.


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": "nothing"},
        {"start": "nobody-triplet"},
        {"data": "folder", "folder": "nowhere"},
        {"data": "folder", "folder": "pictures"},
        {"data": "lfw", "folder": "nowhere"},
        {"teacher": "dlib", "drawn": 6},
    ],
)
def test_a_start_that_failed_leaves_nothing(
    wrong: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pictures" / "somebody").mkdir(parents=True)
    with pytest.raises(FacenetLiteError):
        train.train(config(**wrong), tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()


def test_too_few_faces_leave_only_their_crops_and_a_corrected_line_works(tmp_path: Path) -> None:
    faceless(tmp_path / "people")
    settings = config(data="folder", folder=str(tmp_path / "people"), p=3, steps=1)
    with pytest.raises(InputError, match="p = 3 people with two faces found, got 2"):
        train.train(settings, tmp_path / "run", progress=False)
    assert [path.name[:6] for path in (tmp_path / "run").iterdir()] == ["crops-"]
    train.train(settings.changed(p=2), tmp_path / "run", progress=False)
    assert (tmp_path / "run" / MODEL).is_file()


def test_people_with_one_picture_each_are_refused_before_faces_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        (tmp_path / "people" / name).mkdir(parents=True)
        write_image(astronaut(), tmp_path / "people" / name / "1.png")
    monkeypatch.setattr("facenet_lite.detect.load", None)
    with pytest.raises(InputError, match="p = 2 people with two pictures, got 0"):
        train.train(
            config(data="folder", folder=str(tmp_path / "people")), tmp_path / "run", progress=False
        )
    assert not (tmp_path / "run").exists()


def test_a_first_step_that_failed_blocks_no_other_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(train.DrawnSource, "batch", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            train.train(config(seed=5), tmp_path, progress=False)
    train.train(config(steps=1), tmp_path, progress=False)
    assert json.loads((tmp_path / "config.json").read_text())["seed"] == 0


def test_a_file_in_the_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    with pytest.raises(WriteError, match=r"a\.png: cannot be written"):
        train.train(config(), tmp_path / "a.png", progress=False)


# One process at a time.


def test_a_second_training_in_a_folder_is_refused(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(InUseError, match="is writing here"):
        train.train(config(), tmp_path, progress=False)
    assert list(tmp_path.iterdir()) == []


def test_a_run_holds_its_folder_until_it_is_stopped(tmp_path: Path) -> None:
    def second(name: str, row: object, network: models.TorchEmbedder) -> None:
        with pytest.raises(InUseError):
            train.train(config(), tmp_path, progress=False)

    train.train(config(steps=1), tmp_path, progress=False, watch=second)
    assert not list(tmp_path.glob(".*"))


# A run is made longer where its learning rates do not depend on its length.


def test_a_longer_run_goes_on_to_the_same_bits(whole: Path, tmp_path: Path) -> None:
    train.train(config(**LONG, **{"steps": 4}), tmp_path, progress=False)
    train.train(config(**LONG), tmp_path, progress=False)
    assert same(whole, tmp_path)
    assert json.loads((tmp_path / "config.json").read_text())["steps"] == 6


def test_a_stopped_run_may_be_made_longer_or_shorter(whole: Path, tmp_path: Path) -> None:
    stopped(tmp_path, 3, steps=9)
    train.train(config(**LONG), tmp_path, progress=False)
    assert same(whole, tmp_path)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"steps": 4}, "steps is 4 and was 6; 6 steps are done"),
        ({"steps": 9, "seed": 1}, "seed is 1 and was 0; steps is 9"),
        ({"steps": 9, "cosine": True}, "cosine is True and was False"),
    ],
)
def test_a_run_that_would_not_be_that_of_the_start_is_refused(
    changes: dict[str, Any], said: str, whole: Path
) -> None:
    with pytest.raises(InputError, match="other settings") as caught:
        train.train(config(**{**LONG, **changes}), whole, progress=False)
    assert all(part in str(caught.value) for part in said.split("; "))


def test_a_run_with_a_falling_rate_is_not_made_longer_and_the_way_out_is_named(
    tmp_path: Path,
) -> None:
    train.train(config(steps=1), tmp_path, progress=False)
    with pytest.raises(InputError, match=r"cosine=true .* start=.*model\.safetensors"):
        train.train(config(steps=2), tmp_path, progress=False)


# A full disk stops a run by name, and costs at most what was done since the last checkpoint.


class FullDisk:
    """Refuse what is written to some files, as a full disk does, once a run has had some steps."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, name: str, steps: int):
        self.folder, self.name, self.steps = folder, name, steps
        self.open = Path.open
        monkeypatch.setattr(Path, "open", lambda path, *mode, **more: self(path, *mode, **more))

    def __call__(self, path: Path, *mode: str, **more: Any) -> Any:
        stream = self.open(path, *mode, **more)
        ours = self.name in path.name and mode and mode[0] != "r"
        if not ours or len(rows_of(self.open, self.folder)) < self.steps:
            return stream

        def full(*_: Any) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        return _Full(stream, full)


class _Full:
    """A stream that takes nothing."""

    def __init__(self, stream: Any, write: Any) -> None:
        self.stream, self.write = stream, write

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()


def rows_of(open_: Any, folder: Path) -> list[str]:
    path = folder / "steps.csv"
    if not path.is_file():
        return []
    with open_(path) as stream:
        return list(stream)[1:]


@pytest.mark.parametrize(
    ("name", "steps"),
    [("steps.csv", 3), ("looks.csv", 4), ("checkpoint.pt", 4), ("steps.csv", 0), ("looks.csv", 0)],
)
def test_a_full_disk_stops_by_name_and_the_run_goes_on_to_the_same_bits(
    name: str, steps: int, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        FullDisk(full, tmp_path, name, steps)
        with pytest.raises(WriteError, match=rf"{name}: cannot be written \(No space left"):
            train.train(config(**LONG), tmp_path, progress=False)
    state = checkpoint.load(tmp_path)
    assert state is None if steps < 2 else state is not None and state["step"] == 2
    assert not list(tmp_path.glob(".*"))
    train.train(config(**LONG), tmp_path, progress=False)
    assert same(whole, tmp_path)


def test_a_full_disk_at_the_settings_stops_by_name(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, *_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "write_text", full)
        with pytest.raises(WriteError, match=r"config\.json: cannot be written"):
            train.train(config(**LONG), tmp_path, progress=False)
    train.train(config(**LONG), tmp_path, progress=False)
    assert same(whole, tmp_path)


def test_a_full_disk_at_the_end_keeps_the_trained_network(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(tensors: object, path: Path, metadata: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("safetensors.torch.save_file", full)
        with pytest.raises(WriteError, match="last checkpoint holds the trained network"):
            train.train(config(**LONG), tmp_path, progress=False)
    before = rows(tmp_path)
    train.train(config(**LONG), tmp_path, progress=False)
    assert rows(tmp_path) == before
    assert same(whole, tmp_path)


def test_a_full_disk_at_the_crops_stops_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(tmp_path / "people")
    settings = config(data="folder", folder=str(tmp_path / "people"), steps=1)
    FullDisk(monkeypatch, tmp_path / "run", "crops-", 0)
    with pytest.raises(WriteError, match=r"crops-\w+\.npz: cannot be written"):
        train.train(settings, tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()


# Damaged files have names and remedies.


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("config.json", '{"steps": 6}'.encode("utf-16"), "JSON in UTF-8 .* remove it and repeat"),
        ("config.json", b"[3", "JSON in UTF-8"),
        ("config.json", b'{"mining": [[0, "batch_all"]], "steps": "many"}', "JSON in UTF-8"),
        (
            "steps.csv",
            b"step,seconds,loss\n0,1.5,0.2\n1,much,0.2\n",
            "row 2: .*seconds, got 'much'",
        ),
        ("steps.csv", b"step,loss\nfirst,0.2\n", "row 1: .*step, got 'first'.* remove the file"),
        ("steps.csv", b"a,b\n1,2\n", "expected the columns"),
        ("looks.csv", "step,auc\n0,0,5\n".encode("utf-16"), "table in UTF-8"),
    ],
)
def test_a_damaged_file_of_a_run_is_named_with_its_remedy(
    name: str, content: bytes, said: str, tmp_path: Path
) -> None:
    stopped(tmp_path, 3)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(AssetDamagedError, match=rf"{name}: .*{said}"):
        train.train(config(**LONG), tmp_path, progress=False)
    (tmp_path / name).unlink()  # the remedy
    train.train(config(**LONG), tmp_path, progress=False)
    assert (tmp_path / MODEL).is_file()


@pytest.mark.parametrize(
    "state",
    [{}, {"step": 1}, {"step": 1, "weights": {}}, {"step": "one"}, [3]],
    ids=["empty", "a step", "no weights", "a word", "a list"],
)
def test_a_whole_checkpoint_of_another_kind_is_named(state: Any, tmp_path: Path) -> None:
    checkpoint.save(state, tmp_path)
    with pytest.raises(AssetDamagedError, match="of another network, loss or version"):
        train.train(config(), tmp_path, progress=False)


def test_a_checkpoint_of_another_network_is_named(whole: Path, tmp_path: Path) -> None:
    state = checkpoint.load(whole)
    assert state is not None
    checkpoint.save(state, tmp_path)
    with pytest.raises(AssetDamagedError, match=r"remove checkpoint\.pt .* to start from scratch"):
        train.train(config(width=0.125), tmp_path, progress=False)


# What is learned from is known by its contents.


def test_damaged_crops_are_made_again_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    people(tmp_path / "people")
    settings = config(data="folder", folder=str(tmp_path / "people"), steps=2, validate_every=0)
    train.train(settings, tmp_path / "run", progress=False)
    (path,) = (tmp_path / "run").glob("crops-*.npz")
    good = path.read_bytes()
    for damaged in (b"", good[: len(good) // 2], good[:900] + b"damaged" + good[907:]):
        path.write_bytes(damaged)
        caplog.clear()
        train.train(settings, tmp_path / "run", progress=False)
        assert f"{path}: damaged" in caplog.text
        with np.load(path) as stored:
            assert len(stored["crops"]) == 6


def test_pictures_that_were_exchanged_are_cropped_again(tmp_path: Path) -> None:
    faceless(tmp_path / "people")
    settings = config(data="folder", folder=str(tmp_path / "people"), p=3, steps=1)
    for _ in range(2):  # two people with faces are too few, so no step is done
        with pytest.raises(InputError, match="two faces"):
            train.train(settings, tmp_path / "run", progress=False)
        assert len(list((tmp_path / "run").glob("crops-*.npz"))) == 1
    write_image(astronaut()[9:, 9:], tmp_path / "people" / "astronaut" / "1.png")
    with pytest.raises(InputError, match="two faces"):
        train.train(settings, tmp_path / "run", progress=False)
    assert len(list((tmp_path / "run").glob("crops-*.npz"))) == 2


def test_a_run_does_not_go_on_with_other_pictures(tmp_path: Path) -> None:
    people(tmp_path / "people")
    settings = config(
        data="folder", folder=str(tmp_path / "people"), steps=2, cosine=False, validate_every=0
    )
    train.train(settings, tmp_path / "run", progress=False)
    path = tmp_path / "people" / "astronaut" / "1.png"
    before = path.read_bytes()
    write_image(np.ascontiguousarray(astronaut()[:, ::-1]), path)
    with pytest.raises(InputError, match="expected the pictures of the 2 steps that are done"):
        train.train(settings.changed(steps=3), tmp_path / "run", progress=False)
    path.write_bytes(before)
    train.train(settings.changed(steps=3), tmp_path / "run", progress=False)
    assert len(rows(tmp_path / "run")) == 3


def test_the_log_of_looks_says_at_whom_it_looks(whole: Path) -> None:
    assert {row["people"] for row in rows(whole, "looks")} == {"3 drawn"}


# A number that is no longer finite stops a run.


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
@pytest.mark.parametrize("where", ["weight", "statistic", "loss"])
def test_what_is_not_finite_stops_a_run_and_its_last_checkpoint_is_kept(
    where: str, number: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = _Run._update

    def broken(run: _Run, wrapped: Any, batch: Any) -> Any:
        if run.step == 3:
            if where == "loss":
                loss = run.loss
                run.loss = lambda *given: loss(*given)._replace(value=torch.tensor(number))
            else:
                values = run.net.state_dict()
                end = "running_mean" if where == "statistic" else "weight"
                name = next(name for name in values if name.endswith(end))
                values[name].fill_(number)
        return update(run, wrapped, batch)

    monkeypatch.setattr(_Run, "_update", broken)
    with pytest.raises(DivergedError, match=r"step 3: .* NaN or infinite.* learning_rate below"):
        train.train(config(validate_every=0), tmp_path, progress=False)
    state = checkpoint.load(tmp_path)
    assert state is not None
    assert state["step"] == 2
    assert all(v.isfinite().all() for v in state["weights"].values())


def test_a_learning_rate_that_is_far_too_high_is_named(tmp_path: Path) -> None:
    wild = config(learning_rate=1e38, warm_up=0, optimiser="adagrad", weight_decay=1.0)
    with pytest.raises(DivergedError, match="learning_rate below 1e"):
        train.train(wild, tmp_path, progress=False)


# What is logged stands on lines of its own.


def test_a_warning_is_not_glued_to_the_progress_bar(tmp_path: Path) -> None:
    words = "p=6 people=6 pictures=1 k=3 augment=false centred=false norm=local standardised=false"
    words += " learning_rate=1e-9 steps=14 validate_every=0 width=0.0625 image_size=32"
    words += " embedding_dim=8 workers=0 validation_people=3"
    command = [sys.executable, "-m", "facenet_lite.cli", "train", str(tmp_path), *words.split()]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    assert "step/s" in said or "s/step" in said
    lines = [line.split("\r")[-1].strip() for line in said.split("\n")]
    (warned,) = (line for line in lines if "collapsed" in line)
    assert warned.startswith("step ")
