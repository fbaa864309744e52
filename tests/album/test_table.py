"""The table of faces: kept whole, read back, merged."""

import csv

import numpy as np
import pytest

from facenet_lite.album.table import FaceTable, MadeBy
from facenet_lite.errors import InputError

DLIB = MadeBy("dlib", "0123", "hog")


def table(names=("a.jpg", "none.jpg", "b.jpg"), photo=(0, 0, 2), source=DLIB, seed=0, people=()):
    rng = np.random.default_rng(seed)
    count = len(photo)
    corners = rng.uniform(0, 50, (count, 2))
    return FaceTable(
        source,
        tuple(names),
        tuple(f"{name}'s digest" for name in names),
        np.array(photo, np.int64),
        np.hstack((corners, corners + 20)).astype(np.float32),
        *(
            rng.uniform(0, 1, shape).astype(np.float32)
            for shape in ((count,), (count, 5, 2), (count,), (count,), (count,), (count, 4))
        ),
        people=tuple(people),
        failed=(("bad.jpg", "a damaged picture"),),
    )


def same(a, b):
    arrays = ("photo", "boxes", "scores", "landmarks", "inside", "size", "sharpness", "embeddings")
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in arrays)


def test_a_table_is_read_as_it_was_saved(tmp_path):
    made = table(names=("é.jpg", "none.jpg", "not-utf8-\udcff.jpg"), people=("Ö", "Ö", "B"))
    read = FaceTable.load(made.save(tmp_path / "faces.npz"))
    assert same(read, made)
    for name in ("source", "photographs", "digests", "people", "failed"):
        assert getattr(read, name) == getattr(made, name)


def test_csv_has_a_row_for_each_face_with_its_path_and_all_numbers(tmp_path):
    made = table(names=("with, comma.jpg", "none.jpg", "b.jpg"))
    with made.save(tmp_path / "faces.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["photograph"] for row in rows] == ["with, comma.jpg", "with, comma.jpg", "b.jpg"]
    assert np.allclose([float(row["e3"]) for row in rows], made.embeddings[:, 3])
    assert np.allclose([float(row["y2"]) for row in rows], made.boxes[:, 3])


def test_a_table_without_faces_is_kept_too(tmp_path):
    made = table(names=("none.jpg",), photo=())
    assert FaceTable.load(made.save(tmp_path / "faces.npz")).photographs == ("none.jpg",)
    assert len((made.save(tmp_path / "faces.csv")).read_text().splitlines()) == 1


def test_parts_merge_into_the_whole():
    whole = table()
    parts = [
        table(names=("a.jpg", "none.jpg"), photo=(0, 0)),
        table(names=("b.jpg",), photo=(0,), seed=1),
    ]
    merged = FaceTable.merge(parts)
    assert merged.photographs == whole.photographs
    assert merged.photo.tolist() == [0, 0, 2]
    assert np.array_equal(merged.embeddings[2], parts[1].embeddings[0])


def test_a_photograph_in_two_parts_counts_once_as_in_the_first():
    first, second = table(), table(names=("b.jpg", "c.jpg"), photo=(0, 1), seed=1)
    merged = FaceTable.merge([first, second])
    assert merged.paths == ["a.jpg", "a.jpg", "b.jpg", "c.jpg"]
    assert np.array_equal(merged.embeddings[:3], first.embeddings)


def test_people_and_digests_follow_their_photographs():
    parts = [
        table(people=("A", "", "B")),
        table(names=("b.jpg", "c.jpg"), photo=(0, 1), seed=1, people=("B", "C")),
        FaceTable.empty(DLIB, 4),
    ]
    merged = FaceTable.merge(parts)
    assert merged.people == ("A", "", "B", "C")
    assert merged.names == ["A", "A", "B", "C"]
    assert merged.digests[3] == "c.jpg's digest"
    with pytest.raises(InputError, match="in all of them or in none"):
        FaceTable.merge([table(), parts[1]])


def test_what_one_part_could_read_has_not_failed():
    merged = FaceTable.merge([table(), table(names=("bad.jpg",), photo=(0,), seed=1)])
    assert merged.failed == ()


def test_tables_of_two_models_do_not_merge():
    other = table(source=MadeBy("nobody-triplet", "89ab", "hog"))
    with pytest.raises(InputError, match="different models cannot be compared"):
        FaceTable.merge([table(), other])


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "pickle", "other", "array"])
def test_a_damaged_file_is_named_with_its_remedy(damage, tmp_path):
    path = table().save(tmp_path / "faces.npz")
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "array":
        with path.open("wb") as stream:
            np.save(stream, np.zeros(3))
    elif damage == "text":
        path.write_text("not a table")
    elif damage == "pickle":
        with path.open("wb") as stream:
            np.savez(stream, header=np.array([{}], object))
    else:
        with path.open("wb") as stream:
            np.savez(stream, other=np.zeros(3))
    with pytest.raises(InputError, match=r"faces\.npz: expected a table of faces"):
        FaceTable.load(path)


def test_another_suffix_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(InputError, match=r"\.npz or \.csv"):
        table().save(tmp_path / "faces.txt")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"photo": (2, 0, 0)}, "in the order"),
        ({"photo": (0, 0, 3)}, "rows of the 3 photographs"),
        ({"people": ("A",)}, "one for each of 3"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(wrong, said):
    with pytest.raises(InputError, match=said):
        table(**wrong)
