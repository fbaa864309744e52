"""The similarity transform in closed form, and the crops that it makes."""

import dlib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facenet_lite import align, assets, detect, imaging, landmarks
from facenet_lite.errors import InputError


def turned(degrees, scale, shift):
    angle = np.radians(degrees)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.column_stack([scale * rotation, shift])


def test_a_shift_by_hand():
    points = [[0, 0], [1, 0], [0, 1]]
    matrix = align.similarity_transform(points, [[2, 3], [3, 3], [2, 4]])
    assert matrix == pytest.approx(np.array([[1, 0, 2], [0, 1, 3]]))


@settings(deadline=None)
@given(st.floats(-180, 180), st.floats(0.25, 4), st.floats(-50, 50), st.floats(-50, 50))
def test_a_known_transform_is_recovered(degrees, scale, x, y):
    points = np.random.default_rng(0).normal(size=(5, 2)) * 40
    truth = turned(degrees, scale, [x, y])
    targets = points @ truth[:, :2].T + truth[:, 2]
    assert align.similarity_transform(points, targets) == pytest.approx(truth, abs=1e-8)


def test_a_mirror_image_is_not_mirrored_back():
    points = np.array([[0, 0], [2, 0], [0, 1]], float)
    matrix = align.similarity_transform(points, points * [-1, 1])
    assert np.linalg.det(matrix[:, :2]) > 0


def test_no_small_change_does_better_than_the_least_squares_answer():
    rng = np.random.default_rng(3)
    points, targets = rng.normal(size=(5, 2)), rng.normal(size=(5, 2))

    def error(matrix):
        return np.square(points @ matrix[:, :2].T + matrix[:, 2] - targets).sum()

    best = align.similarity_transform(points, targets)
    a, b = best[0, 0], best[1, 0]
    for da, db, dx, dy in rng.normal(size=(200, 4)) * 0.05:
        other = np.array([[a + da, -b - db, best[0, 2] + dx], [b + db, a + da, best[1, 2] + dy]])
        assert error(other) >= error(best)


def test_the_landmarks_of_a_crop_lie_at_the_template():
    image = imaging.astronaut()
    points = landmarks.load(5).locate(image, detect.load("hog").detect(image).boxes[:1])
    matrix = align.similarity_transform(points[0], align.template(150, 0.25))
    moved = points[0] @ matrix[:, :2].T + matrix[:, 2]
    assert np.abs(moved - align.template(150, 0.25)).max() < 4


@pytest.mark.parametrize("picture", [imaging.astronaut, imaging.grace_hopper])
def test_crops_are_dlibs_face_chips_to_one_grey_level(picture):
    image = picture()
    box = detect.load("hog").detect(image).boxes[:1]
    x1, y1, x2, y2 = (int(v) for v in box[0])
    predictor = dlib.shape_predictor(str(assets.fetch("landmarks_5")))
    shape = predictor(image, dlib.rectangle(x1, y1, x2 - 1, y2 - 1))
    chip = dlib.get_face_chip(image, shape, size=150, padding=0.25)
    crop = align.crop(image, landmarks.load(5).locate(image, box), 150, crop_margin=0.25)[0]
    assert np.abs(chip.astype(int) - crop).mean() < 1.2


def test_no_faces_give_no_crops():
    crops = align.crop(imaging.astronaut(), np.zeros((0, 5, 2)), 96)
    assert crops.shape == (0, 96, 96, 3)


def test_a_face_at_the_border_is_filled_with_black():
    image = np.full((60, 60, 3), 200, np.uint8)
    points = align.template(96, 0.25)[None] - 48
    crop = align.crop(image, points, 96)[0]
    assert crop[0, 0].tolist() == [0, 0, 0]
    assert crop[60, 60].tolist() == [200, 200, 200]


def test_a_large_face_is_averaged_not_sampled():
    """A fine chequerboard must become grey, not stripes."""
    board = (np.indices((1600, 1600)).sum(0) % 2 * 255).astype(np.uint8)
    image = np.dstack([board] * 3)
    points = align.template(1600, 0.25)[None]
    crop = align.crop(image, points, 100)[0]
    assert crop[10:-10, 10:-10].std() < 2
    assert crop[10:-10, 10:-10].mean() == pytest.approx(127.5, abs=2)


def test_averaging_does_not_shift_the_picture():
    ramp = np.tile(np.linspace(0, 255, 1600).astype(np.uint8), (1600, 1))
    crop = align.crop(np.dstack([ramp] * 3), align.template(1600, 0.25)[None], 100)[0]
    expected = np.linspace(0, 255, 1600).reshape(100, 16).mean(1)
    assert np.abs(crop[50, 5:-5, 0] - expected[5:-5]).max() < 1.5


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (np.zeros((1, 5, 2)), "one place"),
        (np.zeros((5, 2)), "any x 5 x 2"),
        (np.full((1, 5, 2), np.nan), "finite"),
        ("five points", "landmarks"),
    ],
)
def test_points_that_make_no_face_are_refused(points, message):
    with pytest.raises(InputError, match=message):
        align.crop(imaging.astronaut(), points)


def test_one_point_fixes_no_transform():
    with pytest.raises(InputError, match="at least 2"):
        align.similarity_transform([[1, 2]], [[3, 4]])


def test_sizes_and_margins_out_of_bounds_are_refused():
    points = align.template(96, 0.25)[None]
    with pytest.raises(InputError, match="size"):
        align.crop(imaging.astronaut(), points, 0)
    with pytest.raises(InputError, match="crop_margin"):
        align.crop(imaging.astronaut(), points, crop_margin=-1)
