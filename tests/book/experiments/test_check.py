"""Recorded experiments computed again: what is right passes, what is not is named."""

from __future__ import annotations

import json

import pytest

from facenet_lite import models
from facenet_lite.book import registry, results
from facenet_lite.book.experiments import check
from facenet_lite.book.experiments.finding import Asked
from facenet_lite.book.experiments.image_quality import degraded
from facenet_lite.book.experiments.image_quality.degradation import KINDS
from facenet_lite.book.experiments.trained import one_setting, training_data
from facenet_lite.data import lfw

TRAINED = (*one_setting.SWEEPS, "training_data")


def changed(name, folder, change):
    """A copy of a recorded result in ``folder``, after ``change(data)``."""
    record = json.loads((results.FOLDER / f"{name}.json").read_text("utf8"))
    change(record["data"])
    (folder / f"{name}.json").write_text(json.dumps(record), "utf8")
    return {f.what: f.good for f in check.check(name, folder=folder, progress=False)}


@pytest.mark.parametrize("name", TRAINED)
def test_every_setting_is_recorded_with_three_seeds_and_lfw(name):
    record = results.load(name)
    assert record["command"] == registry.find("experiment", name).line
    data = record["data"]
    settings = {row["name"]: row["runs"] for row in data["settings"]}
    amounts = [
        *map(training_data.endless, training_data.IDENTITIES),
        *(training_data.finite(*row) for row in training_data.GRID),
    ]
    sweep = one_setting.SWEEPS.get(name)
    assert list(settings) == (amounts if sweep is None else list(sweep.settings))
    assert data["lfw_pairs"] == 1000
    for runs in settings.values():
        assert [run["seed"] for run in runs] == [0, 1, 2]
        assert all(run["lfw"] is not None for run in runs)


@pytest.mark.parametrize("name", TRAINED)
def test_means_and_differences_are_those_of_the_recorded_runs(name):
    found = {f.what: f.good for f in check.check(name)}
    assert found["figures"] is True
    assert found.get("trends", True) is True


@pytest.mark.parametrize("name", TRAINED)
@pytest.mark.parametrize(
    "change",
    [
        lambda row: row["runs"][0]["drawn"].update(auc=row["runs"][0]["drawn"]["auc"] - 0.01),
        lambda row: row["summary"]["lfw_auc"].update(mean=0.99),
        lambda row: row["summary"]["val"].update(low=0.0),
        lambda row: (row["less_reference"] or row["summary"])["auc"].update(high=0.5),
    ],
    ids=["run", "mean", "interval", "difference"],
)
def test_a_changed_figure_is_found(name, change, tmp_path):
    assert changed(name, tmp_path, lambda d: change(d["settings"][1]))["figures"] is False


def test_a_changed_trend_is_found(tmp_path):
    found = changed(
        "training_data", tmp_path, lambda d: d["identities"]["trend"]["auc"].update(slope=9.0)
    )
    assert (found["figures"], found["trends"]) == (True, False)


def test_every_network_is_counted_again(tmp_path):
    assert {f.what: f.good for f in check.check("architectures")}["counts"] is True
    found = changed("architectures", tmp_path, lambda d: d["networks"][1].update(madds=1))
    assert found["counts"] is False


def rates_again(name, folder, networks):
    """What is found of the rates on drawn people when some networks are asked again."""
    asked = Asked(name, results.load(name, folder), networks=networks)
    (found,) = [f for f in check.asked(asked) if f.what == "rates on nobody"]
    return found.good


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A small case of the experiment on JPEG, recorded in a folder: one network, drawn people."""
    monkeypatch.delenv(lfw.VARIABLE, raising=False)
    config = degraded.Config(
        partial=tmp_path, networks=["nobody-triplet"], people=46, each=2, trials=100, progress=False
    )
    registry.record("jpeg_quality", folder=tmp_path, config=config)
    return tmp_path


@pytest.mark.slow
def test_rates_of_faces_made_worse_are_measured_again(small):
    assert rates_again("jpeg_quality", small, ("nobody-triplet",)) is True
    path = small / "jpeg_quality.json"
    record = json.loads(path.read_text("utf8"))
    for place, good in ((0, False), (1, True), (-1, False)):  # worst and undegraded are asked again
        worse = json.loads(json.dumps(record))
        worse["data"]["nobody"]["nets"]["nobody-triplet"]["levels"][place]["auc"][0] -= 0.004
        path.write_text(json.dumps(worse), "utf8")
        assert rates_again("jpeg_quality", small, ("nobody-triplet",)) is good
    # A network that is not recorded there says nothing.
    assert rates_again("jpeg_quality", small, ("lfw-distilled",)) is None


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_what_is_recorded_of_a_quick_network_comes_out_again(name):
    quick = Asked(name, results.load(name)).networks
    assert set(quick) < set(models.NAMES)
    assert rates_again(name, None, quick[:1]) is True  # make results asks them all
