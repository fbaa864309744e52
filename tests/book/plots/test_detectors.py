"""The plots of the detectors' test draw every detector and say so, and refuse nothing at all."""

from __future__ import annotations

import pytest

from facenet_lite.book.plots.detectors import (
    LABELS,
    decision_table,
    operating_curves,
    recall_curves,
    timing_dots,
)
from facenet_lite.errors import InputError

ALT = "A plot of four detectors, drawn for a test."
COUNTS = {name: {"recall": 0.5, "low": 0.4, "high": 0.6} for name in LABELS}
PANELS = {"noise": [("0", COUNTS), ("9", COUNTS)], "blur": [("0", COUNTS)], "size": [("1", COUNTS)]}


def test_recall_curves_name_panels_levels_and_detectors():
    svg = recall_curves(PANELS, alt=ALT)._repr_html_()
    for word in (*PANELS, *LABELS.values(), ALT):
        assert word in svg


def test_intervals_are_drawn_where_there_are_any():
    bare = {name: {"recall": 0.5} for name in LABELS}
    without = recall_curves({"noise": [("0", bare), ("9", bare)]}, alt=ALT)
    full = recall_curves({"noise": [("0", COUNTS), ("9", COUNTS)]}, alt=ALT)
    assert full.svg.count("<path") > without.svg.count("<path")


def test_times_are_written_beside_their_dots():
    times = {name: {"cpu_ms": 40.0, "p10": 39.0, "p90": 44.0} for name in LABELS}
    assert "40 ms" in timing_dots(times, alt=ALT).svg
    times["haar"]["peer_ms"] = 20.0
    assert "hollow: recorded" in timing_dots(times, alt=ALT).svg


def test_operating_curves_name_their_axes():
    points = {"hog": [{"recall": 1.0, "false_alarms": 2.0, "default": True},
                      {"recall": 0.5, "false_alarms": 0.0}]}  # fmt: skip
    svg = operating_curves(points, alt=ALT).svg
    assert "false alarms per picture" in svg
    assert "HOG" in svg


def test_the_table_marks_leaders_and_has_headers():
    rows = [{"what": "a < b", "recall": {"haar": 0.123, "ssd": 0.5}, "leaders": ["ssd"]}]
    html = decision_table(rows, caption="Recall for a test")._repr_html_()
    assert '<th scope="row">a &lt; b</th><td>12</td><td><strong>•50</strong></td>' in html
    assert '<th scope="col">Haar</th>' in html
    assert "<caption>Recall for a test</caption>" in html


@pytest.mark.parametrize(
    "draw",
    [
        lambda: recall_curves({}, alt=ALT),
        lambda: recall_curves({"noise": []}, alt=ALT),
        lambda: timing_dots({}, alt=ALT),
        lambda: operating_curves({}, alt=ALT),
        lambda: decision_table([], caption="Nothing"),
        lambda: recall_curves(PANELS, alt=""),
    ],
)
def test_nothing_to_draw_is_named(draw):
    with pytest.raises(InputError, match="expected"):
        draw()
