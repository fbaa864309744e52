"""The recorded numbers follow from the raw answers, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite import detect
from facenet_lite.book import results
from facenet_lite.book.experiments.detectors import summary

RAW = {
    "faces": 4,
    "hits": [[-0.1, -0.3, 1.1, 0.9], [0.1, -0.1, 1.3, 1.1]],
    "extra": 3,
    "background": 1,
    "cpu_ms": [10.0, 20.0, 60.0],
    "wall_ms": [11.0, 21.0, 61.0],
}


def test_framing_is_the_mean_shift_and_size():
    frame = summary.framing(RAW["hits"])
    assert frame == pytest.approx({"shift_x": 0.1, "shift_y": -0.1, "width": 1.2, "height": 1.2})


def test_no_hits_have_no_framing():
    assert summary.framing([])["width"] == 1.0


def test_counts_worked_by_hand():
    out = summary.counts(RAW, summary.framing(RAW["hits"]), pictures=2)
    assert (out["hits"], out["faces"], out["recall"]) == (2, 4, 0.5)
    assert (out["false_alarms"], out["on_background"], out["cpu_ms"]) == (1.5, 0.5, 20.0)
    assert out["low"] < 0.5 < out["high"]
    # Both boxes measure 1.2 x 1.2; the first shares 1 x 0.9 with the face, the second 0.9 x 1.
    assert out["iou"] == pytest.approx(0.9 / (1.44 + 1 - 0.9), abs=1e-4)
    assert out["iou_framed"] > out["iou"]


def test_nothing_found_has_no_overlap():
    out = summary.counts(RAW | {"hits": []}, summary.framing([]), pictures=2)
    assert out["recall"] == 0
    assert "iou" not in out


def test_pictures_of_nobody_have_no_recall():
    out = summary.counts(RAW | {"hits": [], "faces": 0}, summary.framing([]), pictures=2)
    assert "recall" not in out
    assert out["false_alarms"] == 1.5


def test_reframing_undoes_a_constant_framing():
    boxes = np.array([[-0.1, -0.3, 1.1, 1.1]], np.float32)
    frame = summary.framing(boxes.tolist())
    np.testing.assert_allclose(summary.reframe(boxes, frame), [[0, 0, 1, 1]], atol=1e-6)


def test_times_are_percentiles():
    assert summary.times(RAW) == {"cpu_ms": 20.0, "p10": 12.0, "p90": 52.0, "wall_ms": 21.0}


@pytest.mark.parametrize("name", summary.SWEEPS)
def test_thresholds_rise_from_the_laxest_and_hold_the_default(name):
    swept = summary.SWEEPS[name]
    assert list(swept.thresholds) == sorted(set(swept.thresholds))
    assert swept.default in swept.thresholds
    assert swept.load().name == name
    settings = summary.settings(name)
    assert settings.get("score_threshold", settings.get("min_neighbors", 0) + 1) == swept.default


@pytest.mark.parametrize("name", detect.NAMES)
def test_the_recorded_settings_are_the_detectors_own(name):
    assert results.load("detectors")["data"]["settings"][name] == summary.settings(name)
