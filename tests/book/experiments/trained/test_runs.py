"""Runs of many settings and seeds: trained once, judged once, compared seed by seed."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from train.small import config

from facenet_lite import train
from facenet_lite.book.experiments.lfw import view1
from facenet_lite.book.experiments.trained import runs as trained_runs
from facenet_lite.book.experiments.trained.runs import METRICS, Plan, Runs, collect, over_seeds
from facenet_lite.data import lfw
from facenet_lite.errors import InputError
from facenet_lite.train import validation
from facenet_lite.train.log import Journal


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Two seeds of three steps each; a hundred draws of people are enough here."""
    monkeypatch.setattr(view1, "rates", partial(view1.rates, trials=100))
    base = config(steps=3, validate_every=0)
    return Plan(partial=tmp_path, base=base, seeds=2, progress=False)


def forbid(*_: object, **__: object) -> None:
    raise AssertionError("nothing is trained again")


def row(seed: int, auc: float, val: float | None, accuracy: float | None = None) -> dict[str, Any]:
    """A run's judgement, made up."""
    one = {"auc": {"value": 0.5}, "accuracy": {"value": accuracy}}
    return {
        "seed": seed,
        "drawn": {"auc": auc, "val": val},
        "lfw": None if accuracy is None else {"crops": one, "mirrored": one},
        "seconds": 2.0,
        "judged_seconds": 1.0,
    }


def test_runs_are_trained_once_and_their_folders_removed(
    plan: Plan, view1_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"eight": {}, "four": {"embedding_dim": 4}}
    found = collect(settings, plan, lfw=view1_copy)
    assert [r["seed"] for r in found.rows["four"]] == [0, 1]
    assert found.pairs == 20 + 20
    files = list(tmp_path.iterdir())
    assert len(files) == 2 * 2 + 2  # and the untrained
    assert all(path.suffix == ".json" for path in files)
    monkeypatch.setattr(train, "train", forbid)
    monkeypatch.setattr(train, "untrained", forbid)
    again = collect(settings, plan, lfw=view1_copy)
    assert again.rows == found.rows
    shared = collect({"another name": {"embedding_dim": 4}}, plan, lfw=view1_copy)
    assert shared.rows["another name"] == found.rows["four"]
    more_workers = replace(plan, base=plan.base.changed(workers=3))  # changes no picture
    assert collect(settings, more_workers, lfw=view1_copy).rows == found.rows


def test_a_run_is_what_training_by_itself_gives(
    plan: Plan, view1_copy: Path, tmp_path: Path
) -> None:
    rows = collect({"base": {}}, plan, lfw=view1_copy).rows["base"]
    network = train.train(config(steps=3, validate_every=0, seed=1), tmp_path / "by itself")
    data = config(seed=1).data
    held_out = validation.pictures(train.splits(data).test, data)
    assert rows[1]["drawn"]["auc"] == pytest.approx(train.look(network, held_out).auc, abs=1e-5)
    assert rows[1]["drawn"] != rows[0]["drawn"]
    steps = train.read(tmp_path / "by itself")
    losses = [float(step["loss"]) for step in steps]
    assert rows[1]["state"]["loss"] == pytest.approx(sum(losses) / 3, rel=1e-4)
    assert rows[1]["state"]["lowest_spread"] == pytest.approx(
        min(float(step["spread"]) for step in steps), rel=1e-4
    )


def test_a_stopped_run_goes_on_where_it_was(
    plan: Plan, view1_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = []

    def stop_after_two(name: str, row: Any, network: object) -> None:
        steps.append(row["step"])
        if steps == [0, 1, 2]:
            raise KeyboardInterrupt

    monkeypatch.setattr(train, "train", partial(train.train, watch=stop_after_two))
    with pytest.raises(KeyboardInterrupt):
        collect({"base": {}}, plan, lfw=view1_copy)
    collect({"base": {}}, plan, lfw=view1_copy)
    assert steps == [0, 1, 2, 2, 0, 1, 2]  # the checkpoint of step 2, then the other seed


def test_without_lfw_the_drawn_people_judge_alone(
    plan: Plan, view1_copy: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(lfw.VARIABLE, raising=False)
    alone = Plan(partial=tmp_path, base=plan.base, seeds=2, progress=False)
    data = collect({"base": {}}, alone).measured("base", {}).data
    (setting,) = data["settings"]
    assert setting["runs"][0]["lfw"] is None
    assert setting["summary"]["lfw_auc"] is None
    assert setting["summary"]["auc"]["values"] == [r["drawn"]["auc"] for r in setting["runs"]]
    assert data["lfw_pairs"] == 0
    # with LFW it is another run: what was judged without it is not taken for it
    assert collect({"base": {}}, plan, lfw=view1_copy).rows["base"][0]["lfw"] is not None


def test_means_and_intervals_over_seeds_by_hand() -> None:
    """Student's t for three values: 4.303 standard errors; of 1, 2, 3 the error is 1 / sqrt(3)."""
    found = over_seeds([1.0, 2.0, 3.0])
    assert found is not None
    assert found["mean"] == 2
    assert found["high"] - 2 == pytest.approx(4.302653 / math.sqrt(3), rel=1e-5)
    assert found["values"] == [1, 2, 3]
    assert over_seeds(None) is None


def test_differences_are_taken_within_each_seed() -> None:
    """Seeds differ by 0.2, the settings always by 0.01: paired, no doubt is left."""
    rows = {
        "a": [row(0, 0.51, 0.3, 0.6), row(1, 0.71, None, 0.6)],
        "b": [row(0, 0.50, 0.3, 0.5), row(1, 0.70, 0.3, 0.5)],
    }
    runs = Runs(Plan(seeds=2), rows, [row(0, 0.4, 0.1)] * 2, 40)
    found = runs.difference("a", "b")
    assert set(found) == set(METRICS)
    assert found["auc"]["mean"] == pytest.approx(0.01)
    assert found["auc"]["high"] - found["auc"]["low"] < 1e-6
    assert found["val"] is None  # one run was not estimable
    assert found["lfw_accuracy"]["values"] == pytest.approx([0.1, 0.1])
    table = {setting["name"]: setting for setting in runs.table("b")}
    assert table["a"]["less_reference"] == found
    assert table["b"]["less_reference"] is None
    crossed = {"c": [row(0, 0.7, 0.3), row(1, 0.5, 0.3)], "b": rows["b"]}
    apart = Runs(Plan(seeds=2), crossed, []).difference("c", "b")["auc"]
    assert apart["values"] == pytest.approx([0.2, -0.2])
    assert runs.seconds == 3 * 6


def test_a_collapse_is_named_with_its_step(tmp_path: Path) -> None:
    """Spread 1e-4 from step 5 on: ten such steps are there after step 14, which is the 15th."""
    journal = Journal(tmp_path, 0)
    for step in range(20):
        journal.add("steps", {
            "step": step, "seconds": step / 2, "waited": 0.0, "learning_rate": 0.1,
            "rule": "batch_hard", "loss": 0.2, "triplets": 3, "active_fraction": 1.0,
            "mean_positive": 0.1, "mean_negative": 0.1, "spread": 1.0 if step < 5 else 1e-4,
        })  # fmt: skip
    found = trained_runs.read_state(tmp_path, 0.2)
    assert found["state"]["collapsed_at"] == 15
    assert found["state"]["spread"] == found["state"]["lowest_spread"] == pytest.approx(1e-4)
    assert found["seconds"] == 9.5


def test_the_base_is_what_its_words_say() -> None:
    words = trained_runs.in_words(trained_runs.BASE)
    for part in ("64 pixels", "250 steps of 16 people with 5", "20,000 pictures", "10,000 drawn",
                 "every one drawn anew", "batch_all", "margin 0.2", "128 dimensions"):  # fmt: skip
        assert part in words
    assert "5 of each" in trained_runs.in_words(config(pictures=5))


def test_what_cannot_be_is_refused_before_anything_is_trained(
    plan: Plan, view1_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "train", forbid)
    for wrong in ({}, {"a": {}, "b": {"margin": -1}}):
        with pytest.raises(InputError):
            collect(wrong, plan, lfw=view1_copy)
    with pytest.raises(InputError, match="seeds"):
        Plan(seeds=1)
