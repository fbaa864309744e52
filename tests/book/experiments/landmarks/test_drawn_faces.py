"""Drawn faces for landmarks: points that stay on their pixels, people that stay apart."""

import numpy as np
import pytest

from facenet_lite.book.experiments.landmarks import drawn_faces
from facenet_lite.errors import InputError


@pytest.fixture(scope="module")
def drawn():
    return drawn_faces.draw(3, 2, rng=np.random.default_rng(0))


def test_faces_to_learn_from_are_small_and_all_points_lie_in_them(drawn):
    learned, _ = drawn
    assert learned.grey.shape == (3, 96, 96)
    assert learned.points.shape == (3, 68, 2)
    assert learned.points.min() > 0
    assert learned.points.max() < 95


def test_faces_to_test_on_are_enlarged_with_their_points(drawn):
    _, tested = drawn
    for picture, points in zip(tested.pictures, tested.points, strict=True):
        assert 192 <= len(picture) <= 384
        assert np.ptp(points[:, 0]) > 0.3 * len(picture)
        assert points.max() < len(picture)


def test_what_is_learned_from_does_not_depend_on_the_test(drawn):
    learned, tested = drawn_faces.draw(3, 1, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(learned.points, drawn[0].points)
    np.testing.assert_array_equal(learned.grey, drawn[0].grey)
    assert len(tested) == 1


def test_an_edge_stays_and_a_centre_moves_by_half_a_pixel():
    points = np.array([[[-0.5, 0], [1, 95.5]]], np.float32)
    assert drawn_faces.enlarged(points, 2).tolist() == [[[-0.5, 0.5], [2.5, 191.5]]]


def test_an_enlarged_picture_has_its_points_where_it_was_enlarged():
    from facenet_lite import imaging

    picture = np.zeros((96, 96, 3), np.uint8)
    picture[40, 30] = 255
    large = imaging.resize(picture, width=288)[..., 0].astype(float)
    y, x = (np.indices(large.shape) * large).sum(axis=(1, 2)) / large.sum()
    expected = drawn_faces.enlarged(np.array([[[30, 40]]], np.float32), 3)[0, 0]
    np.testing.assert_allclose([x, y], expected, atol=0.05)


def test_sides_below_the_drawn_size_are_refused():
    with pytest.raises(InputError, match="sides: expected a whole number at least 96"):
        drawn_faces.draw(1, 1, rng=np.random.default_rng(0), sides=(50, 100))
