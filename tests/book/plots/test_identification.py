"""Drawings of galleries: each shows what it is given, and says what it cannot draw."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.book import results
from facenet_lite.book.plots import evaluation as pictured
from facenet_lite.errors import InputError

ALT = "A drawing that is made for a test."
ROWS = [{"threshold": t, "pairwise": [1 - t, t], "b_cubed": [0.9, t]} for t in (0.1, 0.2, 0.3)]
COSTS = [
    {"index": index, "vectors": size, "single_cpu_s": cost, "recall": 0.5}
    for index, size, cost in (("flat", 10, 0.1), ("ivf", 10, 0.01), ("ivf", 1000, 0.02))
]


def test_each_curve_is_named_in_its_drawing():
    svg = pictured.ranks({"drawn people": [0.5, 0.75, 1], "LFW": [0.9, 0.95]}, alt=ALT).svg
    assert all(text in svg for text in ("drawn people", "LFW", "rank k", ALT))


def test_the_formula_is_drawn_beside_the_measured():
    recorded = results.load("identification")["data"]["false_accepts"]
    svg = pictured.false_accepts(recorded, alt=ALT).svg
    assert "measured" in svg
    assert "1 - (1 - FAR)^N" in svg


def test_clusters_are_drawn_by_both_scores():
    svg = pictured.clusters(ROWS, threshold=0.2, alt=ALT).svg
    assert all(text in svg for text in ("pairs", "B-cubed", "precision", "recall"))


def test_every_index_and_size_has_its_label():
    svg = pictured.search_costs(COSTS, alt=ALT).svg
    assert all(text in svg for text in ("flat, 10", "ivf, 10", "ivf, 1,000"))
    recorded = results.load("identification")["data"]["speed"]["rows"]
    assert "exact, 1,000,000" in pictured.search_costs(recorded, alt=ALT).svg


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pictured.ranks({}, alt=ALT), "curves"),
        (lambda: pictured.ranks({str(i): [1.0] for i in range(5)}, alt=ALT), "curves"),
        (lambda: pictured.ranks({"a": [np.nan]}, alt=ALT), "a: .*NaN"),
        (lambda: pictured.clusters(ROWS[:1], alt=ALT), "rows"),
        (lambda: pictured.search_costs([], alt=ALT), "rows"),
        (lambda: pictured.clusters(ROWS, alt=""), "alt"),
    ],
)
def test_what_cannot_be_drawn_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
