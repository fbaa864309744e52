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


@pytest.fixture(scope="module", params=[*detect.NAMES, "fast mmod"])
def detector(request):
    return detect.load(request.param.removeprefix("fast "), fast=request.param.startswith("fast"))


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


def test_its_frame_is_that_of_a_box_of_the_same_face(detector):
    assert isinstance(detector.frame, boxes.Frame)
    right, down, width, height = detector.frame
    assert max(abs(right), abs(down)) < 0.5
    assert 0.5 < width < 2
    assert 0.5 < height < 2


def luminance(colour):
    """The relative luminance of ``#rrggbb``, as the WCAG define it."""
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return np.dot(linear, (0.2126, 0.7152, 0.0722))


@pytest.mark.parametrize("page", ["#ffffff", "#121212"], ids=["white page", "dark page"])
def test_its_colour_stands_out_from_the_page(detector, page):
    darker, lighter = sorted(map(luminance, (detector.colour, page)))
    assert (lighter + 0.05) / (darker + 0.05) >= 3


@pytest.mark.parametrize("field", ["name", "label", "colour"])
def test_no_two_detectors_declare_the_same(field):
    declared = [getattr(one, field) for one in detect.DETECTORS.values()]
    assert all(declared)
    assert len(set(declared)) == len(declared)


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


def test_it_scores_a_portrait_higher_than_the_same_with_red_and_blue_exchanged(detector):
    portrait = imaging.grace_hopper()
    right, wrong = (
        detector.detect(np.ascontiguousarray(p)) for p in (portrait, portrait[..., ::-1])
    )
    assert right.scores[0] > wrong.scores[:1].sum()


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
