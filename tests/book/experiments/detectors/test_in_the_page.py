"""The small test has the recorded form, and the recorded one is grouped and ranked as it says."""

from __future__ import annotations

import pytest

from facenet_lite import detect
from facenet_lite.book.experiments.detectors import in_the_page
from facenet_lite.book.experiments.detectors.conditions import Condition, every_condition
from facenet_lite.book.experiments.detectors.summary import framing
from facenet_lite.errors import InputError


def counts(recall, low, high):
    return {"recall": recall, "low": low, "high": high, "false_alarms": 0.0}


ROWS = [
    {"kind": "unchanged", "level": 0.0, "detectors": {"hog": counts(0.9, 0.8, 0.95)}},
    {"kind": "size", "level": 24, "detectors": {"hog": counts(0.1, 0.0, 0.2)}},
    {"kind": "size", "level": 56, "detectors": {"hog": counts(0.8, 0.7, 0.9)}},
    {"kind": "brightness", "level": 0.1, "detectors": {"hog": counts(0.2, 0.1, 0.3)}},
    {"kind": "brightness", "level": 3, "detectors": {"hog": counts(0.5, 0.4, 0.6)}},
    {"kind": "jpeg", "level": 5, "detectors": {"hog": counts(0.5, 0.4, 0.6)}},
    {"kind": "empty", "level": 0.0, "detectors": {"hog": {"false_alarms": 0.5}}},
]


@pytest.fixture(scope="module")
def small(portraits):
    return in_the_page.small_test(portraits, [detect.load("hog")], levels={"rotation": (30, 90)})


def test_the_small_test_starts_unchanged_and_has_no_intervals(small):
    assert [(row["kind"], row["level"]) for row in small] == [
        ("unchanged", 0.0), ("rotation", 30), ("rotation", 90),
    ]  # fmt: skip
    assert small[0]["detectors"]["hog"]["recall"] == 1.0
    assert small[2]["detectors"]["hog"]["recall"] == 0.0
    assert "low" not in small[0]["detectors"]["hog"]


def test_panels_put_the_unchanged_scene_in_its_place():
    panels = in_the_page.panels(ROWS, ["size", "brightness", "jpeg"])
    assert [[name for name, _ in levels] for levels in panels.values()] == [
        ["70", "56", "24"], ["0.1", "1", "3"], ["none", "5"],
    ]  # fmt: skip
    assert next(iter(panels.values()))[0][1]["hog"]["recall"] == 0.9


def test_what_was_not_measured_is_named():
    with pytest.raises(InputError, match="noise"):
        in_the_page.panels(ROWS, ["noise"])
    with pytest.raises(InputError, match="99"):
        in_the_page.pick(ROWS, "size", 99)
    with pytest.raises(InputError, match="expected one of clean"):
        in_the_page.operating({"clean": {}}, "dark")


def test_pick_finds_a_level_or_the_first_of_a_kind():
    assert in_the_page.pick(ROWS, "size", 56)["hog"]["recall"] == 0.8
    assert in_the_page.pick(ROWS, "size")["hog"]["recall"] == 0.1


def test_leaders_are_the_best_and_whom_its_interval_meets():
    rivals = {
        "haar": counts(0.80, 0.76, 0.84), "ssd": counts(0.90, 0.87, 0.93),
        "hog": counts(0.86, 0.83, 0.89), "mmod": counts(0.85, 0.80, 0.869),
    }  # fmt: skip
    assert in_the_page.leaders(rivals) == ["ssd", "hog"]


def test_rows_of_the_decision_leave_out_pictures_of_nobody():
    rows = in_the_page.decision_rows(ROWS)
    assert len(rows) == len(ROWS) - 1
    assert rows[1] == {
        "what": "face 24 pixels wide", "recall": {"hog": 0.1}, "leaders": ["hog"],
    }  # fmt: skip


def test_every_condition_has_words_of_its_own():
    some = [c for c in every_condition() if c.kind != "empty"]
    words = [in_the_page._in_words(c.kind, c.level) for c in some]
    assert len(set(words)) == len(words)
    assert in_the_page._in_words("occlusion_top", 0.5) == "upper 50 % covered"


def test_the_default_operating_point_is_marked_once():
    points = [{"threshold": t, "recall": 1 - t / 20, "false_alarms": 2 - t / 5} for t in (4, 6, 9)]
    marked = in_the_page.operating({"clean": {"haar": points}}, "clean")["haar"]
    assert [point["default"] for point in marked] == [False, True, False]


def test_recall_at_an_allowance_of_false_alarms():
    points = [{"recall": 0.9, "false_alarms": 2.0}, {"recall": 0.5, "false_alarms": 0.1}]
    assert in_the_page.recall_at(points, 2.0) == 0.9
    assert in_the_page.recall_at(points, 1.0) == 0.5
    assert in_the_page.recall_at(points, 0.0) == 0.0


def test_the_mean_box_is_framing_undone():
    box = [-0.1, -0.3, 1.1, 1.1]
    half = [v - 0.5 for v in box]
    assert in_the_page.mean_box(framing([box])) == pytest.approx(half)


def test_times_come_from_every_detector_and_leave_the_first_call_out(portraits):
    times = in_the_page.interleaved(
        [detect.load("hog"), detect.load("ssd")], portraits[0], rounds=2
    )
    assert list(times) == ["hog", "ssd"]
    for time in times.values():
        assert 0 < time["p10"] <= time["cpu_ms"] <= time["p90"]
        assert time["first_ms"] > 0


def test_conditions_are_the_recorded_ones():
    assert Condition("unchanged") == every_condition()[0]
