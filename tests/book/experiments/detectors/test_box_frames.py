"""How detectors frame a face: worked by hand, and on a small copy of LFW."""

import numpy as np
import pytest

from facenet_lite.book.experiments.detectors import box_frames, scenes
from facenet_lite.data import lfw
from facenet_lite.errors import InputError


def test_the_mean_frame_is_over_the_faces_that_both_found():
    found = {
        "haar": [[0, 0, 100, 100], [0, 0, 200, 200], None, [0, 0, 1, 1]],
        "hog": [[10, 20, 90, 100], [40, 20, 180, 160], [0, 0, 9, 9], None],
    }
    haar = box_frames.compare(found)["haar"]
    assert haar["faces"] == 2
    assert haar["missed"] == 1
    np.testing.assert_allclose(haar["mean"], [(0 + 0.05) / 2, (0.1 - 0.05) / 2, 0.75, 0.75])
    np.testing.assert_allclose(haar["sd"][2], 0.05 * np.sqrt(2), atol=1e-4)
    assert box_frames.compare(found)["hog"]["mean"] == [0, 0, 1, 1]


def test_faces_are_drawn_with_their_places_and_in_different_sizes(copy):
    pictures, faces = box_frames.sized_faces(lfw.find(copy), 5, rng=np.random.default_rng(0))
    sides = np.array([len(picture) for picture in pictures])
    assert len(set(sides)) > 1
    assert np.all((sides >= 0.8 * 250) & (sides <= 1.6 * 250))
    np.testing.assert_allclose(faces[:, 2] - faces[:, 0], scenes.FACE_SIDE * sides / 250, rtol=1e-5)
    again, _ = box_frames.sized_faces(lfw.find(copy), 5, rng=np.random.default_rng(0))
    assert all(np.array_equal(a, b) for a, b in zip(pictures, again, strict=True))


def test_hogs_box_is_found_and_lies_around_its_points(portraits):
    centre, half = np.array(scenes.FACE_CENTRE), scenes.FACE_SIDE / 2
    face = np.concatenate([centre - half, centre + half]).astype(np.float32)
    empty = np.zeros((250, 250, 3), np.uint8)
    pictures, places = [*portraits, empty], np.repeat(face[None], 3, axis=0)
    found = box_frames.first_boxes(pictures, places, "hog")
    assert found[2] is None
    around = box_frames.around_points(pictures, found)
    assert around["faces"] == 2
    np.testing.assert_allclose(around["mean"], [0, -0.07, 1.42, 1.42], atol=0.2)


def test_too_many_people_are_refused(copy):
    with pytest.raises(InputError, match="people: expected at most 32, got 33"):
        box_frames.sized_faces(lfw.find(copy), 33, rng=np.random.default_rng(0))
