"""The drawings of the chapter on choosing a detector."""

import pytest

from facenet_lite import results
from facenet_lite.errors import InputError
from facenet_lite.experiments import live
from facenet_lite.plots import detectors

ALT = "A drawing of the four detectors for a test."
ROWS = [{"what": "size <8>", "recall": {"haar": 0.5, "mmod": 1.0}, "leaders": ["mmod"]}]


def test_the_table_marks_the_leaders_and_escapes_its_words():
    html = detectors.decision_table(ROWS, caption="Recall & more")._repr_html_()
    assert "<td>50 %</td><td><strong>• 100 %</strong></td>" in html
    assert "size &lt;8&gt;" in html
    assert "Recall &amp; more" in html


def test_the_recorded_result_fills_the_table():
    rows = live.decision_rows(results.load("detectors")["data"]["conditions"])
    assert len(rows) >= 20
    assert all(row["leaders"] for row in rows)
    assert all(0 <= share <= 1 for row in rows for share in row["recall"].values())


def test_recall_curves_draw_an_interval_for_each_count():
    counts = {"haar": {"recall": 0.5, "low": 0.4, "high": 0.6}}
    panels = {"size": [("8", counts), ("16", counts)], "blur": [("1", counts)]}
    drawn = detectors.recall_curves(panels, alt=ALT, columns=3)
    assert "size" in drawn.svg
    assert ALT in drawn._repr_html_()


def test_times_are_dots_with_their_spread():
    time = {"cpu_ms": 10.0, "p10": 9.0, "p90": 12.0, "peer_ms": 11.0}
    svg = detectors.timing_dots({"haar": time}, alt=ALT).svg
    assert "10 ms" in svg
    assert "hollow: recorded" in svg


def test_operating_curves_show_false_alarms_and_recall():
    points = {"ssd": [{"false_alarms": 0.0, "recall": 0.4, "default": True}]}
    points["ssd"].append({"false_alarms": 2.0, "recall": 0.9, "default": False})
    assert "false alarms per picture" in detectors.operating_curves(points, alt=ALT).svg


@pytest.mark.parametrize(
    "draw",
    [
        lambda: detectors.decision_table([], caption="nothing"),
        lambda: detectors.recall_curves({}, alt=ALT),
        lambda: detectors.timing_dots({}, alt=ALT),
        lambda: detectors.operating_curves({}, alt=ALT),
    ],
)
def test_nothing_to_draw_is_refused(draw):
    with pytest.raises(InputError, match=r"got none|at least one"):
        draw()
