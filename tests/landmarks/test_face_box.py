"""The box that HOG would draw around a face, from its 68 points."""

import numpy as np
import pytest

from facenet_lite import boxes, detect, imaging, landmarks
from facenet_lite.book import results
from facenet_lite.errors import InputError
from facenet_lite.landmarks import face_box


def test_the_recorded_place_about_the_points_is_the_one_in_use():
    recorded = results.load("landmarks")["data"]["around"]["mean"]
    np.testing.assert_allclose(face_box.AROUND_68, recorded, atol=1e-9)


def test_the_box_around_the_points_is_about_hogs():
    image = imaging.astronaut()
    hog = detect.load("hog").detect(image).boxes[:1]
    box = landmarks.box_around(landmarks.load(68).locate(image, hog))
    assert np.abs(boxes.as_seen_from(box, hog) - [0, 0, 1, 1]).max() < 0.12


def test_no_faces_give_no_boxes():
    assert landmarks.box_around(np.zeros((0, 68, 2))).shape == (0, 4)


@pytest.mark.parametrize(
    ("points", "message"),
    [(np.zeros((1, 5, 2)), r"any x 68 x 2"), (np.zeros((1, 68, 2)), "expected x1 < x2")],
)
def test_other_points_are_refused(points, message):
    with pytest.raises(InputError, match=message):
        landmarks.box_around(points)
