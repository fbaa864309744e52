"""Points on a face, as dlib finds them."""

import dlib
import numpy as np
import pytest

from facenet_lite import assets, detect, imaging, landmarks
from facenet_lite.errors import InputError


@pytest.fixture(scope="module")
def five():
    return landmarks.load(5)


@pytest.mark.parametrize("count", landmarks.COUNTS)
def test_the_points_are_dlibs(count):
    image = imaging.astronaut()
    boxes = detect.load("hog").detect(image).boxes
    predictor = dlib.shape_predictor(str(assets.fetch(f"landmarks_{count}")))
    x1, y1, x2, y2 = (int(v) for v in boxes[0])
    shape = predictor(image, dlib.rectangle(x1, y1, x2 - 1, y2 - 1))
    found = landmarks.load(count).locate(image, boxes)
    assert found.dtype == np.float32
    assert found.shape == (len(boxes), count, 2)
    assert found[0].tolist() == [[p.x, p.y] for p in shape.parts()]


def test_the_names_are_in_the_points_order(five):
    image = imaging.astronaut()
    points = five.locate(image, detect.load("hog").detect(image).boxes[:1])[0]
    x = dict(zip(landmarks.POINTS_5, points[:, 0], strict=True))
    # she looks at us, so her left eye is on the right of the picture
    assert x["right eye, outer corner"] < x["right eye, inner corner"]
    assert x["right eye, inner corner"] < x["base of the nose"] < x["left eye, inner corner"]
    assert x["left eye, inner corner"] < x["left eye, outer corner"]


def test_no_boxes_give_no_points(five):
    assert five.locate(imaging.astronaut(), np.zeros((0, 4))).shape == (0, 5, 2)


def test_a_box_outside_the_picture_is_allowed(five):
    points = five.locate(imaging.astronaut(), [[-300, -300, -200, -200]])
    assert np.isfinite(points).all()


def test_another_number_of_points_is_refused():
    with pytest.raises(InputError, match="count: expected one of 5, 68, got 7"):
        landmarks.load(7)


def test_boxes_of_another_form_are_refused(five):
    with pytest.raises(InputError, match="xywh_to_xyxy"):
        five.locate(imaging.astronaut(), [[100, 100, 50, 50]])
