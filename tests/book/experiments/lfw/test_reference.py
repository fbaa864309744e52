"""LFW's embeddings: by View 1's parts, or all of them, with who is in each."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.book.experiments.lfw.reference import by_view1, embedded
from facenet_lite.data import lfw, lfw_reference
from facenet_lite.errors import AssetDamagedError

NAMES = ["C/C_0001.jpg", "A/A_0002.jpg", "B/B_0001.jpg", "A/A_0001.jpg"]
VECTORS = np.arange(4 * 128, dtype=np.float32).reshape(4, 128)


@pytest.fixture
def copy(tmp_path):
    """Two training people and a test person; of the one picture of B no face is detected."""
    (tmp_path / "peopleDevTrain.txt").write_text("2\nA\t2\nB\t1\n")
    (tmp_path / "peopleDevTest.txt").write_text("1\nC\t1\n")
    write(tmp_path)
    return lfw.Lfw(tmp_path)


def write(root, **changes):
    arrays = {"names": np.array(NAMES), "detected": np.array([True, True, False, True])}
    np.savez(root / lfw_reference.NAME, **(arrays | {"embeddings": VECTORS} | changes))


def test_view_1_is_read_in_its_lists_order_without_undetected_faces(copy):
    found = by_view1(copy)
    np.testing.assert_array_equal(found.train, VECTORS[[3, 1]])
    assert found.train_people.tolist() == [0, 0]
    np.testing.assert_array_equal(found.test, VECTORS[:1])
    assert found.test_people.tolist() == [0]


def test_undetected_faces_are_left_out_and_counted_unless_asked_for(copy):
    found = embedded(copy)
    assert found.pictures == [("C", 1), ("A", 2), ("A", 1)]
    assert (found.people.tolist(), found.left_out) == ([1, 0, 0], 1)
    np.testing.assert_array_equal(found.vectors, VECTORS[[0, 1, 3]])
    every = embedded(copy, undetected=True)
    assert (every.people.tolist(), every.left_out) == ([2, 0, 1, 0], 0)
    np.testing.assert_array_equal(every.vectors, VECTORS)


def test_a_name_without_a_number_is_a_damaged_file(copy):
    write(copy.root, names=np.array(["A/A_one!.jpg"] * 4))
    with pytest.raises(AssetDamagedError, match="expected names of every listed picture"):
        embedded(copy)
