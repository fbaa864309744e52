"""What every way of alignment promises: one transform a face, exact, and the way back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facenet_lite import align
from facenet_lite.by_hand.align import face_aligner
from facenet_lite.errors import InputError

SIZE = 96


def template_68():
    """68 points with jaw and brows somewhere: no way of alignment looks at those."""
    points = np.full((68, 2), 7.0)
    points[list(align.RIGID_68)] = align.template(SIZE, 0.25, 68)
    return points


FACES = {5: align.template(SIZE, 0.25), 68: template_68()}

#: By name: how many landmarks it takes, and what it makes of landmarks (N, K, 2).
BY_LANDMARKS = {
    "five points": (5, align.landmark_transforms),
    "68 points": (68, align.landmark_transforms),
    "dlib's chip, five points": (5, align.chip_transforms),
    "dlib's chip, 68 points": (68, align.chip_transforms),
    "eyes, five points": (5, align.eye_transforms),
    "eyes, 68 points": (68, align.eye_transforms),
    "eyes as imutils puts them": (
        5,
        lambda points, size: align.eye_transforms(points, size, eyes_at=face_aligner.EYES_AT),
    ),
}
ways = pytest.mark.parametrize(("count", "way"), BY_LANDMARKS.values(), ids=BY_LANDMARKS.keys())
turns = st.builds(
    lambda degrees, scale, x, y: align.turn(degrees, scale=scale, about=(x, y)),
    st.floats(-180, 180), st.floats(0.25, 4), st.floats(-300, 300), st.floats(-300, 300),
)  # fmt: skip


def some_faces(count, number=4):
    rng = np.random.default_rng(count)
    return FACES[count] + rng.normal(size=(number, count, 2)) * 2


@ways
def test_no_face_gives_no_transform(count, way):
    assert way(np.zeros((0, count, 2)), SIZE).shape == (0, 2, 3)


@ways
def test_each_transform_is_a_similarity_that_does_not_mirror(count, way):
    for matrix in way(some_faces(count), SIZE):
        (a, b), (c, d) = matrix[:, :2]
        assert (a, b) == pytest.approx((d, -c))
        assert a * d - b * c > 0


@ways
@settings(deadline=None, max_examples=25)
@given(order=st.permutations(range(4)))
def test_faces_in_another_order_have_the_same_transforms(count, way, order):
    faces = some_faces(count)
    np.testing.assert_array_equal(way(faces[order], SIZE), way(faces, SIZE)[order])


@ways
@settings(deadline=None, max_examples=25)
@given(turned=turns)
def test_turning_scaling_and_moving_the_picture_changes_nothing_in_the_crop(count, way, turned):
    faces = some_faces(count, 1)
    moved = align.move(faces[0], turned)[None]
    before = align.move(faces, way(faces, SIZE))
    after = align.move(moved, way(moved, SIZE))
    # dlib's step more or less on a square of 24 pixels is four per cent of the crop.
    near = 4.5 if way is align.chip_transforms else 1e-6
    assert np.abs(after - before)[..., 33 * (count == 68) :, :].max() < near


@ways
def test_crop_coordinates_go_back_to_the_picture(count, way):
    faces = some_faces(count)
    transforms = way(faces, SIZE)
    there = align.move(faces, transforms)
    assert align.move(there, align.inverse(transforms)) == pytest.approx(faces, abs=1e-8)


@ways
def test_a_face_that_is_a_point_is_refused_with_its_number(count, way):
    faces = some_faces(count)
    faces[2] = 5.0
    with pytest.raises(InputError, match="face 2"):
        way(faces, SIZE)


@ways
def test_shapes_and_sizes_are_checked(count, way):
    with pytest.raises(InputError, match="landmarks"):
        way(np.zeros((1, 6, 2)), SIZE)
    with pytest.raises(InputError, match="size"):
        way(some_faces(count), 0)


def dots(points, spread, side):
    """A picture with a bright dot at each point, which fades over ``spread`` pixels."""
    reach = np.arange(side)
    across = np.exp(-((reach[None] - points[:, :1]) ** 2) / (2 * spread**2))  # (K, side)
    down = np.exp(-((reach[None] - points[:, 1:]) ** 2) / (2 * spread**2))
    grey = np.clip(255 * np.einsum("kr,kc->rc", down, across), 0, 255).astype(np.uint8)
    return np.dstack([grey] * 3)


def where_the_dots_are(crop, near):
    """The middle of the brightness within 6 pixels of each place."""
    rows, columns = np.indices(crop.shape[:2])
    found = []
    for x, y in near:
        weight = crop[..., 0] * ((rows - y) ** 2 + (columns - x) ** 2 < 6.5**2)
        found.append(
            [(weight * columns).sum() / weight.sum(), (weight * rows).sum() / weight.sum()]
        )
    return np.array(found)


@pytest.mark.parametrize("scale", [0.25, 0.5, 1, 2, 4])
def test_pixels_arrive_within_half_a_pixel_at_every_angle(scale):
    """Not the matrices but the picture itself is asked, from -180 to 180 degrees."""
    template = align.template(SIZE, 0.25)
    errors = []
    for degrees in range(-180, 180, 10):
        spin = align.turn(degrees, scale=scale, about=(47.5, 47.5))
        middle = 70 * scale + 4.3
        points = align.move(template, spin) - 47.5 + middle
        image = dots(points, 2.2 * scale, int(2 * middle))
        crop = align.crop(image, points[None], SIZE)[0]
        errors.append(np.linalg.norm(where_the_dots_are(crop, template) - template, axis=1).mean())
    assert max(errors) < 0.5


def test_eyes_go_where_they_are_wanted_and_the_rest_as_it_falls():
    faces = some_faces(5)
    moved = align.move(faces, align.eye_transforms(faces, SIZE))
    eyes = np.stack([moved[:, :2].mean(1), moved[:, 2:4].mean(1)], axis=1)
    assert eyes == pytest.approx(np.broadcast_to(align.eye_places(SIZE, 0.25), eyes.shape))
    apart = np.linalg.norm(moved[:, 4] - align.template(SIZE, 0.25)[4], axis=1)
    fitted = align.move(faces, align.landmark_transforms(faces, SIZE))
    assert (
        apart.mean() > np.linalg.norm(fitted[:, 4] - align.template(SIZE, 0.25)[4], axis=1).mean()
    )


def test_imutils_eyes_by_hand():
    faces = np.array([[[70, 50], [70, 50], [30, 50], [30, 50], [50, 70]]], float)
    (matrix,) = align.eye_transforms(faces, 100, eyes_at=(0.3, 0.4))
    assert matrix == pytest.approx(np.array([[1, 0, 0], [0, 1, -10]]))


def test_a_box_by_hand():
    """A box of 20 x 10 at (10, 30): its square of 20 fills 40 pixels."""
    (matrix,) = align.box_transforms([(10, 30, 30, 40)], 40)
    assert matrix[:, :2] == pytest.approx(2 * np.eye(2))
    # The box's edges, half a pixel before the first pixel's middle, go to the crop's edges.
    assert align.move([9.5, 34.5], matrix) == pytest.approx([-0.5, 19.5])
    assert align.move([29.5, 34.5], matrix) == pytest.approx([39.5, 19.5])


def test_a_margin_shows_more_and_a_negative_one_less():
    box = [(10, 10, 30, 30)]
    scales = [align.box_transforms(box, 20, crop_margin=m)[0, 0, 0] for m in (-0.25, 0, 0.5)]
    assert scales == pytest.approx([2, 1, 0.5])


def test_the_whole_picture_is_its_own_centre_crop():
    assert align.centre_transform(96, 96) == pytest.approx(np.eye(2, 3)[None])
    (matrix,) = align.centre_transform(100, 200, 50, share=0.5)
    assert align.move([99.5, 49.5], matrix) == pytest.approx([24.5, 24.5])
    assert matrix[0, 0] == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: align.box_transforms([(0, 0, 0, 5)]), "x1 < x2"),
        (lambda: align.box_transforms([(0, 0, 5, 5)], crop_margin=-0.5), "crop_margin"),
        (lambda: align.box_transforms([(0, 0, 5, 5)], 1.5), "size"),
        (lambda: align.centre_transform(0, 5), "height"),
        (lambda: align.centre_transform(5, 0), "width"),
        (lambda: align.centre_transform(5, 5, 0), "size"),
        (lambda: align.centre_transform(5, 5, share=0), "share"),
        (lambda: align.eye_transforms(FACES[5][None], eyes_at=(0.5, 0.3)), "eyes_at"),
        (lambda: align.eye_transforms(FACES[5][None], eyes_at=(0.3, 2)), "eyes_at"),
        (lambda: align.chip_transforms(FACES[5][None] * 1e-3, 96), "one pixel"),
    ],
)
def test_malformed_framings_are_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
