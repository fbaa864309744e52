"""The detector trained in the page: finds both faces, and learns from its mistakes."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite import boxes, imaging
from facenet_lite.by_hand.detect import svm, window, window_training
from facenet_lite.errors import InputError

# dlib's HOG (upsampled once) puts the two faces here.
ASTRONAUT = [[175, 76, 266, 167]]
HOPPER = [[180, 139, 367, 326]]


@pytest.fixture(scope="module")
def rounds() -> list[window_training.Round]:
    return window_training.train(window_training.backgrounds())


@pytest.mark.parametrize("name", ["astronaut", "grace_hopper"])
def test_the_surest_box_is_the_face(rounds, name: str) -> None:
    found = rounds[-1].detector.detect(getattr(imaging, name)())
    truth = {"astronaut": ASTRONAUT, "grace_hopper": HOPPER}[name]
    assert boxes.iou(found.boxes[:1], truth)[0, 0] >= 0.6


def test_hard_negatives_remove_nearly_all_false_alarms(rounds) -> None:
    alarms = [each.false_alarms for each in rounds]
    assert alarms[0] > 300
    assert alarms[1] < alarms[0] / 10
    assert alarms[2] <= alarms[1] / 2
    assert [each.others for each in rounds] == sorted({each.others for each in rounds})


def test_pictures_never_trained_on_gain_too(rounds) -> None:
    held_out = window_training.backgrounds(window_training.HELD_OUT)
    first, last = (
        sum(len(each.detector.search(grey)[0]) for grey in held_out)
        for each in (rounds[0], rounds[-1])
    )
    assert first > 100
    assert last < first / 10


def test_scores_of_the_map_are_scores_of_the_windows(rounds) -> None:
    detector = rounds[0].detector
    grey = imaging.to_grey(imaging.astronaut())[50:180, 150:290]
    features = window.block_map(grey)
    scores = window.window_scores(features, detector.svm)
    assert scores.shape == (features.shape[0] - 6, features.shape[1] - 6)
    by_one = detector.svm.scores(features[2:9, 3:10].reshape(1, -1))[0]
    assert scores[2, 3] == pytest.approx(by_one)


def test_a_tile_has_the_features_of_its_inside_in_a_picture() -> None:
    grey = imaging.to_grey(imaging.astronaut())
    features = window.block_map(grey[60:200, 150:290])
    tile = grey[60 + 11 : 60 + 61, 150 + 17 : 150 + 67]  # begins one pixel before cell (2, 3)
    assert np.allclose(window.tile_features(tile[None])[0], features[2:9, 3:10].ravel())


def test_tiles_are_a_hundred_faces_and_a_hundred_others() -> None:
    faces, others = window_training.tiles()
    assert faces.shape == others.shape == (100, 50, 50)
    assert -60 < faces.min() < faces.max() < 320  # cubic interpolation overshoots a little


def test_nothing_to_find_is_empty(rounds) -> None:
    flat = np.full((120, 160, 3), 128, np.uint8)
    found = rounds[-1].detector.detect(flat)
    assert len(found) == 0
    tiny, features = rounds[-1].detector.search(np.zeros((20, 20), np.uint8))
    assert len(tiny) == 0
    assert features.shape == (0, window.DIMENSIONS)


def test_a_map_smaller_than_the_window_has_no_scores(rounds) -> None:
    scores = window.window_scores(np.zeros((3, 9, 72)), rounds[0].detector.svm)
    assert scores.shape == (0, 3)


def test_a_smaller_min_size_finds_smaller_faces(rounds) -> None:
    small = imaging.resize(imaging.astronaut(), height=160)
    truth = np.array(ASTRONAUT) * 160 / 512  # 28 pixels wide
    overlap = []
    for min_size in (48, 24):
        found = window.WindowDetector(rounds[-1].detector.svm, min_size=min_size).detect(small)
        sides = found.boxes[:, 2] - found.boxes[:, 0]
        assert np.all(sides >= min_size - 0.01)
        overlap.append(boxes.iou(found.boxes, truth).max(initial=0))
    assert overlap[0] < 0.5 < overlap[1]


def test_the_template_adds_a_cells_weights_over_its_blocks() -> None:
    ones = window.template(svm.LinearSvm(np.ones(window.DIMENSIONS), 0.0))
    assert ones.shape == (8, 8, 18)
    assert ones[0, 0, 0] == 1  # a corner belongs to one block
    assert ones[0, 3, 0] == 2
    assert ones[3, 3, 17] == 4
    single = np.zeros((7, 7, 2, 2, 18))
    single[2, 3, 1, 0, 5] = 1.0  # the lower left cell of the block at row 2, column 3
    assert np.argwhere(window.template(svm.LinearSvm(single.ravel(), 0.0))).tolist() == [[3, 3, 5]]
    with pytest.raises(InputError, match="svm: expected"):
        window.template(svm.LinearSvm(np.ones(3), 0.0))


good = svm.LinearSvm(np.zeros(window.DIMENSIONS), 0.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: window.WindowDetector(svm.LinearSvm(np.zeros(5), 0.0)), "svm: expected"),
        (lambda: window.WindowDetector("svm"), "svm: expected"),
        (lambda: window.WindowDetector(good, scale_factor=1.0), "scale_factor: expected"),
        (lambda: window.WindowDetector(good, min_size=10), "min_size: expected"),
        (lambda: window.WindowDetector(good, max_iou=2), "max_iou: expected"),
        (lambda: window.WindowDetector(good, score_threshold="low"), "score_threshold: expected"),
        (
            lambda: window.WindowDetector(good).detect(np.zeros((60, 60), np.uint8)),
            "image: expected",
        ),
        (lambda: window.WindowDetector(good).search(np.zeros((60, 60))), "grey: expected"),
        (lambda: window.tile_features(np.zeros((2, 25, 25))), "tiles: expected"),
        (lambda: window_training.backgrounds(["astronaut"]), "names: expected one of"),
        (lambda: window_training.train([]), "pictures: expected"),
        (
            lambda: window_training.train([np.zeros((9, 9, 3), np.uint8)]),
            r"pictures\[0\]: expected",
        ),
        (
            lambda: window_training.train([np.zeros((9, 9), np.uint8)], hard_negatives=-1),
            "hard_neg",
        ),
    ],
)
def test_malformed_input_is_named(call, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
