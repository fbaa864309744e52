"""What is published no longer shows whose face it was."""

import numpy as np
import pytest

from facenet_lite import detect, distances, embed, imaging
from facenet_lite.album.blurring import blurred, every_face


@pytest.fixture(scope="module")
def portrait():
    return imaging.grace_hopper()


@pytest.fixture(scope="module")
def boxes(portrait):
    return every_face(portrait)


def test_every_detector_is_asked(portrait, boxes):
    assert len(boxes) >= len(detect.NAMES)
    alone = every_face(portrait, [detect.load("hog")])
    assert len(alone) == 1


def test_no_detector_finds_the_face_afterwards(portrait, boxes):
    hidden = blurred(portrait, boxes)
    for name in detect.NAMES:
        found = detect.load(name).detect(hidden).boxes
        centres = (found[:, :2] + found[:, 2:]) / 2
        assert not any(180 < x < 370 and 140 < y < 330 for x, y in centres)


def test_a_network_that_is_told_where_the_face_was_does_not_know_it(portrait, boxes):
    embedder = embed.load("dlib")
    faces = embedder.embed(portrait)
    from facenet_lite import align

    spec = embedder.model.spec
    crops = align.crop(
        blurred(portrait, boxes), faces.landmarks, spec.image_size, crop_margin=spec.crop_margin
    )
    distance = distances.squared_distances(faces.embeddings[0], embedder.model.embed(crops)[0])
    assert distance > spec.threshold


def test_only_the_ellipses_change(portrait):
    box = [[180, 139, 367, 326]]
    hidden = blurred(portrait, box)
    changed = (hidden != portrait).any(axis=2)
    rows, columns = np.nonzero(changed)
    assert columns.min() >= 180 - 0.35 * 187 - 1
    assert rows.max() <= 326 + 0.35 * 187 + 1
    assert changed[230, 270]
    assert hidden is not portrait
    assert np.array_equal(portrait, imaging.grace_hopper())


def test_a_box_beyond_the_border_is_blurred_as_far_as_the_picture_goes(portrait):
    assert blurred(portrait, [[-50, -50, 30, 30], [900, 900, 950, 950]]).shape == portrait.shape


def test_no_boxes_change_nothing(portrait):
    assert np.array_equal(blurred(portrait, np.zeros((0, 4))), portrait)
