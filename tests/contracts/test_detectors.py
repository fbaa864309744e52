"""What every detector promises: a new one is tested by being registered."""

import dataclasses

import numpy as np
import pytest

from facenet_lite import boxes, detect, imaging
from facenet_lite.errors import InputError
from facenet_lite.types import Detections

ASTRONAUT = np.array([[175, 65, 272, 175]], np.float32)
"""Around the face, from the hairline to the chin, drawn by hand."""


@pytest.fixture(scope="module")
def astronaut():
    return imaging.astronaut()


@pytest.fixture(scope="module")
def head(astronaut):
    """A quarter of the picture, with the face: enough where the whole shows nothing more."""
    return np.ascontiguousarray(astronaut[:256, 96:352])


@pytest.fixture(scope="module", params=detect.NAMES)
def detector(request):
    return detect.load(request.param)


@pytest.fixture(scope="module")
def found(detector, astronaut):
    """What is found in the whole picture, which some tests look at and none makes again."""
    return detector.detect(astronaut)


@pytest.fixture(scope="module")
def found_in_head(detector, head):
    rows = detector.detect(head)
    assert len(rows) >= 1
    return rows


def test_it_knows_its_name(detector):
    assert detector.name in detect.NAMES
    assert detect.load(detector.name).name == detector.name


def test_its_surest_box_is_the_astronauts_face(found):
    assert boxes.iou(found.boxes[:1], ASTRONAUT)[0, 0] > 0.5


def test_it_finds_grace_hopper(detector):
    (x1, y1, x2, y2), *_ = detector.detect(imaging.grace_hopper()).boxes
    assert x1 < 270 < x2  # the bridge of her nose
    assert y1 < 220 < y2


def test_boxes_and_scores_are_float32_and_in_order(found):
    assert isinstance(found, Detections)
    assert found.boxes.dtype == found.scores.dtype == np.float32
    assert (np.diff(found.scores) <= 0).all()


def test_it_gives_the_same_answer_twice(detector, head, found_in_head):
    assert detector.detect(head) == found_in_head


def test_it_leaves_the_picture_as_it_was(detector, head):
    given = head.copy()
    detector.detect(given)
    assert np.array_equal(given, head)


def test_a_view_with_other_strides_gives_the_same_answer(detector, head):
    mirrored = head[:, ::-1]
    assert not mirrored.flags.c_contiguous
    assert detector.detect(mirrored) == detector.detect(mirrored.copy())


def test_a_read_only_picture_is_accepted(detector, head, found_in_head):
    locked = head.copy()
    locked.flags.writeable = False
    assert detector.detect(locked) == found_in_head


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 500), (500, 1), (5, 700), (24, 24), (29, 31), (64, 64), (301, 299)]
)
def test_a_picture_without_a_face_gives_no_rows_at_any_size(detector, shape):
    grey = np.full((*shape, 3), 127, np.uint8)
    assert len(detector.detect(grey)) == 0


def test_two_faces_in_one_picture_are_both_found(detector, astronaut):
    head = astronaut[20:220, 120:320]
    pair = np.full((400, 400, 3), 127, np.uint8)
    pair[100:300] = np.concatenate([head, head[:, ::-1]], axis=1)
    boxes = detector.detect(pair).boxes
    centres = (boxes[:, 0] + boxes[:, 2]) / 2
    assert (centres < 200).sum() == (centres > 200).sum() == 1


def test_a_face_moves_with_the_picture(detector, head, found_in_head):
    shifted = np.pad(head, ((0, 0), (40, 0), (0, 0)), mode="edge")
    here, there = found_in_head.boxes[0], detector.detect(shifted).boxes[0]
    assert there - here == pytest.approx([40, 0, 40, 0], abs=14)


@pytest.mark.parametrize("name", [name for name in detect.NAMES if name != "haar"])
def test_its_colours_are_rgb(name, head):
    """Red and blue exchanged is another picture: the answer may be worse, but it differs.

    A Haar cascade looks at grey only, where the exchange changes no more than the weights.
    """
    detector = detect.load(name)
    right, wrong = detector.detect(head), detector.detect(head[..., ::-1].copy())
    assert right.scores[0] != wrong.scores[:1].sum()


@pytest.mark.parametrize(
    ("image", "remedy"),
    [
        (None, "read_image"),
        ("astronaut.png", "read_image"),
        (np.zeros((10, 10), np.uint8), "grey"),
        (np.zeros((10, 10, 4), np.uint8), "alpha"),
        (np.zeros((10, 10, 3), np.float32), "astype"),
        (np.zeros((0, 10, 3), np.uint8), "uint8"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_remedy(detector, image, remedy):
    with pytest.raises(InputError, match=remedy):
        detector.detect(image)


def test_settings_are_fields_that_can_be_replaced(detector):
    names = {field.name for field in dataclasses.fields(detector) if field.init}
    assert names & {"scale_factor", "score_threshold"}
    assert detector.__doc__
    documented = names - {"cascade", "network", "model"}
    assert all(f"``{name}``" in detector.__doc__ for name in documented)
