"""Degradations do what they say by the amount they say, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite import degrade
from facenet_lite.errors import InputError


@pytest.fixture
def picture():
    return np.random.default_rng(3).integers(0, 256, (40, 60, 3), dtype=np.uint8)


@pytest.mark.parametrize("factor", [0.25, 0.5, 1.0, 2.0])
def test_scale_multiplies_both_sides(picture, factor):
    assert degrade.scale(picture, factor).shape == (40 * factor, 60 * factor, 3)


def test_scale_leaves_at_least_one_pixel(picture):
    assert degrade.scale(picture, 1e-6).shape == (1, 1, 3)


def test_a_quarter_turn_is_exact_and_counter_clockwise():
    square = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    turned, _ = degrade.rotate(square, 90)
    np.testing.assert_array_equal(turned, np.rot90(square))


def test_points_move_with_the_picture():
    picture = np.zeros((41, 61, 3), np.uint8)
    picture[9:12, 49:52] = 255  # its middle is at x 50.5, y 10.5
    turned, points = degrade.rotate(picture, 30, [[50.5, 10.5]], centre=(40, 20), fill=(0, 0, 0))
    rows, columns = np.nonzero(turned[..., 0] > 127)
    np.testing.assert_allclose(points[0], [columns.mean() + 0.5, rows.mean() + 0.5], atol=0.35)


def test_turning_back_brings_points_back(picture):
    start = np.array([[3, 4], [50, 30]], np.float32)
    _, there = degrade.rotate(picture, 37, start)
    _, back = degrade.rotate(picture, -37, there)
    np.testing.assert_allclose(back, start, atol=1e-4)


def test_no_points_come_back_as_none(picture):
    assert degrade.rotate(picture, 5)[1].shape == (0, 2)


def test_what_comes_from_outside_is_the_fill():
    turned, _ = degrade.rotate(np.zeros((50, 50, 3), np.uint8), 45, fill=(1, 2, 3))
    assert turned[0, 0].tolist() == [1, 2, 3]


def test_brightness_multiplies_and_cuts_off():
    picture = np.array([[[10, 100, 200]]], np.uint8)
    assert degrade.brightness(picture, 2).tolist() == [[[20, 200, 255]]]
    assert degrade.brightness(picture, 0.25).tolist() == [[[2, 25, 50]]]
    assert degrade.brightness(picture, 0).max() == 0


def test_blur_spreads_an_edge_by_its_sigma():
    picture = np.zeros((9, 80, 3), np.uint8)
    picture[:, :40] = 255
    profile = degrade.blur(picture, 4)[4, :, 0] / 255
    # The edge lies at x = 40; one deviation outside, a Gaussian's edge has fallen to 15.9 %.
    assert profile[[43, 44]].mean() == pytest.approx(0.159, abs=0.01)
    assert profile[[39, 40]].mean() == pytest.approx(0.5, abs=0.01)


def test_no_blur_is_a_copy(picture):
    same = degrade.blur(picture, 0)
    np.testing.assert_array_equal(same, picture)
    assert same is not picture


def test_noise_has_the_deviation_asked_for_and_no_bias():
    grey = np.full((200, 200, 3), 128, np.uint8)
    noisy = degrade.noise(grey, 20, generator=np.random.default_rng(0)).astype(float)
    assert noisy.std() == pytest.approx(20, rel=0.02)
    assert noisy.mean() == pytest.approx(128, abs=0.3)


def test_the_same_generator_gives_the_same_noise(picture):
    first, second = (degrade.noise(picture, 9, generator=np.random.default_rng(5)) for _ in "ab")
    np.testing.assert_array_equal(first, second)


def test_lower_jpeg_quality_loses_more():
    ramp = np.add.outer(np.arange(64), np.arange(64))[..., None].repeat(3, 2).astype(np.uint8)
    ramp[::7] = 255
    lost = [np.abs(degrade.jpeg(ramp, q).astype(int) - ramp).mean() for q in (95, 50, 10)]
    assert lost[0] < lost[1] < lost[2]


@pytest.mark.parametrize(
    ("side", "rows", "columns"),
    [
        ("top", slice(10, 15), slice(20, 40)),
        ("bottom", slice(15, 20), slice(20, 40)),
        ("left", slice(10, 20), slice(20, 30)),
        ("right", slice(10, 20), slice(30, 40)),
    ],
)
def test_occlusion_covers_that_half_of_the_box_only(picture, side, rows, columns):
    expected = picture.copy()
    expected[rows, columns] = 127
    covered = degrade.occlude(picture, [[20, 10, 40, 20]], 0.5, side=side)
    np.testing.assert_array_equal(covered, expected)


def test_occlusion_outside_the_picture_is_ignored(picture):
    covered = degrade.occlude(picture, [[-20, -20, 10, 10], [100, 100, 120, 120]], 1.0)
    assert (covered[:10, :10] == 127).all()
    np.testing.assert_array_equal(covered[10:], picture[10:])


def test_no_boxes_cover_nothing(picture):
    none = np.zeros((0, 4), np.float32)
    np.testing.assert_array_equal(degrade.occlude(picture, none, 1.0), picture)


def test_nothing_changes_its_argument(picture):
    before = picture.copy()
    degrade.rotate(picture, 10)
    degrade.brightness(picture, 0.5)
    degrade.blur(picture, 2)
    degrade.noise(picture, 10, generator=np.random.default_rng(0))
    degrade.jpeg(picture, 10)
    degrade.occlude(picture, [[0, 0, 9, 9]], 0.5)
    np.testing.assert_array_equal(picture, before)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p: degrade.scale(p, 0), "factor"),
        (lambda p: degrade.scale(p[..., 0], 1), "np.dstack"),
        (lambda p: degrade.rotate(p, 400), "degrees"),
        (lambda p: degrade.rotate(p, 4, [[1, 2, 3]]), "points"),
        (lambda p: degrade.brightness(p, -1), "factor"),
        (lambda p: degrade.brightness(p / 255, 1), "uint8"),
        (lambda p: degrade.blur(p, -1), "sigma"),
        (lambda p: degrade.noise(p, 1, generator=0), "default_rng"),
        (lambda p: degrade.noise(p, -1, generator=np.random.default_rng(0)), "sigma"),
        (lambda p: degrade.jpeg(p, 0), "quality"),
        (lambda p: degrade.jpeg(p, 101), "quality"),
        (lambda p: degrade.occlude(p, [[0, 0, 1, 1]], 1.5), "share"),
        (lambda p: degrade.occlude(p, [[0, 0, 1, 1]], 0.5, side="middle"), "'bottom'"),
        (lambda p: degrade.occlude(p, [0, 0, 1, 1], 0.5), "boxes"),
    ],
)
def test_malformed_inputs_are_named(picture, call, message):
    with pytest.raises(InputError, match=message):
        call(picture)
