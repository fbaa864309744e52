"""Evaluation, drawn: every mark is there, and what cannot be drawn is named."""

import numpy as np
import pytest

from facenet_lite import evaluate
from facenet_lite.book.plots import evaluation as pictured
from facenet_lite.errors import InputError

ALT = "A picture of some pairs."
RNG = np.random.default_rng(0)
SAME = np.arange(600) < 300
DISTANCES = np.where(SAME, RNG.gamma(4, 0.1, 600), RNG.gamma(9, 0.1, 600))
ROC = evaluate.roc(DISTANCES, SAME)


def test_a_strip_has_a_mark_for_every_pair():
    drawn = pictured.strip(DISTANCES[280:320], SAME[280:320], threshold=0.5, alt=ALT)
    assert drawn.svg.count("<use ") >= 40
    assert "one person" in drawn.svg
    assert drawn.alt == ALT


def test_a_roc_is_drawn_with_its_name_and_stays_small():
    drawn = pictured.rocs({"dlib": ROC, "pixels": ROC}, alt=ALT)
    assert "dlib" in drawn.svg
    assert "pixels" in drawn.svg
    assert len(drawn.svg) < 30_000


def test_a_perfect_roc_can_be_drawn():
    pictured.rocs({"perfect": evaluate.roc([0.0, 1.0], np.array([True, False]))}, alt=ALT)


def test_intervals_are_drawn_in_rows():
    rows = {"Wilson": (0.5, 0.4, 0.6), "people": evaluate.Interval(0.5, 0.3, 0.7)}
    drawn = pictured.intervals(rows, xlabel="VAL", alt=ALT)
    assert "Wilson" in drawn.svg
    assert "people" in drawn.svg


@pytest.mark.parametrize(
    "draw",
    [
        lambda: pictured.strip([1.0], np.array([1]), alt=ALT),
        lambda: pictured.strip([1.0], np.array([True]), threshold="far", alt=ALT),
        lambda: pictured.rocs({}, alt=ALT),
        lambda: pictured.rocs(dict.fromkeys("abcde", ROC), alt=ALT),
        lambda: pictured.intervals({}, xlabel="VAL", alt=ALT),
        lambda: pictured.intervals({"a": (1, 2)}, xlabel="VAL", alt=ALT),
        lambda: pictured.rocs({"a": ROC}, alt="no"),
    ],
)
def test_what_cannot_be_drawn_is_named(draw):
    with pytest.raises(InputError):
        draw()
