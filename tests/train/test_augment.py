"""Crops are turned, moved, mirrored and lit a little differently."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.errors import InputError
from facenet_lite.train import Augmentation

CROPS = np.random.default_rng(0).integers(0, 256, (8, 16, 16, 3), np.uint8)
STILL = {"rotation": 0, "scale": 0, "shift": 0, "brightness": 0, "flip": False}


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
