"""A gallery that grows: the page counts what is recorded."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facenet_lite.book import results
from facenet_lite.book.figures import gallery as figure_module
from facenet_lite.book.figures.gallery import RATES, GalleryGrowth
from facenet_lite.errors import InputError

quickjs = pytest.importorskip("quickjs", reason="the page's functions run in quickjs")

MODULE = Path(figure_module.__file__).parent / "static" / "gallery.mjs"
CURVES = {
    "sizes": [1, 10, 100],
    "thresholds": [0.1, 0.2, 0.3, 0.4],
    "identified": [[0.2, 0.5, 0.8, 0.9], [0.2, 0.5, 0.75, 0.8], [0.2, 0.4, 0.5, 0.5]],
    "mistaken": [[0, 0, 0, 0], [0, 0, 0.1, 0.2], [0, 0.1, 0.4, 0.5]],
    "alarmed": [[0, 0, 0.01, 0.02], [0, 0.05, 0.1, 0.2], [0.02, 0.3, 0.6, 1]],
}
STATE = json.dumps(CURVES)


@pytest.fixture(scope="module")
def page() -> Callable[[str], Any]:
    """Evaluates an expression with the page's own functions."""
    context = quickjs.Context()
    source = re.sub(r"^export (default .*|)", "", MODULE.read_text("utf8"), flags=re.MULTILINE)
    context.eval(source)
    return lambda expression: json.loads(context.eval(f"JSON.stringify({expression})"))


def test_the_page_reads_the_recorded_share(page):
    curves = results.load("identification")["data"]["curves"]
    figure = GalleryGrowth.of(curves)
    state = json.dumps(figure.state())
    for size, at in ((0, 0), (3, 7), (len(figure.sizes) - 1, len(figure.thresholds) - 1)):
        found = page(f"rates({state}, {size}, {at})")
        for name in RATES:
            assert found[name] == pytest.approx(curves[name][size][at], abs=6e-4)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_hundred_people_are_a_hundred(page, first, second):
    shares = [first, (1 - first) * second]
    found = page(f"hundred({json.dumps(shares)})")
    assert sum(found) == 100
    expected = 100 * np.array([*shares, 1 - sum(shares)])
    assert np.abs(found - expected).max() < 1 + 1e-6


def test_the_largest_remainder_is_rounded_up(page):
    assert page("hundred([0.005, 0.333])") == [1, 33, 66]
    assert page("hundred([0.29])") == [29, 71]
    assert page("hundred([1])") == [100, 0]


def test_the_place_at_a_rate_is_the_last_that_keeps_to_it(page):
    rows = CURVES["alarmed"]
    for row, rate in ((0, 0.01), (1, 0.1), (1, 0.05), (2, 0.01), (2, 1)):
        kept = [at for at, share in enumerate(rows[row]) if share <= rate]
        assert page(f"placeAtRate({rows[row]}, {rate})") == max(kept, default=-1)


def test_the_scale_is_logarithmic_and_goes_back(page):
    assert page("along([1, 10, 100], 10)") == pytest.approx(0.5)
    for i, place in enumerate((0.0, 0.5, 1.0)):
        assert page(f"nearestSize([1, 10, 100], {place})") == i
    assert page("nearestSize([1, 10, 100], 0.2)") == 0
    assert page("nearestSize([1, 10, 100], 9)") == 2


def test_in_words(page):
    assert page(f"inWords({STATE}, 0, 2)") == (
        "1 person in the gallery, D ≤ 0.30. Of 100 strangers, 1 is taken for somebody. Of 100 "
        "known people, 80 are named rightly, 0 taken for somebody else, 20 not named."
    )
    assert page(f"inWords({STATE}, 2, 3)").startswith("100 people in the gallery, D ≤ 0.40.")


def test_it_begins_with_what_it_is_given():
    figure = GalleryGrowth.of(CURVES, size=12, threshold=0.29)
    assert (figure.size, figure.at) == (1, 2)
    assert (GalleryGrowth.of(CURVES).size, GalleryGrowth.of(CURVES).at) == (0, 2)


def test_the_page_form_is_small_and_says_what_it_shows():
    page_form = GalleryGrowth.of(results.load("identification")["data"]["curves"]).page_form()
    assert len(page_form) < 12_000
    assert 'data-figure="gallery.mjs"' in page_form
    assert "a hundred strangers" in page_form


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sizes": [1, 10]}, "identified"),
        ({"sizes": [10, 1, 100]}, "sizes: expected two or more"),
        ({"sizes": [0, 1, 2]}, "sizes: expected two or more"),
        ({"thresholds": [0.1]}, "thresholds: expected two or more"),
        ({"alarmed": [[0, 0, 0, 2]] * 3}, "alarmed: expected shares"),
        ({"alarmed": [[0, 0, 0.5, 0.1]] * 3}, "never fall"),
        ({"mistaken": [[0.9] * 4] * 3}, "at most 1 together"),
        ({"alarmed": [[np.nan] * 4] * 3}, "alarmed.*NaN"),
    ],
)
def test_malformed_inputs_are_named(change, message):
    with pytest.raises(InputError, match=message):
        GalleryGrowth.of(CURVES | change)


def test_curves_that_lack_a_part_are_named():
    with pytest.raises(InputError, match="'alarmed' too"):
        GalleryGrowth.of({name: CURVES[name] for name in CURVES if name != "alarmed"})
