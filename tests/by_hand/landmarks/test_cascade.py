"""dlib's trees by hand, against dlib: the same pixels, the same branches, the same points."""

import numpy as np
import pytest

from facenet_lite import assets, detect, imaging, landmarks
from facenet_lite.by_hand.landmarks import cascade
from facenet_lite.by_hand.landmarks.cascade import TreeCascade, TreeLevel
from facenet_lite.by_hand.landmarks.cascade_file import read_cascade
from facenet_lite.errors import InputError


@pytest.fixture(scope="module")
def five():
    return read_cascade(assets.fetch("landmarks_5"))


@pytest.fixture(scope="module")
def predictor():
    return landmarks.load(5)


@pytest.mark.parametrize("portrait", ["astronaut", "grace_hopper"])
def test_by_hand_and_dlib_agree_to_the_pixel_that_dlib_rounds_to(five, predictor, portrait):
    image = getattr(imaging, portrait)()
    box = detect.load("hog").detect(image).boxes[:1]
    moves = np.random.default_rng(0).normal(0, 15, (40, 2))
    boxes = (box + np.tile(moves, 2)).astype(np.float32)
    boxes[:5] -= 250  # partly or wholly outside the picture
    found = five.locate(image, boxes)
    np.testing.assert_array_equal(np.floor(found + 0.5), predictor.locate(image, boxes))


def test_the_search_starts_at_the_mean_shape_and_ends_at_the_answer(five):
    image = imaging.astronaut()
    boxes = np.array([[100, 100, 201, 201], [175, 76, 266, 167]], np.float32)
    stages = five.stages(image, boxes)
    assert stages.shape == (16, 2, 5, 2)
    np.testing.assert_allclose(stages[0, 0], 100 + 100 * five.mean, atol=1e-4)
    np.testing.assert_array_equal(stages[-1], five.locate(image, boxes))


def test_no_boxes_give_no_points(five):
    assert five.locate(imaging.astronaut(), np.zeros((0, 4))).shape == (0, 5, 2)


def test_intensity_rounds_the_mean_of_the_colours_down():
    assert cascade.intensity(np.array([[[1, 1, 3], [255, 255, 254]]], np.uint8)).tolist() == [
        [1, 254]
    ]


def tree(thresholds):
    """One tree of three questions over two places, whose leaves answer 1, 2, 3, 4."""
    pairs = np.array([[[0, 1], [0, 1], [1, 0]]])
    leaves = np.arange(1, 5, dtype=np.float32).reshape(1, 4, 1, 1).repeat(2, axis=3)
    places = np.array([[0, 0], [0.5, 0]], np.float32)
    return TreeLevel(np.zeros(2, int), places, pairs, np.array([thresholds], np.float32), leaves)


@pytest.mark.parametrize(
    ("first", "second", "leaf"),
    [(90, 10, 0), (60, 20, 1), (20, 60, 2), (20, 20, 3), (30, 20, 3)],
)
def test_yes_is_brighter_by_more_than_the_threshold(first, second, leaf):
    values = np.array([[first, second]], np.float32)
    assert cascade.leaf_of(tree([10, 50, 30]), values).tolist() == [[leaf]]


def test_a_face_is_moved_by_the_sum_of_its_leaves():
    level = tree([10, 50, 30])
    twice = level._replace(
        pairs=level.pairs.repeat(2, axis=0),
        thresholds=level.thresholds.repeat(2, axis=0),
        leaves=level.leaves.repeat(2, axis=0),
    )
    start = np.full((1, 1, 2), 0.5, np.float32)
    moved = cascade.moved(twice, start, np.array([[90, 10]], np.float32))
    assert moved.tolist() == [[[2.5, 2.5]]]


def test_places_turn_and_grow_with_the_shape_and_are_black_outside():
    picture = np.arange(1, 122, dtype=np.uint8).reshape(1, 11, 11)
    mean = np.array([[0, 0], [0.2, 0]], np.float32)
    level = tree([0, 0, 0])._replace(deltas=np.array([[0.2, 0], [0, -0.2]], np.float32))
    box = np.array([[0, 0, 11, 11]], np.float32)
    turned = np.array([[[0.5, 0.5], [0.5, 0.9]]], np.float32)  # a quarter turn, twice as large
    first = np.zeros(1, int)
    seen = cascade.look(picture, first, cascade.places(box, turned, mean, level))
    # 0.2 to the right becomes 0.4 down; 0.2 up becomes 0.4 to the right
    assert seen.tolist() == [[picture[0, 9, 5], picture[0, 5, 9]]]
    outside = cascade.look(picture, first, cascade.places(box - 200, turned, mean, level))
    assert outside.tolist() == [[0, 0]]


@pytest.mark.parametrize(
    ("image", "boxes", "message"),
    [
        ("face.png", [[0, 0, 9, 9]], "image: expected an RGB picture"),
        (np.zeros((9, 9, 3), np.uint8), [[0, 0, 1, 9]], "more than one pixel"),
        (np.zeros((9, 9, 3), np.uint8), [1, 2, 3, 4], "boxes: expected"),
    ],
)
def test_other_input_is_refused(image, boxes, message):
    with pytest.raises(InputError, match=message):
        TreeCascade(np.zeros((5, 2), np.float32), []).locate(image, boxes)
