"""The small live versions of the recorded experiment, and what is read from the record."""

import pytest

from facenet_lite import detect, imaging, results
from facenet_lite.errors import InputError
from facenet_lite.experiments import live, scenes


@pytest.fixture(scope="module")
def recorded():
    return results.load("detectors")["data"]


def test_a_small_test_counts_the_portraits_that_are_found():
    portraits = scenes.book_portraits()
    rows = live.small_test(portraits, [detect.load("haar")], levels={"brightness": [0.05]})
    assert [row["kind"] for row in rows] == ["unchanged", "brightness"]
    upright, dark = (row["detectors"]["haar"]["recall"] for row in rows)
    assert upright == 1
    assert dark <= upright
    assert "low" not in rows[0]["detectors"]["haar"]


def test_panels_put_the_unchanged_scene_among_the_levels(recorded):
    panels = live.panels(recorded["conditions"], ["rotation", "jpeg"])
    rotation, jpeg = panels.values()
    assert rotation[0][0] == "0"
    assert jpeg[0][0] == "none"


def test_what_was_not_measured_is_named(recorded):
    with pytest.raises(InputError, match="'sepia' was not measured"):
        live.panels(recorded["conditions"], ["sepia"])
    with pytest.raises(InputError, match="sepia"):
        live.pick(recorded["conditions"], "sepia")
    with pytest.raises(InputError, match="got 'sepia'"):
        live.operating({}, "sepia")


def test_leaders_are_the_best_and_what_its_interval_cannot_tell_from_it():
    counts = {
        "a": {"recall": 0.9, "low": 0.85, "high": 0.95},
        "b": {"recall": 0.8, "low": 0.75, "high": 0.86},
        "c": {"recall": 0.7, "low": 0.65, "high": 0.75},
    }
    assert live.leaders(counts) == ["a", "b"]


def test_times_have_a_first_call_and_a_spread():
    times = live.interleaved([detect.load("haar")], imaging.astronaut(), rounds=3)["haar"]
    assert 0 < times["p10"] <= times["cpu_ms"] <= times["p90"]
    assert times["first_ms"] > 0


def test_the_recall_at_a_number_of_false_alarms_is_the_best_allowed():
    points = [{"false_alarms": 0.0, "recall": 0.3}, {"false_alarms": 1.0, "recall": 0.8}]
    assert live.recall_at(points, 0.5) == 0.3
    assert live.recall_at(points, 1.0) == 0.8
    assert live.recall_at([], 1.0) == 0


def test_the_operating_points_mark_the_default():
    points = [{"threshold": live.DEFAULTS["hog"], "recall": 0.5}, {"threshold": 9, "recall": 0.1}]
    marked = live.operating({"unchanged": {"hog": points}}, "unchanged")["hog"]
    assert [point["default"] for point in marked] == [True, False]
