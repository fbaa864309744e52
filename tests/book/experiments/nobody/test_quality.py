"""Drawn faces under dlib's eyes: each number on a case that is known, and the recorded bars."""

from __future__ import annotations

import json

import numpy as np
import pytest

from facenet_lite.book import registry, results
from facenet_lite.book.experiments.lfw.reference import LfwEmbeddings
from facenet_lite.book.experiments.nobody import quality as experiment
from facenet_lite.book.experiments.nobody import summary
from facenet_lite.data import nobody
from facenet_lite.errors import AssetMissingError, InputError


def few(partial, **changes):
    settings = {"people": 3, "each": 2, "singles": 6, "progress": False}
    return experiment.Config(partial=partial, **(settings | changes))


@pytest.fixture(scope="module")
def reference():
    rng = np.random.default_rng(0)
    train = rng.standard_normal((9, 128)).astype(np.float32)
    train[1] = train[0] + 0.01
    return LfwEmbeddings(
        train,
        np.array([0, 0, 1, 2, 2, 2, 3, 4, 5]),
        rng.standard_normal((5, 128)).astype(np.float32),
        np.array([0, 1, 1, 2, 4]),
    )


@pytest.fixture(scope="module")
def drawn():
    model, rng = nobody.load(), np.random.default_rng(4)
    return model.sample_pictures(model.sample_identities(3, rng=rng), 2, rng=rng)


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
    settings, look, looked = few(tmp_path / "partial"), experiment.look, []

    def once(*arguments):
        if looked:
            raise KeyboardInterrupt
        looked.append(arguments)
        return look(*arguments)

    monkeypatch.setattr(experiment, "look", once)
    with pytest.raises(KeyboardInterrupt):
        registry.record("nobody", lfw=drawn_lfw, folder=tmp_path, config=settings)
    (kept,) = (tmp_path / "partial").rglob("*.npz")
    when = kept.stat().st_mtime_ns
    monkeypatch.setattr(experiment, "look", look)
    path = registry.record("nobody", lfw=drawn_lfw, folder=tmp_path, config=settings)
    assert kept.stat().st_mtime_ns == when
    assert not list(tmp_path.rglob("*.part"))
    record = results.load("nobody", tmp_path)
    assert path == tmp_path / "nobody.json"
    assert record["command"] == "facenet-lite experiment nobody --lfw DIR"
    data = record["data"]
    assert set(data) == {"settings", "model", "lfw", "now", "full"}
    assert (data["lfw"]["train_pictures"], data["lfw"]["test_people"]) == (47, 4)
    for seen in (data["now"], data["full"]):
        assert seen["hog"]["pictures"] == seen["nearest"]["count"] == 6
        assert seen["identities"]["same"]["count"] == 3


def test_lfw_without_embeddings_is_named(copy):
    with pytest.raises(AssetMissingError, match="build lfw-reference"):
        experiment.measure(lfw=copy)


@pytest.mark.parametrize("change", [{"people": 2}, {"each": 1}, {"singles": 1}, {"seed": -1}])
def test_malformed_settings_are_named(tmp_path, change):
    with pytest.raises(InputError, match=next(iter(change))):
        few(tmp_path, **change)


def test_the_recorded_faces_are_found_told_apart_and_nobodys_copies():
    record = results.load("nobody")
    data, now = record["data"], record["data"]["now"]
    assert set(data) == {"settings", "model", "lfw", "now", "full"}
    assert now["hog"]["found"] >= 0.995 * now["hog"]["pictures"]
    assert now["hog"]["pictures"] >= 2000
    assert now["identities"]["auc"] >= 0.96
    assert now["identities"]["low"] < now["identities"]["auc"] < now["identities"]["high"]
    assert now["nearest"]["count"] >= 2000
    strangers = data["lfw"]["strangers_nearest"]["quantiles"]
    assert now["nearest"]["quantiles"]["5"] > data["lfw"]["same_person"]["quantiles"]["50"]
    assert now["nearest"]["quantiles"]["50"] > 0.95 * strangers["50"]
    assert data["lfw"]["frechet"] < data["full"]["frechet"] < now["frechet"]
    assert now["cpu_ms"] < 3
    assert data["model"]["bytes"] <= 5_000_000
    assert len(json.dumps(record)) < 100_000
