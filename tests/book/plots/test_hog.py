"""Stars: a line along each edge, as strong as its votes."""

from __future__ import annotations

import re

import numpy as np
import pytest

from facenet_lite.book.plots.features import stars
from facenet_lite.errors import InputError

ALT = "Stars of a test histogram."


def lines(svg: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"l(-?[\d.]+) (-?[\d.]+)", svg)]


def test_a_gradient_to_the_right_is_drawn_as_an_upright_line() -> None:
    histogram = np.zeros((1, 1, 180))
    histogram[0, 0, 0] = 3.0  # 0 to 1 degrees
    [(dx, dy)] = lines(stars([histogram], alt=ALT, width=100).svg)
    assert abs(dy) > 50 * abs(dx)


def test_bins_centred_on_zero_are_drawn_there() -> None:
    histogram = np.zeros((1, 1, 4))
    histogram[0, 0, 0] = 3.0
    [(dx, dy)] = lines(stars([histogram], alt=ALT, first_centre=0).svg)
    assert abs(dx) < 0.1
    assert abs(dy) > 10


def test_negative_and_faint_entries_are_not_drawn() -> None:
    histogram = np.array([[[10.0, -10.0, 0.5, 6.0]]])
    drawn = stars([histogram], alt=ALT).svg
    assert len(lines(drawn)) == 2
    assert 'stroke-opacity="1.00"' in drawn
    assert not lines(stars([np.zeros((2, 2, 9))], alt=ALT).svg)


def test_maps_stand_in_rows_with_titles_and_the_alternative_text() -> None:
    drawn = stars([np.ones((2, 3, 4))] * 3, ["a", "b", "<c>"], columns=2, alt=ALT).svg
    assert drawn.count("<rect") == 3
    assert "&lt;c&gt;" in drawn
    assert f'aria-label="{ALT}"' in drawn


@pytest.mark.parametrize(
    ("maps", "titles", "message"),
    [
        ([], None, "histograms: expected"),
        ([np.ones((2, 2, 9))], ["a", "b"], "titles: expected"),
        ([np.ones((2, 2))], None, r"histograms\[0\]: expected"),
        ([np.full((2, 2, 2), np.nan)], None, "finite"),
    ],
)
def test_malformed_input_is_named(maps, titles, message: str) -> None:
    with pytest.raises(InputError, match=message):
        stars(maps, titles, alt=ALT)
