"""One triangle by hand: its weights, its colours, and that all of them together are the mesh's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facenet_lite.by_hand.data import triangle
from facenet_lite.data import nobody
from facenet_lite.data.nobody import mesh
from facenet_lite.errors import InputError

SOURCE = np.array([[0.0, 0], [8, 0], [0, 4]])


def test_weights_worked_by_hand() -> None:
    assert np.allclose(triangle.weights([[2, 1]], SOURCE), [[0.5, 0.25, 0.25]])
    assert np.allclose(triangle.weights(SOURCE, SOURCE), np.eye(3))
    assert triangle.weights([[9, 9]], SOURCE).min() < 0
    assert triangle.weights(np.zeros((0, 2)), SOURCE).shape == (0, 3)


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=2))
def test_weights_sum_to_one_and_make_the_point(point) -> None:
    w = triangle.weights([point], SOURCE)
    assert np.isclose(w.sum(), 1)
    assert np.allclose(w @ SOURCE, [point], atol=1e-9)


def test_a_triangle_on_its_own_place_keeps_its_pixels() -> None:
    image = np.random.default_rng(0).integers(0, 256, (12, 10, 3), np.uint8)
    corners = [[0, 0], [9, 0], [0, 11]]
    carried = triangle.carry(image, corners, corners)
    inside = carried.any(axis=2)
    assert np.array_equal(carried[inside], image[inside])
    assert not carried[11, 9].any()
    assert inside.mean() == pytest.approx(0.5, abs=0.1)


def test_every_triangle_of_a_face_agrees_with_the_mesh_to_two_grey_levels() -> None:
    model = nobody.load()
    rng = np.random.default_rng(2)
    c = model.coefficients(model.sample_identities(1, rng=rng).coordinates, {"yaw": [[1.5]]})
    skin = model.textures(c)[0]
    scale, *shift = mesh.frame(128, 0.5)
    picture = model.draw(c, size=128, crop_margin=0.5)[0][0]
    source = mesh.vertices(model.mean_shape[None], model.mean_shape)[0]
    target = mesh.vertices(model.shapes(c), model.mean_shape)[0] * scale + shift
    areas = mesh.signed_areas(target[None], model.triangles)[0]
    for corners in model.triangles[np.argsort(areas)[-60:-20]]:
        by_hand = triangle.carry(skin, source[corners], target[corners])
        deep = triangle.weights(np.argwhere(np.ones((128, 128)))[:, ::-1], target[corners])
        inside = (deep > 0.12).all(axis=1).reshape(128, 128)
        assert inside.any()
        assert np.abs(by_hand[inside].astype(int) - picture[inside]).max() <= 2


@pytest.mark.parametrize(
    ("corners", "message"),
    [([[0, 0], [1, 1], [2, 2]], "on one line"), ([[0, 0], [1, 1]], "triangle: expected")],
)
def test_malformed_triangles_are_named(corners, message: str) -> None:
    with pytest.raises(InputError, match=message):
        triangle.weights([[0, 0]], corners)
