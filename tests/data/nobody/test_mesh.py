"""The mesh: where faces lie, that mirrors mirror, and that a warp puts things where it says."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite import align
from facenet_lite.data.nobody import mesh


@pytest.mark.parametrize(("size", "margin"), [(96, 0.25), (96, 0.5), (150, 0.25), (64, 0.0)])
def test_the_frame_is_the_one_that_align_crops_to(size, margin):
    scale, *shift = mesh.frame(size, margin)
    placed = mesh.canvas_template() * scale + shift
    np.testing.assert_allclose(placed, align.template(size, margin), atol=0.006 * size)
    assert scale == pytest.approx(size / (64 * (1 + 2 * margin)))


def test_at_a_margin_of_a_half_the_frame_is_the_canvas_up_to_the_templates_tilt():
    scale, x, y = mesh.frame(128, 0.5)
    assert (scale, y) == (1, 0)
    assert abs(x) < 1


def test_triangles_cover_the_canvas_and_turn_one_way(mean_shape):
    triangles = mesh.triangulate(mean_shape)
    points = mesh.vertices(mean_shape[None], mean_shape)
    areas = mesh.signed_areas(points, triangles)
    assert (areas > 0).all()
    side = 64 * (1 + 2 * mesh.RING)
    assert areas.sum() / 2 == pytest.approx(side**2)
    assert triangles.max() == 88


def test_the_area_of_a_triangle_by_hand():
    points = np.array([[[0.0, 0.0], [4.0, 0.0], [0.0, 3.0]]])
    assert mesh.signed_areas(points, np.array([[0, 1, 2], [0, 2, 1]])).tolist() == [[12.0, -12.0]]


def test_a_map_takes_corners_to_corners_and_middles_to_middles():
    source = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])
    target = np.array([[[1.0, 2.0], [3.0, 2.0], [1.0, 8.0]]])
    ((matrix,),) = mesh.affine_maps(source, target, np.array([[0, 1, 2]]))
    for there, here in zip(source, target[0], strict=True):
        np.testing.assert_allclose(matrix[:, :2] @ here + matrix[:, 2], there, atol=1e-12)
    middle = target[0].mean(axis=0)
    np.testing.assert_allclose(matrix[:, :2] @ middle + matrix[:, 2], source.mean(axis=0))


def test_shapes_without_folds_come_back_as_they_were(mean_shape):
    triangles = mesh.triangulate(mean_shape)
    shapes = np.stack([mean_shape, mean_shape + np.array([1.5, -2.0])])
    np.testing.assert_array_equal(mesh.unfold(shapes, mean_shape, triangles), shapes)


def test_a_folded_shape_is_pulled_to_the_mean_until_nothing_folds(mean_shape):
    triangles = mesh.triangulate(mean_shape)
    folded = mean_shape.copy()
    folded[30] += [0, -60]  # the tip of the nose above the forehead
    (free,) = mesh.unfold(folded[None], mean_shape, triangles)
    usual = mesh.signed_areas(mesh.vertices(mean_shape[None], mean_shape), triangles)
    areas = mesh.signed_areas(mesh.vertices(free[None], mean_shape), triangles)
    assert (areas > -mesh.FOLD * usual).all()
    assert 0 < mean_shape[30, 1] - free[30, 1] < 60


def test_lips_that_cross_come_apart_by_the_gap_and_nothing_else_moves(mean_shape):
    crossed = mean_shape.copy()
    crossed[[61, 62, 63], 1] = crossed[[67, 66, 65], 1] + 1
    triangles = mesh.triangulate(mean_shape)
    (free,) = mesh.unfold(crossed[None], mean_shape, triangles)
    for upper, lower in mesh.LIPS:
        assert free[lower, 1] - free[upper, 1] == pytest.approx(mesh.LIP_GAP)
        middle = (crossed[upper, 1] + crossed[lower, 1]) / 2
        assert (free[lower, 1] + free[upper, 1]) / 2 == pytest.approx(middle)
    others = [i for i in range(68) if i not in np.ravel(mesh.LIPS)]
    np.testing.assert_array_equal(free[others], crossed[others])


def test_a_triangle_without_area_has_a_map_that_is_finite():
    flat = np.array([[[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]])
    source = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert np.isfinite(mesh.affine_maps(source, flat, np.array([[0, 1, 2]]))).all()


def test_few_drawn_shapes_have_to_be_pulled(model):
    rng = np.random.default_rng(0)
    people = model.sample_identities(300, rng=rng).coordinates
    how = {p: rng.standard_normal((300, n)).clip(-2.5, 2.5) for p, n in model.part_dims.items()}
    c = model.coefficients(people, how)
    free = model.mean_shape + np.tensordot(c[:, len(model.steps) :], model.shape_components, 1)
    pulled = (np.abs(model.shapes(c) - free)[:, :60] > 1e-9).any(axis=(1, 2))
    assert pulled.mean() < 0.05


def test_no_shape_at_all_is_no_shape(mean_shape):
    triangles = mesh.triangulate(mean_shape)
    none = np.zeros((0, 68, 2))
    assert mesh.unfold(none, mean_shape, triangles).shape == (0, 68, 2)
    assert mesh.vertices(none, mean_shape).shape == (0, 89, 2)


def test_a_warp_to_the_same_places_is_the_same_picture(mean_shape):
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (128, 128, 3), np.uint8)
    triangles = mesh.triangulate(mean_shape)
    points = mesh.vertices(mean_shape[None], mean_shape)
    maps = mesh.affine_maps(points[0], points, triangles)[0].astype(np.float32)
    again = mesh.warp(image, mesh.fixed_point(points[0][triangles]), maps, 128)
    assert np.abs(again.astype(int) - image).max() <= 1


def test_a_warp_carries_each_landmarks_colour_with_it(mean_shape):
    triangles = mesh.triangulate(mean_shape)
    y, x = np.mgrid[:128, :128]
    image = np.dstack([2 * x, 2 * y, 0 * x]).astype(np.uint8)  # the colour says where it was
    moved = mean_shape + np.array([3.0, -2.0]) + 0.06 * (mean_shape - 63.5)
    points = mesh.vertices(moved[None], mean_shape)
    source = mesh.vertices(mean_shape[None], mean_shape)[0]
    maps = mesh.affine_maps(source, points, triangles)[0].astype(np.float32)
    drawn = mesh.warp(image, mesh.fixed_point(points[0][triangles]), maps, 128)
    column, row = np.rint(moved).astype(int).T
    inside = (row < 127) & (row > 0)
    colours = drawn[row[inside], column[inside], :2] / 2
    assert np.abs(colours - mean_shape[inside]).max() < 1.0
