"""Triplets are drawn where they are, with a text that says so."""

from __future__ import annotations

import re

import numpy as np
import pytest

from facenet_lite.book.plots import triplets
from facenet_lite.errors import InputError

ALT = "Some points and lines, for a test."
POINTS = [[0, 0], [0.6, 0], [0, 0.5]]


def test_each_point_has_its_name_and_the_text_is_kept():
    drawn = triplets.slopes(POINTS, np.ones((3, 2)), alt=ALT)
    assert all(f">{name}</text>" in drawn.svg for name in "apn")
    assert ALT in drawn.svg
    assert "#000000" not in drawn.svg


def test_a_longer_step_needs_more_room():
    short, long = (triplets.slopes(POINTS, np.eye(3, 2), alt=ALT, rate=r) for r in (0.1, 3))
    assert "\N{MINUS SIGN}3" in long.svg
    assert "\N{MINUS SIGN}3" not in short.svg


def test_negatives_within_reach_are_counted_as_the_loss_counts_them():
    drawn = triplets.reach([0.5, 0.25], [0.4, 0.5, 0.75, 2.0], 0.25, alt=ALT)
    # At 0.25 + 0.25 the second negative is exactly at the margin; at 0.5 + 0.25 the third.
    assert re.findall(r">k = (\d)<", drawn.svg) == ["1", "2"]


def test_runs_have_their_titles_and_a_panel_each():
    runs = {name: np.zeros((2, 3, 2)) for name in ("as published", "no hinge", "reversed", "plain")}
    drawn = triplets.paths(runs, [0, 0, 1], alt=ALT)
    assert all(f">{name}</text>" in drawn.svg for name in runs)
    assert (
        ">as published</text>"
        in triplets.paths({"as published": runs["no hinge"]}, [0, 0, 1], alt=ALT).svg
    )


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: triplets.slopes(POINTS[:2], POINTS, alt=ALT), "points"),
        (lambda: triplets.slopes(POINTS, POINTS[:2], alt=ALT), "gradient"),
        (lambda: triplets.reach([1.0], [[2.0]], 0.2, alt=ALT), "to_negatives"),
        (lambda: triplets.reach([1.0], [2.0], -1, alt=ALT), "margin"),
        (lambda: triplets.paths({}, [0], alt=ALT), "at least one"),
        (lambda: triplets.paths({"a": np.zeros((2, 2, 2))}, [0], alt=ALT), "a: expected"),
        (lambda: triplets.slopes(POINTS, POINTS, alt="short"), "alt"),
    ],
)
def test_what_cannot_be_drawn_is_named(draw, message):
    with pytest.raises(InputError, match=message):
        draw()
