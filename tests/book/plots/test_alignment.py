"""The drawings of alignment show every crop, way and level, and refuse what they cannot draw."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite import align
from facenet_lite.book.plots.alignment import LABELS, accuracies, landing, misplaced
from facenet_lite.errors import InputError

ALT = "A drawing of alignment, made for a test."
CROP = np.full((96, 96, 3), 120, np.uint8)
PLACES = align.template(96, 0.25)
FOUND = {"accuracy": 0.98, "standard_error": 0.002, "folds": [0.97, 0.99]}
COUNTS = {"accuracy": 0.9, "low": 0.88, "high": 0.92}


def row(kind, level):
    return {"kind": kind, "level": level, "ways": {"box": COUNTS, "points5": COUNTS}}


ROWS = [row("upright", 0), row("rotation", 15), row("rotation", 30), row("shift", 0.1)]


def test_each_crop_has_its_rings_dots_and_title():
    svg = landing([CROP, CROP], np.stack([PLACES, PLACES + 2]), PLACES, ["one", "two"], alt=ALT).svg
    assert svg.count("<image") == 2
    assert svg.count('fill="#ffd400"') == 10
    assert svg.count('fill="none"') == 20  # a ring is two circles, dark under white
    assert "one" in svg
    assert "two" in svg


def test_a_dot_in_its_place_is_in_the_middle_of_its_ring():
    svg = landing([CROP], PLACES[None], PLACES, ["one"], alt=ALT, width=96).svg
    for x, y in PLACES + 0.5:
        assert svg.count(f'cx="{x:.1f}" cy="{y:.1f}"') == 3


def test_every_way_is_named_and_has_its_folds():
    svg = accuracies(dict.fromkeys(LABELS, FOUND), alt=ALT).svg
    for label in LABELS.values():
        assert label in svg
    without = accuracies({"box": {**FOUND, "folds": []}}, alt=ALT).svg
    assert len(without) < len(accuracies({"box": FOUND}, alt=ALT).svg)


def test_rotation_and_shift_have_a_panel_each_with_both_ways():
    svg = misplaced(ROWS, alt=ALT).svg
    for word in ("turned by", "shifted by", LABELS["box"], LABELS["points5"]):
        assert word in svg


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: landing([], np.zeros((0, 5, 2)), PLACES, [], alt=ALT), "titles"),
        (lambda: landing([CROP], PLACES[None], PLACES, [], alt=ALT), "titles"),
        (lambda: landing([CROP], PLACES, PLACES, ["one"], alt=ALT), "points"),
        (lambda: landing([CROP[..., 0]], PLACES[None], PLACES, ["one"], alt=ALT), "RGB"),
        (lambda: landing([CROP], PLACES[None], PLACES, ["one"], alt=""), "alt"),
        (lambda: accuracies({}, alt=ALT), "ways"),
        (lambda: misplaced(ROWS[1:], alt=ALT), "upright"),
        (lambda: misplaced(ROWS, alt=""), "alt"),
    ],
)
def test_what_cannot_be_drawn_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
