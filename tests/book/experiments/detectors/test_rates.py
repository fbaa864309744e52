"""The experiment: its numbers on known scenes, and that a stopped run goes on to the same end."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from facenet_lite.book import registry, results
from facenet_lite.book.experiments.detectors import rates
from facenet_lite.book.experiments.detectors.conditions import Condition, every_condition
from facenet_lite.errors import AssetMissingError, InputError
from facenet_lite.types import Detections

FEW = (Condition("unchanged"), Condition("rotation", 30), Condition("empty"))
TIMES = ("cpu_ms", "wall_ms", "p10", "p90", "seconds", "time")


def config(partial, **changes):
    settings = {"conditions": FEW, "detectors": ("ssd", "hog"), "scenes": 2, "progress": False}
    return rates.Config(partial, **settings | changes)


def untimed(value):
    if isinstance(value, dict):
        return {k: untimed(v) for k, v in value.items() if k not in TIMES}
    return [untimed(v) for v in value] if isinstance(value, list | tuple) else value


@pytest.fixture(scope="module")
def data(copy, tmp_path_factory):
    return rates.measure(lfw=copy, config=config(tmp_path_factory.mktemp("whole"))).data


def test_every_face_of_the_two_is_found_unchanged(data):
    counts = data["conditions"][0]["detectors"]["hog"]
    assert counts["faces"] == 32
    assert counts["recall"] > 0.9
    assert counts["low"] < counts["recall"] <= counts["high"]


def test_empty_scenes_have_false_alarms_only(data):
    assert data["conditions"][-1]["kind"] == "empty"
    assert "recall" not in data["conditions"][-1]["detectors"]["hog"]


def test_operating_points_trade_recall_for_false_alarms(data):
    points = data["operating_points"]["unchanged-0"]["ssd"]
    for name in ("recall", "false_alarms"):
        values = [point[name] for point in points]
        assert values == sorted(values, reverse=True)


def test_the_default_threshold_lies_on_the_curve(data):
    points = {p["threshold"]: p for p in data["operating_points"]["unchanged-0"]["hog"]}
    assert points[0]["recall"] == data["conditions"][0]["detectors"]["hog"]["recall"]


def test_killed_and_continued_gives_the_same(data, copy, tmp_path, monkeypatch):
    measured = []
    original = rates.count

    def until_the_third(*arguments):
        if len(measured) == 2:
            raise KeyboardInterrupt
        measured.append(arguments)
        return original(*arguments)

    monkeypatch.setattr(rates, "count", until_the_third)
    with pytest.raises(KeyboardInterrupt):
        rates.measure(lfw=copy, config=config(tmp_path))
    kept = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.json")}
    assert len(kept) == 2
    monkeypatch.setattr(rates, "count", original)
    assert untimed(rates.measure(lfw=copy, config=config(tmp_path)).data) == untimed(data)
    assert {p: p.stat().st_mtime_ns for p in kept} == kept
    assert not list(tmp_path.rglob("*.part"))


def test_other_settings_never_share_partial_results(copy, tmp_path):
    for change in ({"scenes": 1}, {"scenes": 1, "seed": 1}, {"scenes": 2}):
        few = {"conditions": FEW[:1], "detectors": ("ssd",)}
        rates.measure(lfw=copy, config=config(tmp_path, **few, **change))
    assert len(list(tmp_path.iterdir())) == 3


def test_the_seed_decides_who_is_drawn(copy, tmp_path):
    from facenet_lite.data import lfw

    first, again, other = (
        rates.choose(lfw.find(copy), config(tmp_path, seed=seed)) for seed in (0, 0, 5)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


class Fixed:
    """A detector that always gives the same boxes."""

    name = "hog"

    def __init__(self, boxes):
        self.boxes = boxes

    def detect(self, image):
        return Detections.sorted(self.boxes, np.ones(len(self.boxes)))


def test_hits_extras_and_background(portraits):
    from facenet_lite.book.experiments.detectors.conditions import make

    chosen = [portraits]
    scene = make(Condition("size", 40), portraits, seed=(0, 0))
    boxes = np.vstack([scene.faces[:1], scene.faces[:1] + 1, [[300, 300, 340, 340]]])
    out = rates.count(Fixed(boxes), Condition("size", 40), chosen, seed=0)
    assert (out["faces"], len(out["hits"]), out["extra"], out["background"]) == (2, 1, 2, 1)
    np.testing.assert_allclose(out["hits"], [[0, 0, 1, 1]], atol=1e-3)
    assert len(out["cpu_ms"]) == len(out["wall_ms"]) == 1


def test_record_writes_a_result_that_loads(copy, tmp_path):
    settings = config(tmp_path / "partial")
    path = registry.record("detectors", lfw=copy, folder=tmp_path, config=settings)
    record = results.load("detectors", tmp_path)
    assert path == tmp_path / "detectors.json"
    assert record["command"] == "facenet-lite experiment detectors --lfw DIR"
    assert record["data"]["faces"] == 32


def test_without_lfw_the_remedy_is_named(tmp_path):
    with pytest.raises(AssetMissingError, match="lfw-deepfunneled"):
        rates.measure(lfw=tmp_path, config=config(tmp_path))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scenes": 0}, "scenes"),
        ({"scenes": 1.5}, "scenes"),
        ({"seed": -1}, "seed"),
        ({"conditions": ()}, "unchanged"),
    ],
)
def test_malformed_settings_are_named(tmp_path, change, message):
    with pytest.raises(InputError, match=message):
        config(tmp_path, **change)


def test_more_people_than_the_list_has_are_refused(copy, tmp_path):
    with pytest.raises(InputError, match="take fewer"):
        rates.measure(lfw=copy, config=config(tmp_path, scenes=3))


def test_the_recorded_result_is_complete():
    record = results.load("detectors")
    data = record["data"]
    assert data["faces"] >= 500
    assert [(c["kind"], c["level"]) for c in data["conditions"]] == [
        (c.kind, c.level) for c in every_condition()
    ]
    for condition in data["conditions"]:
        assert set(condition["detectors"]) == set(data["time"])
        for counts in condition["detectors"].values():
            if counts["faces"]:
                assert counts["recall"] == pytest.approx(counts["hits"] / counts["faces"], abs=1e-4)
    assert "/" not in record["command"].replace("--lfw DIR", "")
    assert len(json.dumps(record)) < 100_000


@pytest.mark.lfw
@pytest.mark.slow
@pytest.mark.skipif("FACENET_LITE_DATA" not in os.environ, reason="FACENET_LITE_DATA is not set")
def test_the_real_data_give_the_recorded_hits_again(tmp_path):
    root = Path(os.environ["FACENET_LITE_DATA"]) / "lfw"
    again = rates.measure(lfw=root, config=config(tmp_path, scenes=32, conditions=FEW[:1])).data
    recorded = results.load("detectors")["data"]["conditions"][0]["detectors"]
    for name in ("ssd", "hog"):
        assert again["conditions"][0]["detectors"][name]["hits"] == recorded[name]["hits"]
