"""The plots of the chapter on mining: they draw what they are given, and nothing else."""

from __future__ import annotations

import re

import numpy as np
import pytest

from facenet_lite.book.plots import triplets
from facenet_lite.errors import InputError
from facenet_lite.losses import Diagnosis
from facenet_lite.miners import Census

ALT = "A picture that says what it shows."


def step(spread, active=5):
    return Diagnosis(
        triplets=10, active=active, mean_positive=0, mean_negative=0, spread=spread, margin=0.2
    )


def texts(drawing):
    return re.findall(r"<text[^>]*>([^<]*)</text>", drawing.svg)


def test_a_bar_for_each_batch_names_the_three_kinds():
    drawn = triplets.census({"untrained": Census(0, 6, 4), "trained": Census(8, 1, 1)}, alt=ALT)
    assert {"hard", "semi-hard", "easy", "untrained", "trained"} <= set(texts(drawn))
    assert drawn.alt == ALT


@pytest.mark.parametrize("counts", [{}, {"nobody": Census(0, 0, 0)}])
def test_no_triplets_are_no_bar(counts):
    with pytest.raises(InputError, match="triplets in each"):
        triplets.census(counts, alt=ALT)


def test_negatives_are_marked_by_their_kind(monkeypatch):
    kept = {}
    monkeypatch.setattr(triplets, "figure", lambda fig, alt: kept.update(lines=fig.axes[0].lines))
    triplets.on_a_line(0.5, [0.4, 0.5, 0.6, 0.75, 0.9], 0.25, alt=ALT)
    found = {line.get_label(): np.asarray(line.get_xdata()).tolist() for line in kept["lines"]}
    assert found["hard"] == [0.4, 0.5]
    assert found["semi-hard"] == [0.6]
    assert found["easy"] == [0.75, 0.9]
    assert found["the positive"] == [0.5, 0.5]


def test_a_line_without_negatives_is_drawn():
    assert "the positive" in texts(triplets.on_a_line(0.5, [], 0.2, alt=ALT))


@pytest.mark.parametrize(
    ("given", "name"),
    [((-1, [0.1], 0.2), "to_positive"), ((0.5, [np.nan], 0.2), "to_negatives"),
     ((0.5, [0.1], -0.2), "margin")],
)  # fmt: skip
def test_malformed_distances_are_named(given, name):
    with pytest.raises(InputError, match=name):
        triplets.on_a_line(*given, alt=ALT)


def test_runs_and_stale_shares_have_their_names_in_the_legend():
    drawn = triplets.spreads(
        {"one": [step(1.0), step(0.5)], "two": [step(2.0)]}, bound=0.01, alt=ALT
    )
    assert {"one", "two", "step", "spread"} <= set(texts(drawn))
    assert "every" in texts(triplets.stale({"every": [1.0, 0.5]}, alt=ALT))


def test_diagnoses_stand_at_their_own_steps(monkeypatch):
    kept = {}
    monkeypatch.setattr(triplets, "figure", lambda fig, alt: kept.update(panels=fig.axes))
    triplets.spreads({"one": [step(1.0, 10), step(0.5)]}, every=4, alt=ALT)
    left, right = (panel.lines[0].get_xydata().tolist() for panel in kept["panels"])
    assert left == [[0, 1.0], [4, 0.5]]
    assert right == [[0, 100], [4, 50]]


def test_nothing_to_draw_is_named():
    with pytest.raises(InputError, match="histories"):
        triplets.spreads({}, alt=ALT)
    with pytest.raises(InputError, match="shares"):
        triplets.stale({}, alt=ALT)
