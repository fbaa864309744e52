"""The tone curve: the middle as it is, the ends never cut off."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facenet_lite.data.nobody.tone import KNEE, tone_curve
from facenet_lite.errors import InputError


def test_values_by_hand():
    # 40 / e = 14.7 at 0; its counterpart at 255; far out the ends themselves.
    assert tone_curve([0, 40, 128, 215, 255, -500, 900]).tolist() == [15, 40, 128, 215, 240, 0, 255]
    assert KNEE == 40


@given(st.lists(st.floats(-1000, 1000), min_size=2))
def test_brighter_stays_brighter(levels):
    assert (np.diff(tone_curve(sorted(levels)).astype(int)) >= 0).all()


@given(st.integers(-600, 600))
def test_black_and_white_are_treated_alike(level):
    assert int(tone_curve([level])[0]) + int(tone_curve([255 - level])[0]) == 255


def test_nothing_is_nothing():
    assert tone_curve([]).shape == (0,)


def test_words_are_no_levels():
    with pytest.raises(InputError, match="levels"):
        tone_curve(["grey"])
