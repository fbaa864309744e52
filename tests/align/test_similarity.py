"""The similarity transform in closed form: exact where it can be, and least squares elsewhere."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.transform import SimilarityTransform

from facenet_lite import align
from facenet_lite.errors import InputError

FACE = align.template(96, 0.25)
angles = st.floats(-180, 180)
scales = st.floats(0.25, 4)
shifts = st.floats(-500, 500)


def transforms():
    return st.builds(
        lambda degrees, scale, x, y: align.turn(degrees, scale=scale, about=(x, y)),
        angles, scales, shifts, shifts,
    )  # fmt: skip


def test_a_shift_by_hand():
    points = [[0, 0], [1, 0], [0, 1]]
    matrix = align.similarity_transform(points, [[2, 3], [3, 3], [2, 4]])
    assert matrix == pytest.approx(np.array([[1, 0, 2], [0, 1, 3]]))


def test_a_quarter_turn_by_hand():
    """(1, 0) goes to (0, 2): a quarter turn clockwise on the screen, and twice as large."""
    matrix = align.similarity_transform([[0, 0], [1, 0]], [[5, 5], [5, 7]])
    assert matrix == pytest.approx(np.array([[0, -2, 5], [2, 0, 5]]))
    assert align.angle_and_scale(matrix) == pytest.approx((-90, 2))


@settings(deadline=None)
@given(transforms())
def test_a_known_transform_is_recovered(truth):
    points = np.random.default_rng(0).normal(size=(5, 2)) * 40
    found = align.similarity_transform(points, align.move(points, truth))
    assert found == pytest.approx(truth, abs=1e-8)


@settings(deadline=None)
@given(transforms(), st.permutations(range(5)))
def test_the_order_of_the_points_does_not_matter(noise, order):
    targets = FACE + np.random.default_rng(1).normal(size=(5, 2))
    points = align.move(FACE, noise)
    fitted = align.similarity_transform(points, targets)
    assert align.similarity_transform(points[order], targets[order]) == pytest.approx(fitted)


@settings(deadline=None)
@given(transforms())
def test_turning_the_picture_first_changes_nothing_in_the_crop(turned):
    points = FACE + np.random.default_rng(2).normal(size=(5, 2)) * 3
    upright = align.move(points, align.similarity_transform(points, FACE))
    moved = align.move(points, turned)
    assert align.move(moved, align.similarity_transform(moved, FACE)) == pytest.approx(
        upright, abs=1e-6
    )


def test_it_is_what_scikit_image_finds():
    rng = np.random.default_rng(4)
    for _ in range(20):
        points, targets = rng.normal(size=(2, 6, 2)) * 30
        other = SimilarityTransform.from_estimate(points, targets)
        assert align.similarity_transform(points, targets) == pytest.approx(other.params[:2])


def test_a_mirror_image_is_not_mirrored_back():
    points = np.array([[0, 0], [2, 0], [0, 1]], float)
    matrix = align.similarity_transform(points, points * [-1, 1])
    assert np.linalg.det(matrix[:, :2]) > 0


def test_no_small_change_does_better_than_the_least_squares_answer():
    rng = np.random.default_rng(3)
    points, targets = rng.normal(size=(5, 2)), rng.normal(size=(5, 2))

    def error(matrix):
        return np.square(align.move(points, matrix) - targets).sum()

    best = align.similarity_transform(points, targets)
    a, b = best[0, 0], best[1, 0]
    for da, db, dx, dy in rng.normal(size=(200, 4)) * 0.05:
        other = np.array([[a + da, -b - db, best[0, 2] + dx], [b + db, a + da, best[1, 2] + dy]])
        assert error(other) >= error(best)


@pytest.mark.parametrize(
    ("points", "targets", "message"),
    [
        ([[1, 2]], [[3, 4]], "at least 2"),
        ([[1, 2], [1, 2]], [[0, 0], [1, 1]], "one place"),
        ([[0, 0], [1, 1]], [[1, 2], [1, 2]], "one place"),
        ([[0, 0], [1, 1]], [[1, 2]], "targets"),
        ([[0, 0], [1, np.nan]], [[1, 2], [3, 4]], "finite"),
        ([], [], "points"),
        ([[0, 0], [1, 0], [0.5, 3**0.5 / 2]], [[0, 0], [1, 0], [0.5, -(3**0.5) / 2]], "mirror"),
        ("points", [[0, 0]], "points"),
    ],
)
def test_points_that_fix_no_transform_are_refused(points, targets, message):
    with pytest.raises(InputError, match=message):
        align.similarity_transform(points, targets)


@settings(deadline=None)
@given(transforms())
def test_there_and_back_is_where_we_were(transform):
    back = align.inverse(transform)
    assert align.compose(back, transform) == pytest.approx(np.eye(2, 3), abs=1e-9)
    assert align.move(align.move(FACE, transform), back) == pytest.approx(FACE, abs=1e-7)


@settings(deadline=None)
@given(transforms(), transforms(), transforms())
def test_composing_is_moving_twice_and_may_be_bracketed_at_will(a, b, c):
    assert align.move(FACE, align.compose(a, b)) == pytest.approx(
        align.move(align.move(FACE, b), a), rel=1e-9, abs=1e-6
    )
    assert align.compose(align.compose(a, b), c) == pytest.approx(
        align.compose(a, align.compose(b, c)), rel=1e-9, abs=1e-6
    )


@settings(deadline=None)
@given(angles, scales)
def test_angle_and_scale_read_a_turn(degrees, scale):
    turned, size = align.angle_and_scale(align.turn(degrees, scale=scale, about=(7, 9)))
    assert size == pytest.approx(scale)
    assert np.exp(1j * np.radians(turned)) == pytest.approx(np.exp(1j * np.radians(degrees)))


def test_a_turn_is_opencvs():
    assert align.turn(30, scale=2, about=(3, 4)) == pytest.approx(
        cv2.getRotationMatrix2D((3.0, 4.0), 30.0, 2.0)
    )


def test_one_transform_moves_one_point_many_or_none():
    shift = [[1, 0, 10], [0, 1, 20]]
    assert align.move([1, 2], shift).tolist() == [11, 22]
    assert align.move(np.zeros((3, 4, 2)), shift).shape == (3, 4, 2)
    assert align.move(np.zeros((0, 2)), shift).shape == (0, 2)


def test_each_face_has_its_own_transform():
    many = np.stack([align.turn(0), align.turn(90)])
    moved = align.move([[[1, 0]], [[1, 0]]], many)
    assert moved == pytest.approx(np.array([[[1, 0]], [[0, -1]]]))
    assert align.move(np.zeros((0, 5, 2)), np.zeros((0, 2, 3))).shape == (0, 5, 2)
    assert align.inverse(np.zeros((0, 2, 3))).shape == (0, 2, 3)
    assert align.inverse(many) @ [0, 0, 1] == pytest.approx(0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: align.move([1, 2, 3], np.eye(2, 3)), "points"),
        (lambda: align.move("ab", np.eye(2, 3)), "points"),
        (lambda: align.move(np.zeros((5, 2)), np.zeros((5, 2, 3))), "a row for each transform"),
        (lambda: align.move([1, 2], np.eye(3)), "transform"),
        (lambda: align.inverse(np.zeros((2, 3))), "without area"),
        (lambda: align.inverse([[1, 2, 0], [2, 4, 0]]), "without area"),
        (lambda: align.compose(np.eye(2, 3), np.eye(2)), "inner"),
        (lambda: align.compose(np.full((2, 3), np.inf), np.eye(2, 3)), "outer"),
        (lambda: align.angle_and_scale(np.eye(2)), "transform"),
    ],
)
def test_malformed_transforms_are_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
