"""The table of distances shows every pair once, and frames those up to the threshold."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.book.plots.embeddings import MOST, distance_table
from facenet_lite.errors import InputError

ALT = "A table of distances, made for a test."
FACE = np.full((20, 20, 3), 90, np.uint8)
TABLE = np.array([[0, 0.25, 0.75], [0.25, 0, 0.36], [0.75, 0.36, 0]])


def test_each_pair_stands_once_and_equal_to_the_threshold_counts_as_within():
    svg = distance_table([FACE] * 3, TABLE, threshold=0.36, alt=ALT).svg
    assert [svg.count(text) for text in (">0.25<", ">0.75<", ">0.36<")] == [1, 1, 1]
    assert svg.count("<rect") == 2
    assert svg.count("<image") == 4
    assert distance_table([FACE] * 3, TABLE, threshold=0, alt=ALT).svg.count("<rect") == 0


def test_digits_can_be_chosen():
    assert ">0.2500<" in distance_table([FACE] * 3, TABLE, threshold=1, alt=ALT, digits=4).svg


@pytest.mark.parametrize(
    ("faces", "table", "threshold", "message"),
    [
        ([FACE], [[0.0]], 1, "faces: expected 2 to 10, got 1"),
        ([FACE] * (MOST + 1), np.zeros((11, 11)), 1, "got 11"),
        ([FACE] * 2, TABLE, 1, "distances"),
        ([FACE] * 3, TABLE * np.nan, 1, "finite"),
        ([FACE] * 3, TABLE, -1, "threshold"),
        ([FACE[..., 0]] * 3, TABLE, 1, "faces: expected an RGB picture"),
    ],
)
def test_what_cannot_be_drawn_is_named(faces, table, threshold, message):
    with pytest.raises(InputError, match=message):
        distance_table(faces, table, threshold=threshold, alt=ALT)


def test_it_says_what_it_shows():
    with pytest.raises(InputError, match="alt"):
        distance_table([FACE] * 3, TABLE, threshold=1, alt="")
