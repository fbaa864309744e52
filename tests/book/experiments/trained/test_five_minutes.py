"""Training recorded: a small case from end to end, and the bars of the recorded one."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
import torch
from train.small import config

from facenet_lite import train
from facenet_lite.book import registry, results
from facenet_lite.book.experiments.trained import five_minutes
from facenet_lite.data import lfw
from facenet_lite.errors import InputError
from facenet_lite.imaging import astronaut, grace_hopper, write_image


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    root = tmp_path / "lfw"
    for name, image in {"A_B": astronaut(), "C_D": grace_hopper()}.items():
        (root / lfw.PICTURES / name).mkdir(parents=True)
        for number in (1, 2):
            path = root / lfw.PICTURES / name / f"{name}_{number:04d}.jpg"
            write_image(image, path)  # twice the same: a distance of 0
    rows = ["2", "A_B\t1\t2", "C_D\t1\t2", "A_B\t1\tC_D\t1", "A_B\t2\tC_D\t2"]
    (root / "pairsDevTest.txt").write_text("\n".join(rows) + "\n")
    return root


def forbid(name: str, *_: object) -> None:
    assert name != "steps", "no step is done again"


def test_a_small_case_from_end_to_end_stopped_and_continued(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = five_minutes.Config(
        run=config(steps=3), seeds=2, partial=tmp_path / "partial", progress=False
    )
    registry.record("training", lfw=copy, folder=tmp_path, config=settings)
    data = results.load("training", tmp_path)["data"]
    assert [run["seed"] for run in data["runs"]] == [0, 1]
    for run in data["runs"]:
        assert run["trained"]["lfw_auc"] == run["trained"]["lfw_auc_mirrored"] == 1
        assert [look["step"] for look in run["looks"]] == [0, 3]
        assert len(run["curves"]["loss"]) == 1
        assert run["untrained"] != run["trained"]
    aucs = [run["trained"]["auc"] for run in data["runs"]]
    assert data["summary"]["auc"]["lowest"] == min(aucs)
    monkeypatch.setattr(train, "train", partial(train.train, watch=forbid))
    registry.record("training", lfw=copy, folder=tmp_path, config=settings)
    assert results.load("training", tmp_path)["data"] == data


def test_a_part_of_the_pairs_is_taken_from_both_ends(copy: Path, tmp_path: Path) -> None:
    settings = five_minutes.Config(
        run=config(steps=1, validate_every=0), seeds=1, pairs=1,
        partial=tmp_path, progress=False,
    )  # fmt: skip
    assert five_minutes.measure(lfw=copy, config=settings).data["settings"]["pairs"] == 2


@pytest.mark.parametrize("wrong", [{"seeds": 0}, {"pairs": 0}])
def test_what_cannot_be_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(InputError):
        five_minutes.Config(**wrong)


def test_the_recorded_runs_agree_with_their_summary_and_were_not_kept_waiting() -> None:
    data = results.load("training")["data"]
    assert len(data["runs"]) == data["settings"]["seeds"]
    for name, summed in data["summary"].items():
        found = [run["trained"][name] for run in data["runs"]]
        assert (min(found), max(found)) == (summed["lowest"], summed["highest"])
        assert summed["mean"] == pytest.approx(sum(found) / len(found))
    for run in data["runs"]:
        assert run["trained"]["auc"] > run["untrained"]["auc"]
        assert run["trained"]["lfw_auc"] > run["untrained"]["lfw_auc"]
        assert run["waited_share"] < 0.1
