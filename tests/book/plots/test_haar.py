"""Features are drawn where they lie, and every step's survivors have a bar."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.book.plots import features
from facenet_lite.by_hand.detect.cascade_file import Feature, Rectangle
from facenet_lite.errors import InputError

TOP_BOTTOM = Feature((Rectangle(1, 0, 2, 4, -1.0), Rectangle(1, 2, 2, 2, 2.0)))


def test_light_is_lighter_dark_is_darker_and_the_rest_stays():
    drawn = features.with_feature(np.full((4, 4), 100, np.uint8), TOP_BOTTOM)
    assert drawn.shape == (32, 32, 3)
    small = drawn[::8, ::8, 0].tolist()
    assert small == [[100, 40, 40, 100]] * 2 + [[100, 193, 193, 100]] * 2


def test_a_feature_outside_the_window_is_refused():
    with pytest.raises(InputError, match="inside the window"):
        features.with_feature(np.zeros((3, 4), np.uint8), TOP_BOTTOM)


def test_the_survivors_have_a_bar_each_and_a_text():
    drawn = features.survivors([1000, 900, 300, 100, 30, 10, 3, 1], alt="Bars that fall to one.")
    assert 'aria-label="Bars that fall to one."' in drawn.svg
    assert "windows left" in drawn.svg


def test_survivors_need_a_row_of_numbers():
    with pytest.raises(InputError, match="counts"):
        features.survivors([[1, 2]], alt="Bars that fall to one.")
