"""The drawing of degraded faces has every network, set and level, and refuses what is none."""

from __future__ import annotations

import pytest

from facenet_lite.book.experiments.published import VAL_BY_PIXELS
from facenet_lite.book.plots.networks import PAPER, TITLES, curves
from facenet_lite.errors import InputError

ALT = "A drawing of degraded faces, made for a test."


def net(*vals):
    levels = [*VAL_BY_PIXELS, None]
    rows = zip(levels, vals or [0.5] * 6, strict=True)
    return {"levels": [{"level": at, "val": [v, v - 0.1, v + 0.1]} for at, v in rows]}


def found(*names, far=1e-3):
    return {"far": far, "nets": {name: net() for name in names}}


DATA = {"settings": {}, "nobody": found("dlib", "lfw-triplet", far=0.01), "lfw": found("dlib")}


def draw(data=DATA, alt=ALT):
    return curves(data, VAL_BY_PIXELS, xlabel="pixels", alt=alt)


def test_every_set_network_and_level_is_named_and_the_papers_line_is_dashed():
    drawn = draw()
    words = ("dlib", "lfw-triplet", "65,536", "undegraded", "FAR 0.01", "FAR 0.001", "pixels")
    for word in (*words, *PAPER.replace("'", "&#39;").split("\n")[1:], "NN1"):
        assert word in drawn.svg
    assert drawn.svg.count("stroke-dasharray") == 3  # a panel each, and the legend
    assert drawn.alt == ALT


def test_a_set_that_was_not_measured_has_no_panel():
    svg = draw(DATA | {"lfw": None}).svg
    assert TITLES["nobody"] in svg
    assert "LFW" not in svg


def test_each_condition_has_its_interval():
    """A second network brings six more, one a condition."""
    one, two = (draw(DATA | {"nobody": found(*names), "lfw": None}).svg for names in ("a", "ab"))
    assert two.count("<path") - one.count("<path") >= 6


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"nobody": None}, "nobody or lfw"),
        ({"nobody": found()}, "expected 1 to 4, got 0"),
        ({"nobody": found(*"abcde")}, "expected 1 to 4, got 5"),
        ({"nobody": found("a", far=None)}, "too few pairs"),
    ],
)
def test_what_cannot_be_drawn_is_named(data, message):
    with pytest.raises(InputError, match=message):
        draw(data)


def test_a_drawing_needs_a_text():
    with pytest.raises(InputError, match="alt"):
        draw(alt="")
