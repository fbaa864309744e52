"""Nuisances: seeded, bounded, independent of each other; none leaves a picture alone."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.data.nobody import Nuisances
from facenet_lite.errors import InputError


@pytest.fixture
def pictures():
    return np.random.default_rng(0).integers(60, 190, (12, 32, 32, 3), np.uint8)


def apply(nuisances, pictures, seed=0):
    return nuisances.apply(pictures, rng=np.random.default_rng(seed))


def test_none_at_all_leaves_every_picture_as_it_is(pictures):
    assert not Nuisances()
    spoiled, amounts = apply(Nuisances(), pictures)
    np.testing.assert_array_equal(spoiled, pictures)
    assert {kind: set(values.tolist()) for kind, values in amounts.items()} == {
        "noise": {0}, "blur": {0}, "jpeg": {100}, "occlusion": {0},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("nuisances", "kind", "low", "high"),
    [
        (Nuisances(noise=25), "noise", 0, 25),
        (Nuisances(blur=3), "blur", 0, 3),
        (Nuisances(jpeg=20), "jpeg", 20, 100),
        (Nuisances(occlusion=0.6), "occlusion", 0, 0.6),
    ],
)
def test_one_of_them_changes_pictures_by_amounts_within_its_bound(
    pictures, nuisances, kind, low, high
):
    assert nuisances
    spoiled, amounts = apply(nuisances, pictures)
    assert (spoiled != pictures).any(
        axis=(1, 2, 3)
    ).sum() >= 10  # an amount near none rounds to nothing
    assert low <= amounts[kind].min() < amounts[kind].max() <= high
    again, same = apply(nuisances, pictures)
    np.testing.assert_array_equal(again, spoiled)
    np.testing.assert_array_equal(same[kind], amounts[kind])
    assert (apply(nuisances, pictures, seed=1)[0] != spoiled).any()


def test_the_amounts_of_one_do_not_depend_on_the_others(pictures):
    _, alone = apply(Nuisances(noise=25), pictures)
    _, together = apply(Nuisances(noise=25, blur=2, jpeg=30, occlusion=0.3), pictures)
    np.testing.assert_array_equal(alone["noise"], together["noise"])


def test_a_patch_covers_the_share_that_is_recorded(pictures):
    spoiled, amounts = apply(Nuisances(occlusion=0.9), pictures)
    for picture, before, share in zip(spoiled, pictures, amounts["occlusion"], strict=True):
        covered = (picture == picture[[0, 0, -1, -1], [0, -1, 0, -1]][:, None, None]).all(axis=-1)
        rows = covered.any(axis=0).sum(axis=1).max() if covered.any() else 0
        changed = (picture != before).any(axis=-1).mean()
        assert abs(changed - np.rint(share * 32) / 32) < 0.02
        assert rows or share * 32 < 0.5


def test_noise_has_the_recorded_strength():
    grey = np.full((6, 64, 64, 3), 128, np.uint8)
    spoiled, amounts = apply(Nuisances(noise=20), grey)
    for picture, sigma in zip(spoiled, amounts["noise"], strict=True):
        assert picture.std() == pytest.approx(sigma, abs=0.4)


def test_no_pictures_are_no_trouble():
    none = np.zeros((0, 8, 8, 3), np.uint8)
    assert apply(Nuisances(noise=5, jpeg=50), none)[0].shape == (0, 8, 8, 3)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"noise": -1}, "noise"),
        ({"blur": "much"}, "blur"),
        ({"jpeg": 0}, "jpeg"),
        ({"jpeg": 50.5}, "jpeg"),
        ({"occlusion": 1.1}, "occlusion"),
    ],
)
def test_malformed_settings_are_named(settings, name):
    with pytest.raises(InputError, match=name):
        Nuisances(**settings)
