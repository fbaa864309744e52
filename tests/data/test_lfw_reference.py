"""One reader of what dlib finds in LFW: by name, by part, and errors that say how it is made."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.data import lfw, lfw_reference
from facenet_lite.errors import AssetDamagedError, AssetMissingError

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


def test_rows_are_found_by_name_in_the_order_asked_for(copy):
    found = lfw_reference.read(copy, "embeddings", [("A", 1), ("C", 1), ("A", 1)])
    np.testing.assert_array_equal(found, VECTORS[[3, 0, 3]])
    np.testing.assert_array_equal(lfw_reference.read(copy, "embeddings"), VECTORS)
    assert len(lfw_reference.read(copy, "embeddings", [])) == 0


def test_without_the_file_the_command_that_makes_it_is_named(tmp_path):
    with pytest.raises(AssetMissingError, match=r"dlib-reference\.npz.*build lfw-reference --lfw"):
        lfw_reference.read(lfw.Lfw(tmp_path), "names")


def test_a_file_that_lacks_a_picture_or_a_field_or_is_cut_off_is_named(copy):
    with pytest.raises(AssetDamagedError, match=r"expected boxes.*build lfw-reference"):
        lfw_reference.read(copy, "boxes")
    write(copy.root, names=np.array(NAMES[::-1]) + "x")
    with pytest.raises(AssetDamagedError, match="expected detected of every listed picture"):
        lfw_reference.read(copy, "detected", [("A", 1)])
    path = lfw_reference.path(copy)
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(AssetDamagedError, match="move it away"):
        lfw_reference.read(copy, "embeddings")
