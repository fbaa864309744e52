"""Boxes of other detectors, turned into the ones that dlib's landmarkers expect."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facenet_lite import detect, imaging, landmarks
from facenet_lite.book import results
from facenet_lite.errors import InputError
from facenet_lite.landmarks import framing

BOX = np.array([[10, 20, 110, 220]], np.float32)


def test_a_frame_worked_by_hand():
    seen = framing.as_seen_from(BOX, [[20, 70, 70, 170]])
    np.testing.assert_allclose(seen, [[-0.15, 0, 0.5, 0.5]], atol=1e-6)


@pytest.mark.parametrize("name", framing.FRAMES)
@given(x=st.floats(-500, 500), y=st.floats(-500, 500), w=st.floats(20, 300), h=st.floats(20, 300))
def test_a_reframed_box_is_seen_as_the_frame_says(name, x, y, w, h):
    box = np.array([[x, y, x + w, y + h]], np.float32)
    seen = framing.as_seen_from(box, landmarks.reframe(box, name))
    np.testing.assert_allclose(seen[0], framing.FRAMES[name], atol=1e-3)


def test_hogs_own_boxes_stay():
    np.testing.assert_array_equal(landmarks.reframe(BOX, "hog"), BOX)


def test_every_detector_has_a_frame():
    assert set(framing.FRAMES) == set(get_args(framing.Framing)) == set(detect.NAMES)


def test_the_frames_are_the_recorded_ones():
    data = results.load("landmarks")["data"]
    for name, frame in framing.FRAMES.items():
        np.testing.assert_allclose(frame, data["framing"][name]["mean"], atol=1e-9)
    np.testing.assert_allclose(framing.AROUND_68, data["around"]["mean"], atol=1e-9)


@pytest.mark.parametrize("name", ["haar", "ssd"])  # a CNN's single box scatters by more
@pytest.mark.parametrize("portrait", ["astronaut", "grace_hopper"])
def test_reframing_brings_a_box_nearer_to_hogs(name, portrait):
    image = getattr(imaging, portrait)()
    hog = detect.load("hog").detect(image).boxes[:1]
    own = detect.load(name).detect(image).boxes[:1]
    off = [
        np.abs(framing.as_seen_from(b, hog) - [0, 0, 1, 1]).sum()
        for b in (own, landmarks.reframe(own, name))
    ]
    assert off[1] < off[0]


def test_the_box_around_the_points_is_about_hogs():
    image = imaging.astronaut()
    hog = detect.load("hog").detect(image).boxes[:1]
    box = framing.box_around(landmarks.load(68).locate(image, hog))
    assert np.abs(framing.as_seen_from(box, hog) - [0, 0, 1, 1]).max() < 0.12


def test_no_boxes_give_no_boxes():
    assert landmarks.reframe(np.zeros((0, 4)), "ssd").shape == (0, 4)
    assert framing.box_around(np.zeros((0, 68, 2))).shape == (0, 4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: landmarks.reframe(BOX, "yolo"), "detector: expected one of 'haar'.*got 'yolo'"),
        (lambda: landmarks.reframe([[1, 1, 0, 0]], "haar"), "expected x1 < x2"),
        (lambda: framing.box_around(np.zeros((1, 5, 2))), r"any x 68 x 2"),
        (lambda: framing.box_around(np.zeros((1, 68, 2))), "expected x1 < x2"),
    ],
)
def test_other_input_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
