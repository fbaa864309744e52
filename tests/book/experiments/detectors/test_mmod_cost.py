"""The CNN's cost is measured where it arises."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite import detect
from facenet_lite.book.experiments.detectors import mmod_cost
from facenet_lite.errors import FacenetLiteError, InputError


def test_four_times_the_pixels_need_more_memory():
    small, large = mmod_cost.peak_megabytes(64), mmod_cost.peak_megabytes(64, upsample=2)
    assert 20 < small < large < 2000


def test_a_larger_picture_takes_longer():
    mmod = detect.load("mmod")
    short = mmod_cost.seconds(mmod, mmod_cost.astronaut_of(48), repeats=3)
    long = mmod_cost.seconds(mmod, mmod_cost.astronaut_of(160), repeats=3)
    assert short.shape == (3,)
    assert (np.diff(short) >= 0).all()
    assert short[1] < long[1]


def test_a_failed_process_is_named(monkeypatch):
    monkeypatch.setattr(mmod_cost, "CHILD", "raise SystemExit('no memory counter')")
    with pytest.raises(FacenetLiteError, match="no memory counter"):
        mmod_cost.peak_megabytes(64)


@pytest.mark.parametrize(("side", "upsample"), [(3, 0), (9000, 0), (64, 5), (64.5, 0)])
def test_absurd_sizes_are_refused(side, upsample):
    with pytest.raises(InputError):
        mmod_cost.peak_megabytes(side, upsample=upsample)


def test_no_repeats_are_refused():
    with pytest.raises(InputError):
        mmod_cost.seconds(detect.load("mmod"), mmod_cost.astronaut_of(32), repeats=0)
    with pytest.raises(InputError):
        mmod_cost.astronaut_of(0)
