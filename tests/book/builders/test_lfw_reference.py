"""The file of what dlib finds in LFW: made by the package, on a copy made of two photographs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import dlib
import numpy as np
import pytest

from facenet_lite import assets, imaging
from facenet_lite.book import registry
from facenet_lite.book.builders import lfw_reference as builder
from facenet_lite.book.experiments.detectors import scenes
from facenet_lite.data import lfw, lfw_faces, lfw_reference
from facenet_lite.errors import AssetDamagedError

NAMES = ["Ada_B/Ada_B_0001.jpg", "Ada_B/Ada_B_0002.jpg", "Cy/Cy_0001.jpg", "No_One/No_One_0001.jpg"]


def make_copy(root: Path) -> Path:
    """Three pictures with a face, one of them a mirror image, and one without."""
    one, two = scenes.book_portraits()[:2]
    grey = np.full((250, 250, 3), 90, np.uint8)
    for name, picture in zip(NAMES, (one, one[:, ::-1], two, grey), strict=True):
        path = root / lfw.PICTURES / name
        path.parent.mkdir(parents=True, exist_ok=True)
        imaging.write_image(np.ascontiguousarray(picture), path)
    return root


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = make_copy(tmp_path_factory.mktemp("lfw"))
    partial = tmp_path_factory.mktemp("partial")
    return builder.build(lfw=root, partial=partial, block=2, progress=False)


def test_it_lies_beside_the_pictures_and_holds_every_field(made):
    copy = lfw.Lfw(made.parent)
    assert made == lfw_reference.path(copy)
    assert lfw_reference.read(copy, "names").tolist() == NAMES
    assert lfw_reference.read(copy, "detected").tolist() == [True, True, True, False]
    forms = {
        "boxes": (np.int16, (4, 4)),
        "landmarks68": (np.int16, (4, 68, 2)),
        "embeddings": (np.float32, (4, 128)),
    }
    for field, form in forms.items():
        found = lfw_reference.read(copy, field)
        assert (found.dtype, found.shape) == form
    assert lfw_reference.read(copy, "boxes")[3].tolist() == [78, 80, 172, 174]


def test_it_is_what_dlibs_own_functions_find(made):
    """Box, 68 landmarks and embedding of one picture by dlib alone, as its examples do it."""
    copy = lfw.Lfw(made.parent)
    picture = dlib.load_rgb_image(str(copy.path("Cy")))
    box = dlib.get_frontal_face_detector()(picture, 1)[0]
    row = [("Cy", 1)]
    corners = [box.left(), box.top(), box.right(), box.bottom()]
    assert lfw_reference.read(copy, "boxes", row)[0].tolist() == corners
    five, many = (
        dlib.shape_predictor(str(assets.fetch(f"landmarks_{n}")))(picture, box) for n in (5, 68)
    )
    expected = [[point.x, point.y] for point in many.parts()]
    assert lfw_reference.read(copy, "landmarks68", row)[0].tolist() == expected
    network = dlib.face_recognition_model_v1(str(assets.fetch("dlib_resnet")))
    vector = np.array(network.compute_face_descriptor(picture, five))
    np.testing.assert_allclose(lfw_reference.read(copy, "embeddings", row)[0], vector, atol=2e-6)


def test_the_boxes_are_those_that_are_computed_without_the_file(made, tmp_path, monkeypatch):
    decoded, asked = lfw_faces.decoded, []
    monkeypatch.setattr(lfw_faces, "decoded", lambda *of: asked.append(of[1]) or decoded(*of))
    without = lfw.Lfw(shutil.copytree(made.parent / lfw.PICTURES, tmp_path / lfw.PICTURES).parent)
    pictures = [("Ada_B", 2), ("No_One", 1), ("Cy", 1)]
    known = lfw_faces.known(lfw.Lfw(made.parent), pictures)
    assert lfw_faces.known(without, pictures) is None
    np.testing.assert_array_equal(lfw_faces.boxes(without, pictures), known)
    assert asked == pictures  # by dlib's own reader, as for the file


def test_a_stopped_run_goes_on_and_the_file_is_whole_or_not_there(made, tmp_path, monkeypatch):
    root = make_copy(tmp_path / "lfw")
    decoded, seen = lfw_faces.decoded, []

    def until_the_fourth(copy, picture):
        if len(seen) == 3:
            raise KeyboardInterrupt
        seen.append(picture)
        return decoded(copy, picture)

    monkeypatch.setattr(lfw_faces, "decoded", until_the_fourth)
    settings = {"lfw": root, "partial": tmp_path / "partial", "block": 2, "progress": False}
    with pytest.raises(KeyboardInterrupt):
        builder.build(**settings)
    assert not (root / lfw_reference.NAME).exists()
    monkeypatch.setattr(lfw_faces, "decoded", lambda *of: seen.append(of[1]) or decoded(*of))
    path = builder.build(**settings)
    assert seen[3:] == [("Cy", 1), ("No_One", 1)]
    with np.load(path) as ours, np.load(made) as whole:
        for field in whole.files:
            np.testing.assert_array_equal(ours[field], whole[field])
    assert not list(tmp_path.rglob("*.part"))


def test_a_picture_that_was_exchanged_is_looked_at_again(tmp_path):
    root = make_copy(tmp_path / "lfw")
    settings = {"lfw": root, "partial": tmp_path / "partial", "progress": False}
    builder.build(**settings)
    shutil.copy(root / lfw.PICTURES / NAMES[0], root / lfw.PICTURES / NAMES[3])
    path = builder.build(**settings)
    with np.load(path) as stored:
        assert stored["detected"].all()


def test_a_copy_without_pictures_is_named(tmp_path):
    (tmp_path / lfw.PICTURES).mkdir()
    with pytest.raises(AssetDamagedError, match="NAME_0001"):
        registry.build("lfw-reference", lfw=tmp_path)


@pytest.mark.lfw
@pytest.mark.slow
@pytest.mark.skipif("FACENET_LITE_DATA" not in os.environ, reason="FACENET_LITE_DATA is not set")
def test_a_sample_of_lfw_comes_out_as_in_the_readers_file():
    copy = lfw.find()
    names = lfw_reference.read(copy, "names")
    detected = lfw_reference.read(copy, "detected")
    rows = np.unique(
        [*np.linspace(0, len(names) - 1, 20).astype(int), *np.flatnonzero(~detected)[:2]]
    )
    pictures = [(name.split("/")[0], int(name[-8:-4])) for name in names[rows].tolist()]
    found = builder.look(copy, pictures)
    for field in ("detected", "boxes", "landmarks68"):
        np.testing.assert_array_equal(found[field], lfw_reference.read(copy, field, pictures))
    expected = lfw_reference.read(copy, "embeddings", pictures)
    np.testing.assert_allclose(found["embeddings"], expected, atol=2e-6)
