"""Drawn faces under dlib's eyes: each number on a case that is known, and the recorded bars."""

from __future__ import annotations

import json

import numpy as np
import pytest

from facenet_lite import models
from facenet_lite.book import results
from facenet_lite.book.experiments.nobody import first_model, summary
from facenet_lite.book.experiments.nobody import quality as experiment
from facenet_lite.data import lfw, lfw_reference, nobody
from facenet_lite.errors import AssetDamagedError, AssetMissingError, InputError
from facenet_lite.evaluate import separation


def few(partial, **changes):
    settings = {"people": 3, "each": 2, "singles": 6, "progress": False}
    return experiment.Config(partial=partial, **(settings | changes))


@pytest.fixture(scope="module")
def reference():
    rng = np.random.default_rng(0)
    train = rng.standard_normal((9, 128)).astype(np.float32)
    train[1] = train[0] + 0.01
    return lfw_reference.LfwEmbeddings(
        train,
        np.array([0, 0, 1, 2, 2, 2, 3, 4, 5]),
        rng.standard_normal((5, 128)).astype(np.float32),
        np.array([0, 1, 1, 2, 4]),
    )


@pytest.fixture(scope="module")
def drawn():
    model, rng = nobody.load(), np.random.default_rng(4)
    return model.sample_pictures(model.sample_identities(3, rng=rng), 2, rng=rng)


def test_a_persons_pictures_are_nearer_to_each_other_for_dlib(drawn):
    vectors = experiment.embed(drawn.flat[0], drawn.flat_landmarks, models.load("dlib"))
    assert vectors.shape == (6, 128)
    assert separation(vectors.reshape(3, 2, 128)).auc > 0.9


def test_hog_finds_faces_and_no_face_in_a_wall(drawn):
    assert experiment.finds(drawn.flat[0], drawn.flat_landmarks).all()
    wall = np.full((1, 96, 96, 3), 120, np.uint8)
    assert not experiment.finds(wall, drawn.flat_landmarks[:1]).any()


def test_a_box_beside_the_nose_is_no_hit(drawn):
    elsewhere = drawn.flat_landmarks - 90
    assert not experiment.finds(drawn.flat[0], elsewhere).any()


def test_nearest_by_hand():
    gallery = np.array([[0.0, 0.0], [3.0, 4.0]], np.float32)
    points = np.array([[0.0, 1.0], [3.0, 3.0]] * 200, np.float32)
    assert summary.nearest(points, gallery).tolist() == [1, 1] * 200


def test_one_each_and_first_two_by_hand(reference):
    train, test = reference.one_each
    np.testing.assert_array_equal(train, reference.train[[0, 2, 3, 6, 7, 8]])
    np.testing.assert_array_equal(test, reference.test[[0, 1, 3, 4]])
    first, second = reference.first_two
    np.testing.assert_array_equal(first, reference.train[[0, 3]])
    np.testing.assert_array_equal(second, reference.train[[1, 4]])


def test_a_copy_of_a_training_picture_would_be_seen(reference):
    singles = np.concatenate([reference.train[:1] + 0.001, reference.train[5:] + 1]).astype("f4")
    seen = summary.of_drawn(
        np.random.default_rng(0).standard_normal((4, 2, 128)).astype(np.float32),
        singles,
        np.array([True, True, False, True, True]),
        1.25,
        reference,
    )
    assert seen["nearest"]["nearer_than_one_person"] == 1
    assert seen["hog"]["found"] == 4
    assert seen["hog"]["low"] < 0.8 < seen["hog"]["high"]
    assert sum(seen["nearest"]["histogram"]) == seen["nearest"]["count"] == 5


def test_variance_of_a_texture_is_what_drawing_shows():
    model, rng = nobody.load(), np.random.default_rng(0)
    expected = summary.texture_variance(model, model.how["light"])
    numbers = rng.standard_normal((400, 5))
    c = (numbers @ model.how["light"].T)[:, : len(model.steps)] * model.steps
    split = len(model.kept)
    left = np.tensordot(c[:, :split], model.kept.astype(float)[:, ::4, ::4], 1)
    turned = np.tensordot(c[:, split:], model.turned.astype(float)[:, ::4, ::4], 1)
    seen = (np.concatenate([left + turned, left - turned]) ** 2).mean()
    assert seen == pytest.approx(expected, rel=0.15)


def test_the_whole_experiment_on_a_small_case_stopped_and_continued(
    tmp_path, monkeypatch, drawn_lfw
):
    settings, fitted = few(tmp_path / "partial"), experiment.first_model

    def stopped(copy, config):
        raise KeyboardInterrupt

    monkeypatch.setattr(experiment, "first_model", stopped)
    with pytest.raises(KeyboardInterrupt):
        experiment.record(lfw=drawn_lfw, folder=tmp_path, config=settings)
    kept, _ = (tmp_path / "partial").rglob("*.npz")
    when = kept.stat().st_mtime_ns
    monkeypatch.setattr(experiment, "first_model", fitted)
    path = experiment.record(lfw=drawn_lfw, folder=tmp_path, config=settings)
    assert kept.stat().st_mtime_ns == when
    assert not list(tmp_path.rglob("*.part"))
    record = results.load("nobody", tmp_path)
    assert path == tmp_path / "nobody.json"
    assert record["command"] == experiment.COMMAND
    data = record["data"]
    assert set(data) == {"settings", "model", "lfw", "now", "full", "first"}
    assert (data["lfw"]["train_pictures"], data["lfw"]["test_people"]) == (47, 4)
    for seen in (data["now"], data["full"], data["first"]):
        assert seen["hog"]["pictures"] == seen["nearest"]["count"] == 6
        assert seen["identities"]["same"]["count"] == 3


def test_the_first_model_draws_what_it_was_shown(drawn):
    pictures, landmarks = drawn.flat[0], drawn.flat_landmarks.astype(float)
    inside = np.clip(landmarks, 1, 94)
    rng = np.random.default_rng(0)
    people = np.array([0, 0, 1, 1, 2, 2])
    model = first_model.FirstFaces.fit(pictures, inside, people, rng=rng)
    assert (model.mean_shape.shape, model.textures.shape) == ((76, 2), (5, 96 * 96 * 3))
    (mean,), (points,) = model.draw(np.zeros((1, 10)))
    np.testing.assert_allclose(points, inside.mean(axis=0))
    face = slice(30, 80), slice(25, 70)
    assert np.abs(mean[face].astype(float) - pictures.mean(axis=0)[face]).mean() < 15
    many, where = model.sample(2, 3, rng=rng)
    assert many.shape == (6, 96, 96, 3)
    assert where.shape == (6, 68, 2)


def test_lfw_without_embeddings_is_named(copy):
    with pytest.raises(AssetMissingError, match=r"dlib-reference\.npz"):
        experiment.run(experiment.Config(lfw=copy))


def test_embeddings_are_read_by_name_and_others_are_refused(tmp_path):
    root = tmp_path / "lfw"
    root.mkdir()
    (root / "peopleDevTrain.txt").write_text("2\nA\t2\nB\t1\n")
    (root / "peopleDevTest.txt").write_text("1\nC\t1\n")
    names = ["C/C_0001.jpg", "A/A_0002.jpg", "B/B_0001.jpg", "A/A_0001.jpg"]
    arrays = {
        "names": np.array(names),
        "detected": np.array([True, True, False, True]),
        "embeddings": np.arange(4 * 128, dtype=np.float32).reshape(4, 128),
    }
    np.savez(root / "dlib-reference.npz", **arrays)
    read = lfw_reference.read(lfw.Lfw(root))
    np.testing.assert_array_equal(read.train, arrays["embeddings"][[3, 1]])
    assert read.train_people.tolist() == [0, 0]
    np.testing.assert_array_equal(read.test, arrays["embeddings"][:1])
    np.savez(root / "dlib-reference.npz", **(arrays | {"names": np.array(names[::-1]) + "x"}))
    with pytest.raises(AssetDamagedError, match="every listed picture"):
        lfw_reference.read(lfw.Lfw(root))


@pytest.mark.parametrize("change", [{"people": 2}, {"each": 1}, {"singles": 1}, {"seed": -1}])
def test_malformed_settings_are_named(tmp_path, change):
    with pytest.raises(InputError, match=next(iter(change))):
        few(tmp_path, **change)


def test_other_settings_never_share_partial_results(tmp_path):
    changes = ({}, {"seed": 1}, {"people": 4}, {"each": 3}, {"singles": 7})
    assert len({experiment._fingerprint(few(tmp_path, **c)) for c in changes}) == 5


@pytest.mark.skipif(not (results.FOLDER / "nobody.json").is_file(), reason="not recorded yet")
def test_the_recorded_faces_are_found_told_apart_and_nobodys_copies():
    record = results.load("nobody")
    data, now, first = record["data"], record["data"]["now"], record["data"]["first"]
    assert now["hog"]["found"] >= 0.995 * now["hog"]["pictures"]
    assert now["hog"]["pictures"] >= 2000
    assert now["identities"]["auc"] >= 0.96
    assert now["identities"]["low"] < now["identities"]["auc"] < now["identities"]["high"]
    assert now["nearest"]["count"] >= 2000
    strangers = data["lfw"]["strangers_nearest"]["quantiles"]
    assert now["nearest"]["quantiles"]["5"] > data["lfw"]["same_person"]["quantiles"]["50"]
    assert now["nearest"]["quantiles"]["50"] > 0.95 * strangers["50"]
    assert data["lfw"]["frechet"] < now["frechet"] < first["frechet"]
    assert now["cpu_ms"] < 3
    assert data["model"]["bytes"] <= 5_000_000
    assert len(json.dumps(record)) < 100_000
