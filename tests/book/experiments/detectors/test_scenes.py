"""Scenes put faces where they say, whatever is drawn, and backgrounds hold nobody."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest

from facenet_lite import detect
from facenet_lite.book.experiments.detectors import scenes
from facenet_lite.errors import AssetMissingError, InputError


def draw(seed=0):
    return np.random.default_rng(seed)


def test_sixteen_faces_fit_and_lie_in_cells_of_their_own(portraits):
    scene = scenes.compose(portraits * 8, face_side=70, generator=draw())
    assert scene.image.shape == (416, 416, 3)
    assert scene.faces.shape == scene.tiles.shape == (16, 4)
    cells = (scene.tiles // scenes.CELL).astype(int)
    assert len({tuple(cell[:2]) for cell in cells}) == 16
    assert ((scene.tiles[:, 2:] - 1) // scenes.CELL == cells[:, :2]).all()


def test_a_face_is_in_the_middle_of_its_tile_and_of_its_size(portraits):
    scene = scenes.compose(portraits, face_side=50, generator=draw())
    faces, tiles = scene.faces, scene.tiles
    np.testing.assert_allclose(faces[:, :2] + faces[:, 2:], tiles[:, :2] + tiles[:, 2:])
    np.testing.assert_allclose(faces[:, 2:] - faces[:, :2], 50, atol=0.4)


def test_the_picture_has_the_portrait_where_the_tile_is(portraits):
    scene = scenes.compose(portraits, face_side=60, generator=draw())
    x1, y1, x2, y2 = scene.tiles[1].astype(int)
    np.testing.assert_array_equal(scene.image[y1:y2, x1:x2], scenes.cut(portraits[1], 60))


def test_a_detector_finds_both_where_the_scene_says(portraits):
    scene = scenes.compose(portraits, face_side=70, generator=draw())
    found = detect.load("hog").detect(scene.image)
    centres = np.sort((found.boxes[:, 0] + found.boxes[:, 2]) / 2)
    expected = np.sort((scene.faces[:, 0] + scene.faces[:, 2]) / 2)
    np.testing.assert_allclose(centres, expected, atol=12)


def test_places_do_not_depend_on_the_angle(portraits):
    upright = scenes.compose(portraits, face_side=40, generator=draw(4))
    turned = scenes.compose(portraits, face_side=40, degrees=[30, -30], generator=draw(4))
    np.testing.assert_array_equal(upright.faces, turned.faces)
    assert (upright.image != turned.image).any()


def test_half_a_turn_twice_is_the_portrait_again(portraits):
    twice = np.rot90(scenes.cut(portraits[0], 70, 180), 2)
    difference = np.abs(twice.astype(int) - scenes.cut(portraits[0], 70))
    assert np.median(difference) <= 2


def test_the_same_seed_gives_the_same_scene(portraits):
    first, second = (scenes.compose(portraits, face_side=40, generator=draw(1)) for _ in "ab")
    np.testing.assert_array_equal(first.image, second.image)


def test_backgrounds_differ_and_have_the_side_asked_for():
    pictures = [scenes.background(draw(seed), side=64) for seed in range(12)]
    assert {p.shape for p in pictures} == {(64, 64, 3)}
    assert len({p.tobytes() for p in pictures}) == 12


def test_inside_asks_for_the_centre():
    boxes = np.array([[0, 0, 10, 10], [8, 8, 20, 20], [-30, 0, 10, 10]], np.float32)
    area = np.array([[0, 0, 10, 10]], np.float32)
    assert scenes.inside(boxes, area).tolist() == [True, False, False]
    assert scenes.inside(boxes, area[:0]).tolist() == [False] * 3
    assert scenes.inside(boxes[:0], area).shape == (0,)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"portraits": []}, "1 to 16"),
        ({"count": 17}, "1 to 16"),
        ({"face_side": 80}, "face_side"),
        ({"face_side": 2}, "face_side"),
        ({"degrees": [10]}, "one per portrait"),
        ({"portraits": [np.zeros((64, 64, 3), np.uint8)]}, "250"),
        ({"portraits": [np.zeros((250, 250), np.uint8)]}, "portrait"),
    ],
)
def test_malformed_inputs_are_named(portraits, change, message):
    given = change.get("portraits", (portraits * 9)[: change.get("count", 2)])
    with pytest.raises(InputError, match=message):
        scenes.compose(
            given,
            face_side=change.get("face_side", 70),
            degrees=change.get("degrees"),
            generator=draw(),
        )


def test_a_picture_of_another_size_would_move_the_faces(portraits):
    scene = scenes.compose(portraits, face_side=70, generator=draw())
    with pytest.raises(InputError, match="would move"):
        scene.with_image(scene.image[:100])


def test_a_missing_texture_names_its_package(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(AssetMissingError, match="scikit-image"):
        scenes._texture("no-such-texture.png")


@pytest.mark.lfw
@pytest.mark.skipif("FACENET_LITE_DATA" not in os.environ, reason="FACENET_LITE_DATA is not set")
def test_lfws_own_alignment_puts_the_face_where_we_say():
    path = Path(os.environ["FACENET_LITE_DATA"]) / "lfw" / "dlib-reference.npz"
    if not path.is_file():
        pytest.skip("dlib-reference.npz is not beside the pictures")
    with np.load(path) as reference:
        points = reference["landmarks68"][reference["detected"]].astype(float)
    eyes = (points[:, 36:42].mean(axis=1) + points[:, 42:48].mean(axis=1)) / 2
    middle = (eyes + points[:, 48:].mean(axis=1)) / 2
    assert np.abs(middle.mean(axis=0) - scenes.FACE_CENTRE).max() < 0.6
    width = np.ptp(points[:, :17, 0], axis=1).mean()
    assert width == pytest.approx(scenes.FACE_SIDE, abs=3)
    shifts = np.linalg.norm(middle - scenes.FACE_CENTRE, axis=1) / scenes.FACE_SIDE
    assert np.mean(shifts < 0.15) > 0.985
