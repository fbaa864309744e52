"""What the chapter on Faces of Nobody draws names what it shows, and refuses nothing at all."""

from __future__ import annotations

import re

import numpy as np
import pytest

from facenet_lite.book.plots import nobody as plots
from facenet_lite.errors import InputError

ALT = "A plot of drawn faces, for a test."
SHAPE = np.random.default_rng(0).random((68, 2))


def test_outlines_draw_every_point_and_every_title() -> None:
    assert sorted({point for line in plots.LINES for point in line}) == list(range(68))
    few = plots.outlines({"as <they> come": (SHAPE[None], SHAPE)}, alt=ALT).svg
    more = plots.outlines({"as <they> come": ([SHAPE] * 3, SHAPE)}, alt=ALT).svg
    assert "as &lt;they&gt; come" in few
    assert few.count("M") == 2 * len(plots.LINES)
    assert more.count("M") == 4 * len(plots.LINES)


def test_outlines_fill_their_panel_and_rows_count_downwards() -> None:
    svg = plots.outlines({"a": (SHAPE[None], SHAPE), "b": (SHAPE[None] * 9, SHAPE)}, alt=ALT).svg
    paths = re.findall(r'd="([^"]+)"', svg)
    at = [np.array(re.findall(r"(\d+) (\d+)", path), float) for path in paths]
    span = [np.ptp(points, axis=0).max() for points in at]
    assert span[0] == pytest.approx(plots.PANEL, abs=2)
    assert span[2] == pytest.approx(plots.PANEL, abs=2)
    assert span[3] < plots.PANEL / 8
    assert at[2].min(axis=0)[0] >= plots.PANEL
    first = (at[0][:17, 1], SHAPE[:17, 1])
    assert np.corrcoef(*first)[0, 1] > 0.99


def test_an_ellipse_lies_two_standard_deviations_out() -> None:
    around = plots.ellipse(np.array([[4.0, 0], [0, 1]]))
    assert np.abs(around).max(axis=0) == pytest.approx([4, 2], abs=0.02)


def test_scatter_names_its_axes_and_its_ellipses() -> None:
    svg = plots.scatter(
        np.eye(2).repeat(4, axis=0),
        np.arange(8) // 2,
        {"within": np.eye(2)},
        names=("first", "second"),
        alt=ALT,
    ).svg
    assert all(word in svg for word in ("first", "second", "within", ALT))


def test_shares_and_distances_have_a_legend() -> None:
    svg = plots.shares({"who": [0.2, 0.3], "light": [0.5, 0.1]}, alt=ALT, xlabel="component").svg
    assert all(word in svg for word in ("who", "light", "component"))
    svg = plots.distances({"a": [1, 2], "b": [0, 3]}, [0, 1, 2], alt=ALT).svg
    assert all(word in svg for word in (">a<", ">b<", "squared distance"))


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.outlines({}, alt=ALT), "panels: expected"),
        (lambda: plots.outlines({"x": (SHAPE, SHAPE)}, alt=ALT), "x: expected"),
        (lambda: plots.shares({}, alt=ALT, xlabel="k"), "parts: expected"),
        (lambda: plots.distances({"a": [0, 0]}, [0, 1, 2], alt=ALT), "counts something"),
        (lambda: plots.distances({"a": [1]}, [0, 1, 2], alt=ALT), "a: expected"),
        (
            lambda: plots.scatter(np.eye(3), [0, 1, 2], {}, names="ab", alt=ALT),
            "points: expected",
        ),
    ],
)
def test_malformed_input_is_named(draw, message: str) -> None:
    with pytest.raises(InputError, match=message):
        draw()
