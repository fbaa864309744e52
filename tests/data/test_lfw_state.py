"""Whatever is kept from a copy of LFW is kept under what identifies its contents."""

import os

from facenet_lite.data import lfw


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
