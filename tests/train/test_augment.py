"""Crops are turned, moved, mirrored and lit a little differently."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.errors import InputError
from facenet_lite.train import Augmentation

CROPS = np.random.default_rng(0).integers(0, 256, (8, 16, 16, 3), np.uint8)
STILL = {
    "rotation": 0,
    "scale": 0,
    "shift": 0,
    "brightness": 0,
    "colour": 0,
    "blur": 0,
    "noise": 0,
    "flip": False,
}


def test_no_change_is_none() -> None:
    assert np.array_equal(Augmentation(**STILL).apply(CROPS, rng=np.random.default_rng(0)), CROPS)


def test_a_flip_mirrors_about_the_middle_and_about_half_the_crops() -> None:
    changed = Augmentation(**{**STILL, "flip": True}).apply(CROPS, rng=np.random.default_rng(0))
    mirrored = [np.array_equal(a, b[:, ::-1]) for a, b in zip(changed, CROPS, strict=True)]
    kept = [np.array_equal(a, b) for a, b in zip(changed, CROPS, strict=True)]
    assert all(a != b for a, b in zip(mirrored, kept, strict=True))
    assert 0 < sum(mirrored) < len(CROPS)


def test_brightness_stays_within_its_part() -> None:
    grey = np.full((50, 4, 4, 3), 100, np.uint8)
    lit = Augmentation(**{**STILL, "brightness": 0.2}).apply(grey, rng=np.random.default_rng(0))
    assert 80 <= lit.min() < 90
    assert 110 < lit.max() <= 120


def test_the_same_seed_changes_the_same_and_leaves_the_crops() -> None:
    before = CROPS.copy()
    one, two = (Augmentation().apply(CROPS, rng=np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, CROPS)
    assert np.array_equal(before, CROPS)


def test_amounts_beyond_are_refused() -> None:
    with pytest.raises(InputError, match="shift"):
        Augmentation(shift=2)


def test_blur_noise_and_colour_do_what_they_say() -> None:
    rng = np.random.default_rng
    grey = np.full((40, 8, 8, 3), 100, np.uint8)
    tinted = Augmentation(**{**STILL, "colour": 0.2}).apply(grey, rng=rng(0)).reshape(40, -1, 3)
    assert (tinted == tinted[:, :1]).all()  # every pixel alike, but not its channels
    assert 80 <= tinted.min() < tinted.max() <= 120
    grainy = Augmentation(**{**STILL, "noise": 10}).apply(grey, rng=rng(0)).astype(float)
    assert 3 < grainy.std() < 7  # half of it in the mean
    assert abs(grainy.mean() - 100) < 1
    smooth = Augmentation(**{**STILL, "blur": 2}).apply(CROPS, rng=rng(0))
    assert smooth.astype(float).std() < 0.8 * CROPS.astype(float).std()
