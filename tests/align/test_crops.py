"""The crops that transforms make: dlib's own, dark outside the picture, averaged to shrink."""

import dlib
import numpy as np
import pytest

from facenet_lite import align, detect, imaging, landmarks
from facenet_lite.errors import InputError


@pytest.fixture(scope="module", params=[imaging.astronaut, imaging.grace_hopper])
def portrait(request):
    """A photograph, and dlib's five points of its face."""
    image = request.param()
    box = detect.load("hog").detect(image).boxes[:1]
    return image, landmarks.load(5).locate(image, box)


def dlibs_chip(image, points, size, padding):
    shape = dlib.full_object_detection(
        dlib.rectangle(0, 0, 9, 9), [dlib.point(int(x), int(y)) for x, y in points]
    )
    return dlib.get_face_chip(image, shape, size=size, padding=padding).astype(int)


def as_68(points):
    """Whole 68 points about where the five say the face is; jaw and brows stay at 0, unused."""
    out = np.zeros((1, 68, 2))
    back = align.inverse(align.landmark_transforms(points, 1000, crop_margin=0))
    where = align.template(1000, 0, 68) + np.random.default_rng(0).normal(size=(33, 2)) * 20
    out[:, list(align.RIGID_68)] = align.move(where[None], back)
    return np.rint(out)


def test_the_landmarks_of_a_crop_lie_at_the_template(portrait):
    _, points = portrait
    moved = align.move(points, align.landmark_transforms(points, 150))
    assert np.abs(moved - align.template(150, 0.25)).max() < 4


def test_crops_are_dlibs_face_chips_to_one_grey_level(portrait):
    image, points = portrait
    chip = dlibs_chip(image, points[0], 150, 0.25)
    assert np.abs(chip - align.crop(image, points, 150)[0]).mean() < 1.2


@pytest.mark.parametrize(("size", "margin"), [(150, 0.25), (300, 0.1)])
@pytest.mark.parametrize("count", [5, 68])
def test_chips_are_dlibs_up_to_its_rounding_down(portrait, count, size, margin):
    """dlib cuts fractions of a grey level off, which is half a level in the mean."""
    image, points = portrait
    points = points if count == 5 else as_68(points)
    chip = dlibs_chip(image, points[0], size, margin)
    matrix = align.chip_transforms(points, size, crop_margin=margin)
    apart = np.abs(chip - align.warp(image, matrix, size)[0])
    assert apart.mean() < 0.53
    assert apart.max() <= 5


def test_no_faces_give_no_crops():
    for count in (5, 68):
        crops = align.crop(imaging.astronaut(), np.zeros((0, count, 2)), 96)
        assert crops.shape == (0, 96, 96, 3)
    assert align.warp(imaging.astronaut(), np.zeros((0, 2, 3)), 32).shape == (0, 32, 32, 3)


def ramp():
    """A picture that says where each pixel came from: red is x, green is y, blue is 200."""
    rows, columns = np.indices((60, 60)).astype(np.uint8)
    return np.dstack([columns, rows, np.full_like(rows, 200)])


@pytest.mark.parametrize("box", [(-30, 10, 30, 70), (40, -20, 80, 20), (50, 50, 90, 90)])
def test_a_box_over_the_border_never_shows_the_other_side(box):
    """As ``image[y1:y2, x1:x2]`` does, where a negative index counts from the right."""
    side = box[2] - box[0]
    (crop,) = align.warp(ramp(), align.box_transforms([box], side), side)
    x, y = np.meshgrid(np.arange(box[0], box[2]), np.arange(box[1], box[3]))
    inside = (x >= 0) & (x < 60) & (y >= 0) & (y < 60)
    assert 0 < inside.sum() < inside.size
    assert not crop[~inside].any()
    assert (crop[inside] == np.stack([x, y, np.full_like(x, 200)], -1)[inside]).all()


def test_the_border_may_repeat_the_outermost_pixels():
    (crop,) = align.warp(ramp(), align.box_transforms([(-30, 0, 30, 60)], 60), 60, border="edge")
    assert (crop[:, :30, 0] == 0).all()
    assert (crop[..., 2] == 200).all()


def test_a_face_outside_the_picture_is_all_black():
    assert not align.warp(ramp(), align.box_transforms([(100, 100, 140, 140)], 32), 32).any()


def test_a_large_face_is_averaged_not_sampled():
    """A fine chequerboard must become grey, not stripes."""
    board = (np.indices((1600, 1600)).sum(0) % 2 * 255).astype(np.uint8)
    points = align.template(1600, 0.25)[None]
    crop = align.crop(np.dstack([board] * 3), points, 100)[0]
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
        (np.zeros((1, 5, 2)), "face 0: .*one place"),
        (np.stack([align.template(96, 0.25), np.ones((5, 2))]), "face 1: .*one place"),
        (np.zeros((5, 2)), "any x 5 x 2"),
        (np.zeros((1, 7, 2)), "any x 68 x 2"),
        (np.full((1, 5, 2), np.nan), "finite"),
        ("five points", "landmarks"),
        ([[1, 2]], "landmarks"),
    ],
)
def test_points_that_make_no_face_are_refused(points, message):
    with pytest.raises(InputError, match=message):
        align.crop(imaging.astronaut(), points)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda image, points: align.crop(image, points, 0), "size"),
        (lambda image, points: align.crop(image, points, crop_margin=-1), "crop_margin"),
        (lambda image, points: align.crop(image[..., 0], points), "RGB"),
        (lambda image, points: align.warp(image, np.eye(3)), "transforms"),
        (lambda image, points: align.warp(image, np.eye(2, 3), 2.5), "size"),
        (lambda image, points: align.warp(image, np.eye(2, 3), border="wrap"), "border"),
        (lambda image, points: align.template(96, 0.25, 7), "count"),
    ],
)
def test_malformed_inputs_are_named(call, message):
    with pytest.raises(InputError, match=message):
        call(ramp(), align.template(96, 0.25)[None])
