"""LFW is found, listed and read; a copy that is not whole is named."""

from __future__ import annotations

import os

import numpy as np
import pytest

from facenet_lite import imaging
from facenet_lite.data import lfw
from facenet_lite.errors import AssetDamagedError, AssetMissingError, InputError


@pytest.fixture
def copy(tmp_path):
    folder = tmp_path / "lfw" / "lfw-deepfunneled" / "Ada_Lovelace"
    folder.mkdir(parents=True)
    for number in (1, 2):
        picture = np.full((250, 250, 3), 40 * number, np.uint8)
        imaging.write_image(picture, folder / f"Ada_Lovelace_000{number}.jpg")
    root = tmp_path / "lfw"
    (root / "peopleDevTrain.txt").write_text("2\nAda_Lovelace\t2\nAlan_Turing\t1\n")
    (root / "peopleDevTest.txt").write_text("1\nGrace_Hopper\t3\n")
    (root / "people.txt").write_text("2\n1\nAda_Lovelace\t2\n2\nAlan_Turing\t1\nGrace_Hopper\t3\n")
    return root


def test_lists_are_read_by_name(copy):
    found = lfw.find(copy)
    assert found.people("train") == {"Ada_Lovelace": 2, "Alan_Turing": 1}
    assert found.people("test") == {"Grace_Hopper": 3}
    assert list(found.people()) == ["Ada_Lovelace", "Alan_Turing", "Grace_Hopper"]


def test_a_picture_is_read_by_name_and_number(copy):
    picture = lfw.find(copy).picture("Ada_Lovelace", 2)
    assert picture.shape == (250, 250, 3)
    assert picture.mean() == pytest.approx(80, abs=1)


def test_the_variable_names_the_folder_above(copy, monkeypatch):
    monkeypatch.setenv("FACENET_LITE_DATA", str(copy.parent))
    assert lfw.find().root == copy


def test_without_a_folder_the_remedy_is_named(monkeypatch):
    monkeypatch.delenv("FACENET_LITE_DATA", raising=False)
    with pytest.raises(AssetMissingError, match="FACENET_LITE_DATA"):
        lfw.find()


def test_a_folder_without_pictures_is_named(tmp_path):
    with pytest.raises(AssetMissingError, match="lfw-deepfunneled"):
        lfw.find(tmp_path)


def test_a_missing_picture_or_list_is_named(copy):
    found = lfw.find(copy)
    with pytest.raises(AssetMissingError, match="Ada_Lovelace_0003"):
        found.picture("Ada_Lovelace", 3)
    (copy / "people.txt").unlink()
    with pytest.raises(AssetMissingError, match="official list"):
        found.people()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3\nAda_Lovelace\t2\n", "expected 3 people, got 1"),
        ("1\nAda_Lovelace\ttwo\n", "a tab and a number"),
        ("", "expected some people, got 0"),
        ("<html>\nnot found\n", "a tab and a number"),
    ],
)
def test_a_damaged_list_is_named(copy, text, message):
    (copy / "peopleDevTrain.txt").write_text(text)
    with pytest.raises(AssetDamagedError, match=message):
        lfw.find(copy).people("train")


@pytest.mark.parametrize("name", ["", "..", "../secret", "a/b", None, 7])
def test_a_name_never_leaves_the_folder(copy, name):
    with pytest.raises(InputError, match="name"):
        lfw.find(copy).picture(name)


@pytest.mark.parametrize("number", [0, -1, 1.5, "1", 10_000])
def test_a_number_counts_from_one(copy, number):
    with pytest.raises(InputError, match="number"):
        lfw.find(copy).picture("Ada_Lovelace", number)


def test_a_part_is_one_of_three(copy):
    with pytest.raises(InputError, match="'train'"):
        lfw.find(copy).people("validation")


@pytest.mark.lfw
@pytest.mark.skipif("FACENET_LITE_DATA" not in os.environ, reason="FACENET_LITE_DATA is not set")
def test_the_real_lists_have_the_published_sizes():
    found = lfw.find()
    sizes = {part: found.people(part) for part in ("train", "test", "all")}
    assert [len(people) for people in sizes.values()] == [4038, 1711, 5749]
    assert sum(sizes["all"].values()) == 13_233
    assert not set(sizes["train"]) & set(sizes["test"])
    assert found.picture(*next(iter(sizes["train"].items()))).shape == (250, 250, 3)
