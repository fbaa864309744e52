"""Which point is which, and what a mirror does to names."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from facenet_lite import detect, imaging, landmarks
from facenet_lite.errors import InputError
from facenet_lite.landmarks.points import FIVE_OF_68, MIRROR

PLACES = st.floats(-500, 500, width=32)


@pytest.mark.parametrize("count", landmarks.COUNTS)
def test_every_point_is_in_one_group_and_the_groups_are_in_order(count):
    numbers = [i for group in landmarks.GROUPS[count].values() for i in group]
    assert numbers == list(range(count))


@pytest.mark.parametrize("count", landmarks.COUNTS)
def test_mirroring_swaps_left_and_right_groups(count):
    for name, group in landmarks.GROUPS[count].items():
        other = name.replace("left", "X").replace("right", "left").replace("X", "right")
        assert {MIRROR[count][i] for i in group} == set(landmarks.GROUPS[count][other])


@pytest.mark.parametrize("count", landmarks.COUNTS)
@given(data=st.data())
def test_mirroring_twice_changes_nothing(count, data):
    points = data.draw(arrays(np.float32, (2, count, 2), elements=PLACES))
    twice = landmarks.mirrored(landmarks.mirrored(points, 100), 100)
    np.testing.assert_allclose(twice, points, atol=1e-4)


def test_the_first_column_becomes_the_last():
    points = np.zeros((1, 5, 2), np.float32)
    assert landmarks.mirrored(points, 640)[0, 0].tolist() == [639, 0]


@pytest.mark.parametrize("count", landmarks.COUNTS)
def test_the_mirrored_picture_has_the_mirrored_points(count):
    image = imaging.astronaut()
    flipped = np.ascontiguousarray(image[:, ::-1])
    box = detect.load("hog").detect(image).boxes[:1]
    other = box.copy()
    other[:, [0, 2]] = 512 - box[:, [2, 0]]
    locate = landmarks.load(count).locate
    expected = landmarks.mirrored(locate(image, box), 512)
    assert landmarks.normalised_mean_error(locate(flipped, other), expected)[0] < 0.05
    wrong = landmarks.normalised_mean_error(locate(flipped, other), expected[:, MIRROR[count]])
    assert wrong[0] > 0.4  # with the names on the wrong sides


def test_the_five_points_are_where_their_names_say_among_the_68():
    names = {i: name for name, group in landmarks.GROUPS[68].items() for i in group}
    for name, number in zip(landmarks.POINTS_5, FIVE_OF_68, strict=True):
        assert names[number] == ("nose base" if "nose" in name else name.split(",")[0])


def test_both_models_agree_on_the_five_points():
    image = imaging.astronaut()
    box = detect.load("hog").detect(image).boxes[:1]
    five = landmarks.to_five(landmarks.load(68).locate(image, box))
    assert landmarks.normalised_mean_error(five, landmarks.load(5).locate(image, box))[0] < 0.06


def test_no_faces_stay_no_faces():
    assert landmarks.to_five(np.zeros((0, 68, 2))).shape == (0, 5, 2)
    assert landmarks.mirrored(np.zeros((0, 68, 2)), 10).shape == (0, 68, 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: landmarks.to_five(np.zeros((1, 5, 2))), r"shape \(any x 68 x 2\)"),
        (lambda: landmarks.mirrored(np.zeros((1, 7, 2)), 10), "expected 5 or 68 points"),
        (lambda: landmarks.mirrored(np.zeros((1, 5, 2)), 0), "width: expected a whole number"),
        (lambda: landmarks.mirrored([[[np.nan, 0]] * 5], 10), "expected finite numbers"),
    ],
)
def test_other_input_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
