"""Building the face model: from pictures to a file that draws them again, stopped or not."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from facenet_lite.book import registry
from facenet_lite.book.builders import nobody as builder
from facenet_lite.book.builders import training_faces
from facenet_lite.data import lfw, nobody
from facenet_lite.data.nobody import mesh
from facenet_lite.errors import AssetDamagedError, AssetMissingError, InputError

SMALL = {
    "kept": 12, "turned": 8, "shapes_kept": 5, "shapes_turned": 4, "who": 6, "background": 3,
    "other": 10, "rounds": 5, "progress": False,
}  # fmt: skip


def config(partial, **changes):
    return builder.Config(partial=partial, **(SMALL | changes))


@pytest.fixture(scope="module")
def mean_shape():
    return nobody.load().mean_shape


@pytest.fixture(scope="module")
def built(drawn_lfw, tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    path = builder.build(lfw=drawn_lfw, folder=folder, config=config(folder / "partial"))
    return path, nobody.read(path)


def test_the_file_holds_what_was_asked_for(built):
    path, model = built
    assert path.name == "nobody.npz"
    assert (model.kept.shape, model.turned.shape) == ((12, 128, 64, 3), (8, 128, 64, 3))
    assert model.identity_dim == 6
    assert model.part_dims == {
        "yaw": 1, "pitch": 1, "expression": 4, "light": 5, "background": 3, "other": 10,
    }  # fmt: skip
    assert model.facts["pictures"] == 47  # of 48, one without a face that was detected
    assert model.facts["people"] == 16
    assert 0.5 < model.facts["texture_share"] < 1


def test_its_mean_face_is_the_packages_mean_face(built, model_of_the_package):
    _, model = built
    zero = np.zeros((1, model.identity_dim))
    ours = model.textures(model.coefficients(zero))[0].astype(float)
    mean = np.zeros((1, model_of_the_package.identity_dim))
    theirs = model_of_the_package.textures(model_of_the_package.coefficients(mean))[0]
    assert np.abs(ours - theirs)[40:90, 40:88].mean() < 15
    assert np.abs(model.mean_shape - model_of_the_package.mean_shape).max() < 4


@pytest.fixture(scope="module")
def model_of_the_package():
    return nobody.load()


def test_who_and_how_make_up_the_unit_variances(built):
    _, model = built
    total = model.who @ model.who.T + sum(c @ c.T for c in model.how.values())
    assert np.diag(total)[:3] == pytest.approx([1, 1, 1], abs=0.35)


def test_columns_come_in_the_order_in_which_they_change_a_picture(built):
    _, model = built
    scaled = (np.square(b.astype(float)).mean(axis=(1, 2, 3)) for b in (model.kept, model.turned))
    textures = np.sqrt(np.concatenate(list(scaled))) * model.steps
    shapes = builder.PIXEL * np.sqrt(np.square(model.shape_components).mean(axis=(1, 2)))
    sizes = np.concatenate([textures, shapes])
    for columns in (model.who, model.how["other"]):
        effect = np.linalg.norm(sizes[:, None] * columns, axis=0)
        assert (np.diff(effect) < 0.01 * effect[0]).all()


def test_components_survive_being_rounded():
    rng = np.random.default_rng(0)
    components = (30 * rng.standard_normal((3, 4, 2, 3)) * [[[[1]]], [[[0.1]]], [[[0.01]]]]).astype(
        np.float32
    )
    stored, steps = builder.quantised(components)
    assert stored.dtype == np.int8
    restored = stored * steps[:, None, None, None]
    assert (np.abs(restored - components).max(axis=(1, 2, 3)) <= steps / 2 * 1.001).all()
    assert steps[2] == pytest.approx(builder.GRAIN)


def test_killed_and_continued_gives_the_same_model(drawn_lfw, built, tmp_path, monkeypatch):
    warp, calls = mesh.warp, []

    def until_the_thirtieth(*arguments):
        if len(calls) == 30:
            raise KeyboardInterrupt
        calls.append(None)
        return warp(*arguments)

    monkeypatch.setattr(mesh, "warp", until_the_thirtieth)
    settings = config(tmp_path, block=20)
    with pytest.raises(KeyboardInterrupt):
        builder.build(lfw=drawn_lfw, folder=tmp_path, config=settings)
    kept = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("textures.*.npz")}
    assert len(kept) == 1
    assert not (tmp_path / "nobody.npz").exists()
    monkeypatch.setattr(mesh, "warp", warp)
    again = nobody.read(builder.build(lfw=drawn_lfw, folder=tmp_path, config=settings))
    assert {p: p.stat().st_mtime_ns for p in kept} == kept
    assert not list(tmp_path.rglob("*.part"))
    np.testing.assert_array_equal(again.kept, built[1].kept)
    np.testing.assert_array_equal(again.who, built[1].who)


def test_without_the_file_of_landmarks_the_command_that_makes_it_is_named(drawn_lfw, tmp_path):
    other = tmp_path / "copy"
    shutil.copytree(drawn_lfw, other, ignore=shutil.ignore_patterns("*.npz"))
    with pytest.raises(AssetMissingError, match="facenet-lite build lfw-reference"):
        training_faces.gather(lfw.find(other))


def test_a_face_with_landmarks_gone_wrong_is_left_out(drawn_lfw, tmp_path):
    other = tmp_path / "copy"
    shutil.copytree(drawn_lfw, other)
    with np.load(other / "dlib-reference.npz") as stored:
        arrays = dict(stored)
    arrays["landmarks68"][0, 8] += 60
    np.savez(other / "dlib-reference.npz", **arrays)
    faces = training_faces.gather(lfw.find(other))
    assert ("Nobody_00", 1) not in faces.pictures
    assert len(faces) == 46


def test_a_reference_that_does_not_fit_is_named(drawn_lfw, tmp_path):
    other = tmp_path / "copy"
    shutil.copytree(drawn_lfw, other)
    with np.load(other / "dlib-reference.npz") as stored:
        arrays = dict(stored)
    np.savez(other / "dlib-reference.npz", **(arrays | {"names": arrays["names"][::2]}))
    with pytest.raises(AssetDamagedError, match="move it away"):
        training_faces.gather(lfw.find(other))


def test_pictures_without_a_single_face_are_named(drawn_lfw, tmp_path):
    other = tmp_path / "copy"
    shutil.copytree(drawn_lfw, other)
    with np.load(other / "dlib-reference.npz") as stored:
        arrays = dict(stored)
    np.savez(other / "dlib-reference.npz", **(arrays | {"detected": arrays["detected"] & False}))
    with pytest.raises(AssetDamagedError, match="expected faces"):
        training_faces.gather(lfw.find(other))


def test_a_wrong_folder_is_refused_by_name(tmp_path):
    with pytest.raises(AssetMissingError, match="lfw-deepfunneled"):
        registry.build("nobody", lfw=tmp_path, folder=tmp_path)


def test_an_unknown_file_is_told_the_known_ones():
    with pytest.raises(InputError, match="expected one of 'lfw-reference'"):
        registry.build("anybody")


def test_the_builder_of_that_name_is_run(monkeypatch, tmp_path, drawn_lfw):
    monkeypatch.setattr(builder, "build", lambda *, lfw, folder: folder / lfw.name)
    path = registry.build("nobody", lfw=drawn_lfw, folder=tmp_path)
    assert path == tmp_path / drawn_lfw.name


def test_counts_of_nothing_are_refused(tmp_path):
    with pytest.raises(InputError, match="shapes_turned"):
        config(tmp_path, shapes_turned=0)


def test_the_mirror_is_its_own_inverse_and_pairs_left_with_right():
    mirror = training_faces.MIRROR
    assert [mirror[i] for i in mirror] == list(range(68))
    assert mirror[0] == 16
    assert mirror[36] == 45
    assert mirror[48] == 54
    assert [i for i in range(68) if mirror[i] == i] == [8, 27, 28, 29, 30, 33, 51, 57, 62, 66]


def test_a_shape_seen_twice_in_the_mirror_is_itself(mean_shape):
    odd = mean_shape + np.arange(136).reshape(68, 2)
    np.testing.assert_allclose(training_faces.mirrored(training_faces.mirrored(odd[None]))[0], odd)


def test_the_mean_shape_is_its_own_mirror_image(mean_shape):
    np.testing.assert_allclose(training_faces.mirrored(mean_shape[None])[0], mean_shape, atol=1e-3)


def test_the_face_area_holds_the_landmarks_and_is_symmetric(mean_shape):
    area = builder.face_area(mean_shape)
    np.testing.assert_array_equal(area, area[:, ::-1])
    inner = np.rint(mean_shape[17:]).astype(int)
    assert area[inner[:, 1], inner[:, 0]].all()
    assert not area[0].any()
    assert 0.3 < area.mean() < 0.6
