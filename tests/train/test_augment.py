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


def test_a_slope_lights_one_edge_more_and_the_other_less_by_no_more_than_it_says() -> None:
    grey = np.full((40, 9, 9, 3), 100, np.uint8)
    lit = Augmentation(**STILL, slope=0.5).apply(grey, rng=np.random.default_rng(0)).astype(int)
    assert (lit[:, 4, 4] == 100).all()
    assert np.abs(lit[:, ::-1, ::-1] + lit - 200).max() <= 1  # what one edge gains the other loses
    edges = lit[:, [0, -1], 4, 0], lit[:, 4, [0, -1], 0]
    for edge in edges:
        assert 50 <= edge.min() < 70
        assert 130 < edge.max() <= 150


def test_a_gamma_bends_grey_levels_and_keeps_black_and_white() -> None:
    levels = np.repeat(np.array([0, 64, 255], np.uint8), 3).reshape(1, 3, 1, 3).repeat(3, axis=2)
    many = levels.repeat(200, axis=0)
    bent = Augmentation(**STILL, gamma=1).apply(many, rng=np.random.default_rng(0))
    assert (bent[:, 0] == 0).all()
    assert (bent[:, 2] == 255).all()
    middle = bent[:, 1, 0, 0].astype(float)
    least, most = (255 * (64 / 255) ** np.exp(g) for g in (1, -1))
    assert least - 1 <= middle.min() < least + 10
    assert most - 10 < middle.max() <= most + 1


def test_a_patch_hides_an_upright_rectangle_of_every_other_crop() -> None:
    grey = np.arange(100, 200, dtype=np.uint8)[:, None, None, None].repeat(16, 1).repeat(16, 2)
    grey = grey.repeat(3, axis=3)
    hidden = Augmentation(**STILL, patch=0.25).apply(grey, rng=np.random.default_rng(0))
    changed = (hidden != grey).any(3)
    assert 30 < changed.any((1, 2)).sum() < 70
    for crop, where in zip(hidden, changed, strict=True):
        rows, columns = where.any(1).nonzero()[0], where.any(0).nonzero()[0]
        if len(rows):
            assert max(np.ptp(rows), np.ptp(columns)) < 4  # a quarter of 16 pixels
            assert where.sum() == len(rows) * len(columns)
            assert len(np.unique(crop[where], axis=0)) <= 2  # a colour, or a piece of another crop


def test_the_harder_changes_draw_after_the_others() -> None:
    """What was trained without them is trained the same way again."""
    plain = Augmentation().apply(CROPS, rng=np.random.default_rng(5))
    patched = Augmentation(patch=0.5).apply(CROPS, rng=np.random.default_rng(5))
    same = (plain == patched).all(3)
    assert any(row.all() for row in same)
    assert not all(row.all() for row in same)


@pytest.mark.parametrize("wrong", [{"slope": -0.1}, {"gamma": 4}, {"patch": 1.5}])
def test_harder_changes_beyond_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match=next(iter(wrong))):
        Augmentation(**wrong)
