"""imutils' FaceAligner raises as it is, runs with Python's numbers, and is what we say it is."""

import cv2
import dlib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imutils.face_utils import FaceAligner, facealigner

from facenet_lite import align, imaging
from facenet_lite.by_hand.align import face_aligner
from facenet_lite.errors import InputError


def face(degrees=0.0, scale=1.0):
    """68 whole points of a face around (150, 120): the template's, with zeros for jaw and brows."""
    points = np.zeros((68, 2))
    points[list(align.RIGID_68)] = align.TEMPLATE_68
    turned = align.move(points, align.turn(degrees, scale=100 * scale, about=(0.5, 0.5)))
    return np.rint(turned + np.array([150, 120]))


def predictor(points):
    """What dlib's predictor would be, had it found these points."""
    parts = [dlib.point(int(x), int(y)) for x, y in points]
    return lambda grey, rect: dlib.full_object_detection(rect, parts)


def call(points, image, size=128):
    aligner = FaceAligner(predictor(points), desiredFaceWidth=size)
    return aligner.align(image, imaging.to_grey(image), dlib.rectangle(0, 0, 9, 9))


def test_as_it_is_it_raises_since_opencv_takes_no_numpy_integers():
    with pytest.raises(TypeError, match="Can't parse 'center'"):
        call(face(), imaging.astronaut())


@pytest.mark.parametrize("degrees", [-170, -60, 0, 33, 90])
def test_with_pythons_numbers_it_runs_and_is_pixel_for_pixel_ours(degrees):
    image, points = imaging.astronaut(), face(degrees, 0.8)
    with face_aligner.python_numbers():
        theirs = call(points, image)
    matrix = face_aligner.transform(points, 128)
    ours = cv2.warpAffine(image, matrix, (128, 128), flags=cv2.INTER_CUBIC)
    assert np.abs(theirs.astype(int) - ours).max() <= 1


def test_imutils_is_left_as_it_was_even_after_an_error():
    with pytest.raises(ZeroDivisionError), face_aligner.python_numbers():
        raise ZeroDivisionError
    assert facealigner.cv2 is cv2


@settings(deadline=None, max_examples=60)
@given(st.floats(-180, 180), st.floats(0.5, 3))
def test_the_eyes_lie_within_its_rounding_of_where_they_should(degrees, scale):
    """It cuts the eyes' middles, and the point between, to whole pixels: under 2 pixels in all."""
    points = face(degrees, scale)
    theirs = face_aligner.transform(points, 256)
    (ours,) = align.eye_transforms(points[None], 256, eyes_at=face_aligner.EYES_AT)
    eyes = np.stack([points[36:42].mean(0), points[42:48].mean(0)])
    away = np.linalg.norm(align.move(eyes, theirs) - align.move(eyes, ours), axis=1)
    assert away.max() < 2 * align.angle_and_scale(theirs)[1]


@pytest.mark.parametrize(
    ("points", "size", "message"),
    [(np.zeros((5, 2)), 256, "68"), (face(), 0, "size"), (np.full((68, 2), np.nan), 9, "finite")],
)
def test_malformed_inputs_are_named(points, size, message):
    with pytest.raises(InputError, match=message):
        face_aligner.transform(points, size)
