"""Many pictures at once: each crop says where it came from, and policies choose among faces."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facenet_lite import align, imaging
from facenet_lite.errors import InputError

FACE = align.template(60, 0.25)


def picture(height, width, value=200):
    return np.full((height, width, 3), value, np.uint8)


def at(*places):
    """Faces of the template's form: (x, y, scale) of their upper left corners."""
    return np.array([FACE * scale + [x, y] for x, y, scale in places]).reshape(-1, 5, 2)


@pytest.fixture
def batch():
    """Four pictures of four sizes with two, no, one and three faces."""
    images = [
        picture(100, 200, 10),
        picture(80, 80, 20),
        picture(300, 70, 30),
        picture(400, 400, 40),
    ]
    faces = [
        at((0, 0, 1), (90, 20, 1.2)),
        at(),
        at((5, 100, 1)),
        at((300, 300, 1), (170, 170, 1), (0, 0, 2)),
    ]
    return images, faces


def test_every_crop_says_which_picture_and_which_face_it_is(batch):
    found = align.crop_batch(*batch, 48)
    assert len(found) == 6
    assert found.crops.shape == (6, 48, 48, 3)
    assert found.pictures.tolist() == [0, 0, 2, 3, 3, 3]
    assert found.faces.tolist() == [0, 1, 0, 0, 1, 2]


def test_a_batch_is_its_pictures_one_by_one(batch):
    found = align.crop_batch(*batch, 48, crop_margin=0.4)
    for i, (image, faces) in enumerate(zip(*batch, strict=True)):
        np.testing.assert_array_equal(
            found.crops[found.pictures == i], align.crop(image, faces, 48, crop_margin=0.4)
        )


def test_crops_lead_back_to_their_pictures(batch):
    found = align.crop_batch(*batch, 48)
    back = align.inverse(found.transforms)
    where = align.move(np.broadcast_to(align.template(48, 0.25), (6, 5, 2)), back)
    assert where == pytest.approx(np.concatenate(batch[1]), abs=1e-6)


@pytest.mark.parametrize(
    ("policy", "pictures", "faces"),
    [("largest", [0, 2, 3], [1, 0, 2]), ("most_central", [0, 2, 3], [1, 0, 1])],
)
def test_a_policy_takes_one_face_of_each_picture_that_has_any(batch, policy, pictures, faces):
    found = align.crop_batch(*batch, policy=policy)
    assert found.pictures.tolist() == pictures
    assert found.faces.tolist() == faces


def test_no_picture_and_no_face_give_no_crop_under_every_policy():
    for policy in ("all", "largest", "most_central"):
        for images, faces in (([], []), ([picture(9, 9)], [at()])):
            found = align.crop_batch(images, faces, 32, policy=policy)
            assert len(found) == 0
            assert found.crops.shape == (0, 32, 32, 3)
            assert found.transforms.shape == (0, 2, 3)
            assert found.pictures.dtype == found.faces.dtype == np.intp


def test_faces_over_the_border_are_cropped_and_dark_there():
    found = align.crop_batch([picture(60, 60)], [at((-30, 0, 1), (30, 30, 1))], 60)
    assert not found.crops[0][:, :28].any()
    assert (found.crops[0][:, 32:] == 200).all()
    assert (found.crops[1][:28, :28] == 200).all()
    filled = align.crop_batch([picture(60, 60)], [at((-30, 0, 1))], 60, border="edge")
    assert (filled.crops == 200).all()


def test_five_and_68_points_may_be_mixed():
    more = np.zeros((1, 68, 2))
    more[:, list(align.RIGID_68)] = align.template(60, 0.25, 68)
    found = align.crop_batch([imaging.astronaut()] * 2, [at((0, 0, 1)), more], 60)
    assert found.transforms[0] == pytest.approx(found.transforms[1], abs=1e-6)


@settings(deadline=None)
@given(st.permutations(range(5)), st.sampled_from(["largest", "most_central"]))
def test_the_order_of_the_faces_does_not_change_who_is_chosen(order, policy):
    boxes = np.array([[x, y, x + s, y + s] for x, y, s in np.arange(15).reshape(5, 3) + 1], float)
    (first,) = align.choose(boxes, policy, height=20, width=20)
    (again,) = align.choose(boxes[order], policy, height=20, width=20)
    assert order[again] == first


def test_of_equals_the_first_is_chosen():
    boxes = [(0, 0, 4, 4), (16, 16, 20, 20)]
    for policy in ("largest", "most_central"):
        assert align.choose(boxes, policy, height=20, width=20).tolist() == [0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: align.crop_batch([picture(9, 9)], []), "one array for each of 1 pictures"),
        (lambda: align.crop_batch([picture(9, 9)], [None]), "landmarks"),
        (lambda: align.crop_batch([np.zeros((9, 9))], [at()]), "RGB"),
        (lambda: align.crop_batch([], [], 0), "size"),
        (lambda: align.crop_batch([picture(9, 9)], [at()], policy="nearest"), "policy"),
        (lambda: align.choose([(0, 0, 0, 0)], height=9, width=9), "x1 < x2"),
        (lambda: align.choose(np.zeros((0, 4)), "any", height=9, width=9), "policy"),
        (lambda: align.choose(np.zeros((0, 4)), height=0, width=9), "height"),
        (lambda: align.choose(np.zeros((0, 4)), height=9, width=0), "width"),
    ],
)
def test_malformed_inputs_are_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
