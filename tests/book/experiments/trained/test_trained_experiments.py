"""What the experiments on training record: tiny runs from end to end, and trends by hand."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from train.small import config

from facenet_lite import train
from facenet_lite.book import registry, results
from facenet_lite.book.experiments.trained import one_setting, runs, training_data
from facenet_lite.book.experiments.trained.runs import METRICS, Plan
from facenet_lite.data import lfw
from facenet_lite.errors import InputError

SMALL = {
    "embedding_dim": ("16", "128"),
    "margin": ("0", "0.2"),
    "mining": ("batch_all", "batch_hard", "batch_all, not centred", "batch_hard, not centred"),
}
FEW_DATA: Any = {"identities": (3, 6), "grid": ((3, 2), (6, 2), (2, 3)), "reference": 6}


@pytest.fixture(scope="module")
def partial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("partial")


@pytest.fixture
def plan(partial: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Two steps, two seeds, without LFW; one folder for all experiments, which share the base."""
    monkeypatch.delenv(lfw.VARIABLE, raising=False)
    base = config(steps=2, validate_every=0, save_every=9)
    return Plan(partial=partial, base=base, seeds=2, progress=False)


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("name", [*SMALL, "training_data"])
def test_a_small_case_is_recorded(name: str, plan: Plan, tmp_path: Path) -> None:
    settings: Any = training_data.Config(plan=plan, **FEW_DATA)
    if name in SMALL:
        settings = one_setting.Config(plan, SMALL[name])
    registry.record(name, folder=tmp_path, config=settings)
    data = results.load(name, tmp_path)["data"]
    names = [setting["name"] for setting in data["settings"]]
    assert data["reference"] in names
    assert len(names) == len(set(names)) >= 2
    for setting in data["settings"]:
        assert len(setting["runs"]) == 2
        assert (setting["less_reference"] is None) == (setting["name"] == data["reference"])
        assert set(setting["summary"]) == set(METRICS)
        assert setting["summary"]["auc"]["low"] <= setting["summary"]["auc"]["mean"]
    assert data["base_in_words"] == runs.in_words(plan.base)
    assert data["base"]["steps"] == 2
    assert data["seeds"] == 2


def made_up(monkeypatch: pytest.MonkeyPatch, rate: Any) -> None:
    """Runs whose AUC and VAL are a function of their settings and seed; nothing is trained."""

    def run(config: train.Config, *_: Any, **__: Any) -> dict[str, Any]:
        value, seed = rate(config), config.data.seed
        fallen = (
            not config.network.centred and "batch_hard" in str(config.loss.mining) and seed == 0
        )
        return {
            "seed": seed,
            "drawn": {"auc": value, "val": value},
            "lfw": {"crops": {"auc": {"value": value}, "accuracy": {"value": value}},
                    "mirrored": {"auc": {"value": value}, "accuracy": {"value": value}}},
            "state": {"collapsed_at": 40 if fallen else None, "spread": 1.0},
            "seconds": 1.0, "judged_seconds": 0.5,
        }  # fmt: skip

    monkeypatch.setattr(runs, "run", run)
    listed = SimpleNamespace(pairs=range(1000))
    monkeypatch.setattr(runs.View1, "find", classmethod(lambda *_: listed))


def test_the_trend_is_the_slope_of_the_logit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rates whose odds rise by e^0.7 for ten times the people, and by e^0.4 the pictures."""

    def rate(c: train.Config) -> float:
        data = c.data
        size = 0.7 * math.log10(data.people) - 1
        if data.pictures is not None:
            size = 0.4 * math.log10(data.people * data.pictures) - 0.1 * (data.pictures == 50)
        return 1 / (1 + math.exp(-(size + 0.01 * data.seed)))

    made_up(monkeypatch, rate)
    measured = training_data.measure(config=training_data.Config(plan=Plan(progress=False)))
    data = measured.data
    identities = data["identities"]["trend"]["auc"]
    assert identities["slope"] == pytest.approx(0.7, abs=1e-4)
    assert identities["low"] < 0.7 < identities["high"]
    assert identities["odds_for_ten_times"] == pytest.approx(math.exp(0.7), abs=1e-3)
    assert identities["runs"] == 12
    (first, *_, last) = identities["line"]
    assert first[0] == 100
    assert last == [100_000, pytest.approx(1 / (1 + math.exp(-2.51)), abs=1e-3)]
    five, fifty = (data["pictures"]["trend"][each]["val"] for each in ("5", "50"))
    assert five["slope"] == pytest.approx(0.4, abs=1e-4)
    assert fifty["intercept"] - five["intercept"] == pytest.approx(-0.1, abs=1e-4)
    grid = {row["name"]: row["pictures"] for row in data["pictures"]["settings"]}
    assert sorted(set(grid.values())) == [100, 1_000, 10_000, 100_000]
    pairs = data["pictures"]["people_or_pictures"]
    assert [pair["pictures"] for pair in pairs] == [1_000, 10_000, 100_000]
    assert all(grid[p["more_people"]] == grid[p["more_pictures_each"]] for p in pairs)
    assert all(pair["difference"]["auc"]["low"] > 0 for pair in pairs)
    assert measured.seconds == (11 * 3 + 3) * 1.5


def test_a_rate_that_a_run_could_not_show_has_no_trend(monkeypatch: pytest.MonkeyPatch) -> None:
    made_up(monkeypatch, lambda c: None if c.data.people == 100 and c.data.seed == 2 else 0.9)
    monkeypatch.setattr(runs, "summary", lambda rows: None)
    measured = training_data.measure(config=training_data.Config(plan=Plan(progress=False)))
    data = measured.data
    assert data["identities"]["trend"]["val"] is None
    assert data["pictures"]["trend"]["5"]["val"]["slope"] == 0


def test_a_logit_ends_half_a_case_before_all_and_none() -> None:
    assert training_data.logit(0.5, 10) == 0
    assert training_data.logit(0.8, 10) == pytest.approx(math.log(4))
    assert training_data.logit(1, 10) == pytest.approx(math.log(0.95 / 0.05))
    assert training_data.logit(0, 10) == pytest.approx(-training_data.logit(1, 10))


def test_the_papers_claim_stands_beside_its_own_figures() -> None:
    found = training_data.paper()
    assert found["claimed_reduction"] == 0.60
    assert [row["of_the_error_before"] for row in found["reductions"]] == [0.3713, 0.3713, 0.4177]
    assert found["reductions"][0]["of_the_error_after"] == pytest.approx(0.59, abs=0.005)


def test_collapses_are_counted_and_compared_with_their_own_kind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made_up(
        monkeypatch, lambda c: 0.6 + 0.1 * c.network.centred + 0.05 * ("semi" in str(c.loss.mining))
    )
    data = one_setting.measure("mining", config=one_setting.Config(Plan(progress=False))).data
    assert data["collapsed"]["batch_hard, not centred"] == 1
    assert sum(data["collapsed"].values()) == 1
    assert {setting["name"] for setting in data["settings"]} >= set(one_setting.RULES)
    beside = data["less_batch_all_not_centred"]
    assert set(beside) == {"semi_hard, not centred", "batch_hard, not centred"}
    assert beside["semi_hard, not centred"]["auc"]["mean"] == pytest.approx(0.05)
    rows = {setting["name"]: setting for setting in data["settings"]}
    assert rows["semi_hard, not centred"]["less_reference"]["auc"]["mean"] == pytest.approx(-0.05)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reference": 50},
        {"identities": (1, 10_000)},
        {"grid": ((1, 5),)},
        {"grid": ((20, 0),)},
    ],
)
def test_amounts_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        training_data.Config(**wrong)


@pytest.mark.parametrize(
    ("name", "only", "message"),
    [
        ("embedding_dim", ("16", "32"), "'128' among them"),
        ("margin", ("0.1",), "'0.2' among them"),
        ("mining", ("batch_hard",), "'batch_all' among them"),
        ("mining", ("batch_all", "hardest"), "got 'hardest'"),
        ("learning_rate", None, "expected one of 'embedding_dim'"),
    ],
)
def test_settings_that_are_not_the_sweeps_are_refused_before_anything_is_trained(
    name: str, only: tuple[str, ...] | None, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_setting, "collect", None)
    with pytest.raises(InputError, match=message):
        one_setting.measure(name, config=one_setting.Config(only=only))
