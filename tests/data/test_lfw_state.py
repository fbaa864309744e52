"""Whatever is kept from a copy of LFW is kept under what identifies its contents."""

import os

import pytest

from facenet_lite.data import lfw
from facenet_lite.errors import AssetDamagedError


def copy(root):
    person = root / lfw.PICTURES / "A"
    person.mkdir(parents=True)
    (person / "A_0001.jpg").write_bytes(b"one")
    (root / "pairs.txt").write_text("10\t300\n")
    return lfw.find(root)


def test_an_exchanged_picture_list_or_reference_is_another_state(tmp_path):
    found = copy(tmp_path)
    states = {found.state()}
    picture = found.path("A")
    picture.write_bytes(b"two")
    os.utime(picture, ns=(5, 5))
    states.add(found.state())
    (tmp_path / "pairs.txt").write_text("10\t301\n3")
    states.add(found.state())
    (tmp_path / "dlib-reference.npz").write_bytes(b"")
    states.add(found.state())
    assert len(states) == 4


def test_the_same_copy_is_in_the_same_state_under_another_name(tmp_path):
    one = copy(tmp_path / "one")
    state = one.state()
    (tmp_path / "one").rename(tmp_path / "two")
    assert lfw.find(tmp_path / "two").state() == state


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_list_in_another_encoding_is_damaged_not_a_traceback(encoding, tmp_path):
    found = copy(tmp_path)
    (tmp_path / "pairs.txt").write_text("1\t1\nPérson\t1\t2\nA\t1\tB\t1\n", encoding=encoding)
    with pytest.raises(AssetDamagedError, match=r"pairs\.txt: expected pairs as LFW lists them"):
        found.pairs("folds")
    (tmp_path / "people.txt").write_text("1\nPérson\t2\n", encoding=encoding)
    with pytest.raises(AssetDamagedError, match=r"people\.txt: expected lines of a name"):
        found.people()


def test_a_byte_order_mark_and_blank_lines_are_no_damage(tmp_path):
    found = copy(tmp_path)
    text = "1\t1\n\nA\t1\t2\n  \nA\t1\tB\t1\n"
    (tmp_path / "pairs.txt").write_text(text, encoding="utf-8-sig")
    assert found.pairs("folds").is_same.tolist() == [True, False]
