"""Each condition changes one thing, by its level, and draws nothing anew."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.book.experiments.detectors.conditions import (
    LEVELS,
    UNCHANGED,
    UNITS,
    Condition,
    every_condition,
    make,
)
from facenet_lite.errors import InputError

PLAIN = Condition("unchanged")


def test_every_kind_has_a_unit_and_an_unchanged_level():
    assert set(LEVELS) == set(UNCHANGED) == set(UNITS)
    assert all(UNCHANGED[kind] not in levels for kind, levels in LEVELS.items())


def test_keys_are_unique_and_fit_a_file():
    keys = [condition.key for condition in every_condition()]
    assert len(set(keys)) == len(keys)
    assert all("/" not in key and " " not in key for key in keys)


@pytest.mark.parametrize("kind", [k for k in LEVELS if k != "size"])
def test_only_the_picture_changes_not_the_places(portraits, kind):
    plain = make(PLAIN, portraits, seed=(0, 1))
    changed = make(Condition(kind, LEVELS[kind][-1]), portraits, seed=(0, 1))
    np.testing.assert_array_equal(changed.faces, plain.faces)
    assert (changed.image != plain.image).any()


def test_size_sets_the_side(portraits):
    scene = make(Condition("size", 32), portraits, seed=(0, 1))
    np.testing.assert_allclose(scene.faces[:, 2] - scene.faces[:, 0], 32, atol=0.4)


@pytest.mark.parametrize(
    ("side", "rows", "columns"),
    [("bottom", (0.5, 1), (0, 1)), ("top", (0, 0.5), (0, 1)), ("left", (0, 1), (0, 0.5))],
)
def test_occlusion_is_grey_on_its_side(portraits, side, rows, columns):
    scene = make(Condition(f"occlusion_{side}", 0.5), portraits, seed=(0, 1))
    x, y, size = *scene.faces[0, :2], scene.faces[0, 2] - scene.faces[0, 0]
    r = slice(round(y + rows[0] * size) + 1, round(y + rows[1] * size) - 1)
    c = slice(round(x + columns[0] * size) + 1, round(x + columns[1] * size) - 1)
    assert (scene.image[r, c] == 127).all()


def test_nobody_is_in_an_empty_scene(portraits):
    scene = make(Condition("empty"), portraits, seed=(0, 1))
    assert scene.image.shape == (416, 416, 3)
    assert len(scene.faces) == len(scene.tiles) == 0


def test_the_same_seed_gives_the_same_noise(portraits):
    first, second = (make(Condition("noise", 40), portraits, seed=(3, 1)).image for _ in "ab")
    np.testing.assert_array_equal(first, second)
    other = make(Condition("noise", 40), portraits, seed=(4, 1)).image
    assert (first != other).any()


@pytest.mark.parametrize("kind", ["rotations", "", None, 3])
def test_an_unknown_kind_is_named(kind):
    with pytest.raises(InputError, match="kind"):
        Condition(kind)
