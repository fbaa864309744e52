"""LFW's pair lists are read with the folds that they give; a list that is not whole is named."""

import pytest

from facenet_lite.data.lfw import Lfw
from facenet_lite.data.lfw_pairs import read_pairs
from facenet_lite.errors import AssetDamagedError, AssetMissingError, InputError

LINES = ["2\t1", "Ada\t1\t2", "Ada\t3\tAlan\t1", "Grace\t2\t4", "Grace\t2\tKurt\t10"]


def write(path, lines):
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_list_by_hand(tmp_path):
    pairs = read_pairs(write(tmp_path / "pairs.txt", LINES))
    assert len(pairs) == 4
    assert pairs.first == (("Ada", 1), ("Ada", 3), ("Grace", 2), ("Grace", 2))
    assert pairs.second == (("Ada", 2), ("Alan", 1), ("Grace", 4), ("Kurt", 10))
    assert pairs.is_same.tolist() == [True, False, True, False]
    assert pairs.folds.tolist() == [0, 0, 1, 1]


def test_a_fold_has_each_of_its_pictures_once(tmp_path):
    pairs = read_pairs(write(tmp_path / "pairs.txt", LINES))
    assert pairs.pictures(1) == [("Grace", 2), ("Grace", 4), ("Kurt", 10)]
    assert pairs.pictures(0) + pairs.pictures(1) == pairs.pictures()


def test_a_list_without_folds_is_one_fold(tmp_path):
    write(tmp_path / "pairsDevTest.txt", ["1", *LINES[1:3]])
    pairs = Lfw(tmp_path).pairs("test")
    assert pairs.folds.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("lines", "error", "message"),
    [
        (LINES[:-1], AssetDamagedError, "4 pairs are announced, 3 follow"),
        ([*LINES, "one\t1\t2"], AssetDamagedError, "5 follow"),
        (["2\t1", *LINES[2:], LINES[1]], AssetDamagedError, "4 parts"),
        (["two", *LINES[1:]], AssetDamagedError, "copy it again"),
        (["1", "Ada\t1\tb", LINES[2]], AssetDamagedError, "copy it again"),
        ([], AssetDamagedError, "copy it again"),
        (["0"], AssetDamagedError, "copy it again"),
    ],
)
def test_a_damaged_list_is_named(tmp_path, lines, error, message):
    with pytest.raises(error, match=message):
        read_pairs(write(tmp_path / "pairs.txt", lines))


def test_a_missing_list_and_an_unknown_view_are_named(tmp_path):
    with pytest.raises(AssetMissingError, match=r"pairs\.txt"):
        Lfw(tmp_path).pairs()
    with pytest.raises(InputError, match="view"):
        Lfw(tmp_path).pairs("fold")


@pytest.mark.lfw
def test_the_official_lists_are_as_they_are_described():
    from facenet_lite.data import lfw

    pairs = lfw.find().pairs()
    assert len(pairs) == 6000
    assert pairs.is_same.sum() == 3000
    people = [{name for name, _ in pairs.pictures(fold)} for fold in range(10)]
    assert sum(map(len, people)) == len(set().union(*people))
    assert len(lfw.find().pairs("test")) == 1000
    assert len(lfw.find().pairs("train")) == 2200
