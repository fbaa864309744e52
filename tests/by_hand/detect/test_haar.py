"""Every window is judged as OpenCV judges it, stage by stage, and the faces are its faces.

The tolerance is none: sets of windows and boxes are compared as whole numbers, and are equal.
OpenCV shows its verdict on a stage when the file ends with that stage: what it then accepts,
ungrouped, are the windows that pass.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from facenet_lite import assets, imaging
from facenet_lite.boxes import clip
from facenet_lite.by_hand.detect import cascade_file, haar
from facenet_lite.detect.haar import HaarDetector
from facenet_lite.errors import InputError

PHOTOS = {"astronaut": imaging.astronaut, "grace_hopper": imaging.grace_hopper}


@pytest.fixture(scope="module")
def path():
    return assets.fetch("haar_frontalface_default")


@pytest.fixture(scope="module")
def cascade(path):
    return cascade_file.read_cascade(path)


@pytest.fixture(scope="module", params=PHOTOS)
def grey(request):
    return imaging.to_grey(PHOTOS[request.param]())


@pytest.fixture(scope="module")
def scanned(cascade, grey):
    return haar.scan(cascade, grey, scale_factor=1.2)


def as_set(boxes, grey):
    inside = clip(boxes, height=grey.shape[0], width=grey.shape[1])
    return sorted(map(tuple, inside.astype(int).tolist()))


def opencv(classifier, grey, scale_factor, min_neighbors, min_size=30):
    found = classifier.detectMultiScale(
        grey, scale_factor, min_neighbors, minSize=(min_size, min_size)
    )
    boxes = np.asarray(found, int).reshape(-1, 4).copy()
    boxes[:, 2:] += boxes[:, :2]
    return sorted(map(tuple, boxes.tolist()))


@pytest.mark.parametrize("stages", range(1, 26))
def test_the_windows_that_pass_each_stage_are_opencvs(path, scanned, grey, tmp_path, stages):
    target = cascade_file.write_first_stages(path, tmp_path / "first.xml", stages)
    expected = opencv(cv2.CascadeClassifier(str(target)), grey, 1.2, 0)
    assert as_set(scanned.accepted(stages), grey) == expected


@pytest.mark.parametrize("scale_factor", [1.1, 1.2, 1.3, 1.5])
def test_the_faces_are_opencvs_for_every_number_of_neighbours(path, cascade, grey, scale_factor):
    classifier = cv2.CascadeClassifier(str(path))
    accepted = haar.scan(cascade, grey, scale_factor=scale_factor).accepted()
    for min_neighbors in range(13):
        found = haar.group_rectangles(accepted, min_neighbors)
        assert as_set(found.boxes, grey) == opencv(classifier, grey, scale_factor, min_neighbors)


@pytest.mark.parametrize("seed", range(12))
def test_odd_pictures_and_settings_agree_as_well(path, cascade, seed):
    rng = np.random.default_rng(seed)
    height, width = rng.integers(24, 130, 2)
    y, x = rng.integers(0, 512 - height), rng.integers(100, 512 - width)
    part = np.ascontiguousarray(imaging.to_grey(imaging.astronaut())[y : y + height, x : x + width])
    scale_factor, min_size = float(rng.choice([1.07, 1.1, 1.25, 1.9])), int(rng.integers(0, 60))
    min_neighbors = int(rng.integers(0, 4))
    found = haar.detect(
        cascade,
        part,
        scale_factor=scale_factor,
        min_neighbors=min_neighbors,
        min_size=min_size,
    )
    classifier = cv2.CascadeClassifier(str(path))
    assert sorted(map(tuple, found.boxes.astype(int).tolist())) == opencv(
        classifier, part, scale_factor, min_neighbors, min_size
    )


@pytest.mark.parametrize(("height", "width"), [(300, 44), (56, 44), (173, 42), (24, 24), (25, 90)])
@pytest.mark.parametrize("min_size", [24, 50])
def test_where_no_window_is_large_enough_the_largest_is_taken(
    path, cascade, tmp_path, height, width, min_size
):
    part = np.ascontiguousarray(
        imaging.to_grey(imaging.astronaut())[60 : 60 + height, 200 : 200 + width]
    )
    target = cascade_file.write_first_stages(path, tmp_path / "first.xml", 2)
    found = haar.scan(cascade, part, scale_factor=1.01, min_size=min_size).accepted(2)
    expected = opencv(cv2.CascadeClassifier(str(target)), part, 1.01, 0, min_size)
    assert as_set(found, part) == expected


def test_the_detector_of_the_package_finds_the_same_with_the_same_scores(cascade, grey):
    image = np.dstack([grey] * 3)
    expected = HaarDetector.load(scale_factor=1.2, min_neighbors=3).detect(image)
    found = haar.detect(cascade, grey, scale_factor=1.2, min_neighbors=3)
    order, other = (np.lexsort(d.boxes.T) for d in (found, expected))
    np.testing.assert_array_equal(found.boxes[order], expected.boxes[other])
    np.testing.assert_array_equal(found.scores[order], expected.scores[other])


def test_survivors_only_ever_fall(scanned):
    counts = scanned.survivors()
    assert len(counts) == 27
    assert counts[0] == len(scanned.passed)
    assert counts[-1] == len(scanned.accepted())
    assert (np.diff(counts) <= 0).all()


def test_a_face_that_rounding_carries_over_the_border_is_clipped(cascade):
    part = np.ascontiguousarray(imaging.to_grey(imaging.astronaut())[68:159, 178:269])
    for factor in (1.14, 1.16, 1.22, 1.3):
        found = haar.detect(cascade, part, scale_factor=factor, min_neighbors=0)
        np.testing.assert_array_equal(clip(found.boxes, height=91, width=91), found.boxes)


def slow_passed(cascade, window):
    """One window, 24 x 24 grey values, in plain Python: the stages passed, or -1 if too flat."""
    inner = [float(v) for row in window[1:-1] for v in row[1:-1]]
    mean = sum(inner) / len(inner)
    deviation = math.sqrt(sum((v - mean) ** 2 for v in inner) / len(inner))
    if deviation <= 10:
        return -1
    for number, stage in enumerate(cascade.stages):
        total = 0.0
        for stump in stage.stumps:
            response = 0.0
            for r in stump.feature.rectangles:
                block = window[r.y : r.y + r.height, r.x : r.x + r.width]
                response += r.weight * float(block.sum())
            total += stump.vote(response / (len(inner) * deviation))
        if total < stage.threshold - 1e-5:
            return number
    return len(cascade.stages)


def test_windows_are_judged_as_by_slow_loops(cascade, grey):
    factor = float(np.float32(1.2**9))
    small = haar.shrink(grey, factor)
    found = haar.scan(cascade, grey, scale_factor=1.2)
    here = found.scale == np.float32(factor)
    chosen = np.flatnonzero(here)[:: max(1, here.sum() // 150)]
    chosen = np.concatenate([chosen, np.flatnonzero(here & (found.passed > 15))])
    for i in chosen:
        x, y = np.rint(found.boxes[i, :2] / factor).astype(int)
        assert found.passed[i] == slow_passed(cascade, small[y : y + 24, x : x + 24])


def test_a_flat_window_is_not_judged(cascade):
    rng = np.random.default_rng(0)
    for deviation, expected in ((8.0, haar.TOO_FLAT), (12.0, 0)):
        pattern = rng.permuted(np.repeat([128 - deviation, 128 + deviation], 288)).reshape(24, 24)
        found = haar.scan(cascade, pattern.astype(np.uint8), min_size=24)
        assert found.passed.max() >= expected
        assert (found.passed == haar.TOO_FLAT).all() == (expected == haar.TOO_FLAT)


def test_a_picture_of_one_colour_has_no_contrast(cascade):
    found = haar.scan(cascade, np.full((40, 40), 200, np.uint8), min_size=24)
    assert set(found.passed.tolist()) == {haar.TOO_FLAT}
    assert len(haar.detect(cascade, np.full((40, 40), 200, np.uint8))) == 0


def test_a_picture_smaller_than_the_window_has_no_windows(cascade):
    found = haar.scan(cascade, np.zeros((23, 100), np.uint8))
    assert len(found.boxes) == 0
    assert found.survivors().tolist() == [0] * 27


def test_a_window_that_fails_the_first_stage_spares_the_next():
    failed = np.array([[True, True, True, False, True, True]])
    assert haar.windows_visited(failed).tolist() == [[True, False, True, False, True, False]]


def test_scales_are_powers_that_fit(cascade):
    found = haar.scales(cascade, height=48, width=100, scale_factor=1.5, min_size=30)
    assert found == [1.5]
    every = haar.scales(cascade, height=100, width=100, scale_factor=2.0, min_size=0)
    assert every == [1.0, 2.0, 4.0]


def test_a_shrunk_picture_is_the_picture_at_factor_one(grey):
    np.testing.assert_array_equal(haar.shrink(grey, 1.0), grey)


WRONG = [
    ({}, np.zeros((40, 40, 3), np.uint8)),
    ({}, np.zeros((40, 40))),
    ({}, None),
    ({"scale_factor": 1.0}, np.zeros((40, 40), np.uint8)),
    ({"scale_factor": "1.1"}, np.zeros((40, 40), np.uint8)),
    ({"min_neighbors": -1}, np.zeros((40, 40), np.uint8)),
    ({"min_neighbors": 2.5}, np.zeros((40, 40), np.uint8)),
    ({"min_size": -1}, np.zeros((40, 40), np.uint8)),
    ({"min_size": (30, 30)}, np.zeros((40, 40), np.uint8)),
]


@pytest.mark.parametrize(("settings", "picture"), WRONG)
def test_other_pictures_and_settings_are_refused(cascade, settings, picture):
    with pytest.raises(InputError):
        haar.detect(cascade, picture, **settings)


@pytest.mark.parametrize("factor", [0.5, "2", None])
def test_a_picture_is_never_enlarged(factor):
    with pytest.raises(InputError, match="factor"):
        haar.shrink(np.zeros((40, 40), np.uint8), factor)
