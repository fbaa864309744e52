"""A run ends the same whatever befalls it on the way."""

from __future__ import annotations

import json
import logging
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from train.small import SMALL, config

from facenet_lite import losses, models, train
from facenet_lite.data import lfw, nobody
from facenet_lite.errors import AssetMissingError, InputError
from facenet_lite.imaging import astronaut, grace_hopper, write_image
from facenet_lite.train import checkpoint
from facenet_lite.train.loop import MODEL

TIMES = {"seconds", "waited"}


def rows(folder: Path, name: str = "steps") -> list[dict[str, str]]:
    return [
        {key: value for key, value in row.items() if key not in TIMES}
        for row in train.read(folder, name)
    ]


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return models.read(folder / MODEL).net.state_dict()


def same(one: Path, two: Path) -> bool:
    a, b = weights(one), weights(two)
    bits = all(torch.equal(a[name], b[name]) for name in a)
    return bits and rows(one) == rows(two) and rows(one, "looks") == rows(two, "looks")


BUSY_BEFORE = """
import sys
from pathlib import Path

import torch

from facenet_lite import train

if __name__ == "__main__":
    torch.set_num_threads(2)
    settings = ["people=6", "p=6", "k=3", "steps=3", "width=0.0625", "validate_every=0"]
    config = train.Config.from_words([*settings, "workers=1"])
    pictures = train.DrawnSource(config.data, train.splits(config.data).train).batch(0).pictures
    inputs = torch.as_tensor(pictures).permute(0, 3, 1, 2).float()
    train.untrained(config.network).net(inputs).sum().backward()
    train.train(config, Path(sys.argv[1]), progress=False)
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    train.train(config(), folder, progress=False)
    return folder


def test_a_run_leaves_its_log_its_looks_and_its_network(whole: Path) -> None:
    assert [int(row["step"]) for row in rows(whole)] == list(range(6))
    assert [int(row["step"]) for row in rows(whole, "looks")] == [0, 3, 6]
    assert {row["rule"] for row in rows(whole)} == {"batch_all"}
    network = models.read(whole / MODEL)
    vectors = network.embed(np.zeros((2, 32, 32, 3), np.uint8))
    assert vectors.shape == (2, 8)
    assert network.spec.name == (
        "NN2 of width 0.0625 at 32 pixels with batch normalisation, without its first pool, "
        "standardised, centred"
    )


def test_a_whole_run_called_again_does_nothing_and_gives_the_network(whole: Path) -> None:
    before = rows(whole)
    again = train.train(config(), whole, progress=False)
    assert rows(whole) == before
    assert not again.net.training


def test_workers_and_their_number_change_nothing(whole: Path, tmp_path: Path) -> None:
    train.train(config(workers=2), tmp_path, progress=False)
    assert same(whole, tmp_path)


def test_workers_start_after_torch_and_opencv_have_used_their_threads(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(BUSY_BEFORE)
    command = [sys.executable, str(script), str(tmp_path / "run")]
    subprocess.run(command, check=True, timeout=600, capture_output=True)
    assert len(train.read(tmp_path / "run")) == 3


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_worker_that_ends_says_why_unless_ctrl_c_ended_it(
    interrupted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_batch(source: object, *step: int) -> None:
        if interrupted:
            signal.raise_signal(signal.SIGINT)
        raise RuntimeError("DataLoader worker exited unexpectedly")

    monkeypatch.setattr(train.DrawnSource, "batch", no_batch)
    with pytest.raises(KeyboardInterrupt if interrupted else RuntimeError) as caught:
        train.train(config(), tmp_path, progress=False)
    assert getattr(caught.value, "__notes__", []) == (
        [] if interrupted else [train.workers.WORKERS]
    )


def test_other_settings_are_refused(whole: Path) -> None:
    with pytest.raises(InputError, match="steps is 7 and was 6"):
        train.train(config(steps=7), whole, progress=False)


def test_ctrl_c_keeps_its_step_and_the_run_goes_on(whole: Path, tmp_path: Path) -> None:
    def stop(name: str, row: object, network: models.TorchEmbedder) -> None:
        if name == "steps" and len(train.read(tmp_path)) == 3:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        train.train(config(), tmp_path, progress=False, watch=stop)
    state = checkpoint.load(tmp_path)
    assert state is not None
    assert state["step"] == 3
    assert not (tmp_path / MODEL).exists()
    train.train(config(), tmp_path, progress=False)
    assert same(whole, tmp_path)


@pytest.mark.parametrize("steps", [1, 3, 5])  # the first checkpoint is made after 2
def test_cut_off_without_a_word_it_ends_the_same(steps: int, whole: Path, tmp_path: Path) -> None:
    def cut(name: str, row: object, network: models.TorchEmbedder) -> None:
        if name == "steps" and len(train.read(tmp_path)) == steps:
            raise RuntimeError("the power has failed")

    with pytest.raises(RuntimeError, match="power"):
        train.train(config(), tmp_path, progress=False, watch=cut)
    train.train(config(), tmp_path, progress=False)
    assert same(whole, tmp_path)


def test_a_damaged_checkpoint_costs_one_interval(whole: Path, tmp_path: Path) -> None:
    def stop(name: str, row: object, network: models.TorchEmbedder) -> None:
        if name == "steps" and len(train.read(tmp_path)) == 5:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        train.train(config(), tmp_path, progress=False, watch=stop)
    (tmp_path / checkpoint.NAME).write_bytes(b"")
    train.train(config(), tmp_path, progress=False)
    assert same(whole, tmp_path)


def test_killed_at_a_random_step_it_ends_with_the_same_bits(tmp_path: Path) -> None:
    settings = {**SMALL, "steps": 20, "save_every": 4, "validate_every": 5, "workers": 1}
    words = [f"{name}={value}" for name, value in settings.items()]
    command = [sys.executable, "-m", "facenet_lite.cli", "train"]
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": one_thread}
    victim = subprocess.Popen([*command, str(tmp_path / "killed"), *words], **quiet)
    last = random.randrange(2, 16)
    while len(train.read(tmp_path / "killed")) < last and victim.poll() is None:
        time.sleep(0.005)
    victim.kill()
    assert victim.wait() != 0, "it had ended by itself"
    subprocess.run([*command, str(tmp_path / "killed"), *words], check=True, **quiet)
    train.train(config(**{**settings, "workers": 0}), tmp_path / "whole", progress=False)
    assert same(tmp_path / "killed", tmp_path / "whole"), f"killed at step {last}"


def test_a_run_in_bfloat16_with_a_miner_and_adagrad_learns_finite_weights(tmp_path: Path) -> None:
    settings = config(
        precision="bfloat16", optimiser="adagrad", learning_rate=0.05, steps=3,
        mining=((0, "batch_hard"), (2, "semi_hard")), validate_every=0,
    )  # fmt: skip
    train.train(settings, tmp_path, progress=True)
    assert all(value.isfinite().all() for value in weights(tmp_path).values())
    assert [row["rule"] for row in rows(tmp_path)] == ["batch_hard", "batch_hard", "semi_hard"]
    assert rows(tmp_path, "looks") == []


def test_collapse_is_named_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The same pictures at each step, of a network that begins near one point and stays there."""
    still = config(
        p=6, pictures=1, augment=False, centred=False, norm="local", standardised=False,
        learning_rate=1e-9, steps=14, validate_every=0,
    )  # fmt: skip
    with caplog.at_level(logging.WARNING):
        train.train(still, tmp_path, progress=False)
    assert caplog.text.count("step 10: collapsed, every embedding is nearly the same point") == 1
    assert caplog.text.count("collapsed") == 1


class Prototypes(torch.nn.Module):
    """A loss with weights of its own: the cosine to a person's prototype, which is learned."""

    def __init__(self, settings: losses.Settings, people: int, embedding_dim: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(settings.seed)
        self.weight = torch.nn.Parameter(torch.randn(people, embedding_dim, generator=generator))

    def forward(self, embeddings: torch.Tensor, labels: torch.Tensor, step: int = 0):
        value = 1 - torch.cosine_similarity(embeddings, self.weight[labels]).mean()
        return losses.Outcome(value, 0, losses.diagnose_batch(embeddings, labels), "prototypes")


@pytest.mark.parametrize("optimiser", ["adamw", "adagrad"])
def test_a_losss_own_weights_are_trained_and_resumed(
    optimiser: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(losses.LOSSES, "prototypes", Prototypes)
    settings = config(loss="prototypes", optimiser=optimiser)
    train.train(settings, tmp_path / "whole", progress=False)

    def cut(name: str, row: object, network: models.TorchEmbedder) -> None:
        if name == "steps" and len(train.read(tmp_path / "cut")) == 3:
            raise RuntimeError("the power has failed")

    with pytest.raises(RuntimeError, match="power"):
        train.train(settings, tmp_path / "cut", progress=False, watch=cut)
    train.train(settings, tmp_path / "cut", progress=False)
    assert same(tmp_path / "whole", tmp_path / "cut")
    whole, resumed = (checkpoint.load(tmp_path / run)["loss"] for run in ("whole", "cut"))
    (untrained,) = Prototypes(settings.loss, 6, 8).parameters()
    assert torch.equal(whole[0], resumed[0])
    assert not torch.equal(whole[0], untrained.detach())
    assert {row["rule"] for row in rows(tmp_path / "whole")} == {"prototypes"}
    assert json.loads((tmp_path / "whole" / "config.json").read_text())["loss"] == "prototypes"


def test_a_checkpoint_from_before_losses_had_weights_is_resumed(
    whole: Path, tmp_path: Path
) -> None:
    state = checkpoint.load(whole)
    assert state is not None
    assert state.pop("loss") == []
    train.train(config(steps=1), tmp_path, progress=False)
    (tmp_path / "config.json").unlink()
    checkpoint.save(state, tmp_path)
    train.train(config(), tmp_path, progress=False)
    resumed, expected = weights(tmp_path), weights(whole)
    assert resumed.keys() == expected.keys()
    assert all(torch.equal(value, expected[name]) for name, value in resumed.items())


def people(folder: Path) -> None:
    """Two people with three photographs each, and one picture without a face."""
    for name, image in {"astronaut": astronaut(), "hopper": grace_hopper()}.items():
        (folder / name).mkdir(parents=True)
        for number in range(3):
            write_image(image[number:, number:], folder / name / f"{number}.png")
    write_image(np.zeros((64, 64, 3), np.uint8), folder / "hopper" / "empty.png")


def test_a_folder_of_people_is_cropped_once_and_trained_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(tmp_path / "people")
    settings = config(data="folder", folder=str(tmp_path / "people"), steps=2, validate_every=0)
    with caplog.at_level(logging.WARNING):
        train.train(settings, tmp_path / "run", progress=False)
    assert "1 of 7 pictures have no face" in caplog.text
    monkeypatch.setattr("facenet_lite.detect.load", None)  # not asked again
    train.train(settings, tmp_path / "run", progress=False)
    assert json.loads((tmp_path / "run" / "config.json").read_text())["data"] == "folder"


def test_too_few_people_are_refused(tmp_path: Path) -> None:
    people(tmp_path / "people")
    settings = config(data="folder", folder=str(tmp_path / "people"), p=3)
    with pytest.raises(InputError, match="p = 3 people with two pictures, got 2"):
        train.train(settings, tmp_path / "run", progress=False)


def test_lfw_means_view_1s_training_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "lfw"
    for name, image in {"A_B": astronaut(), "C_D": grace_hopper()}.items():
        (root / lfw.PICTURES / name).mkdir(parents=True)
        for number in (1, 2):
            write_image(image, root / lfw.PICTURES / name / f"{name}_{number:04d}.jpg")
    (root / "peopleDevTrain.txt").write_text("2\nA_B\t2\nC_D\t2\n")
    settings = config(data="lfw", folder=str(root), k=2, steps=1, validate_every=0)
    train.train(settings, tmp_path / "run", progress=False)
    assert len(rows(tmp_path / "run")) == 1
    monkeypatch.delenv(lfw.VARIABLE, raising=False)
    with pytest.raises(AssetMissingError):
        train.train(config(data="lfw"), tmp_path / "other", progress=False)


def test_a_look_at_faces_that_are_told_apart(whole: Path) -> None:
    network = models.read(whole / MODEL)
    model = nobody.load()
    some = model.sample_identities(4, rng=np.random.default_rng(0))
    still = dict.fromkeys(nobody.PARTS, 0.0)
    drawn = model.sample_pictures(
        some, 2, rng=np.random.default_rng(0), scale=still, size=32
    ).pictures
    found = train.look(network, drawn, far=0.1)
    assert found.auc == 1
    assert found.val == 1
    assert found.far <= 0.1
    # 24 pairs of two people cannot show a rate of one in a hundred.
    assert (train.look(network, drawn).val, train.look(network, drawn).far) == (None, None)
