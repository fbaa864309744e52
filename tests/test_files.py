"""A file is whole or not there, whatever happens while it is written."""

import os
import stat
import subprocess
import sys

import numpy as np
import pytest

from facenet_lite._files import fingerprint, whole


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def started(code, path, *more):
    """Another process that runs ``code`` with ``path`` and says when it has come to its middle."""
    code = f"import sys\nfrom facenet_lite._files import whole\n{code}"
    arguments = [sys.executable, "-c", code, str(path), *more]
    return subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


WRITES_HALF = """
with whole(sys.argv[1]) as part:
    with part.open("w") as stream:
        stream.write(sys.argv[2]); stream.flush()
        print("in the middle", flush=True)
        sys.stdin.readline()
        stream.write(sys.argv[2])
"""


def test_a_new_file_takes_the_old_ones_place(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with whole(path) as part:
        part.write_text("new")
        assert part.parent == path.parent
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert names(tmp_path) == ["a.txt"]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def full(part):
        part.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"), whole(path) as part:
        full(part)
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_an_interruption_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"

    def interrupted(part):
        part.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), whole(path) as part:
        interrupted(part)
    assert names(tmp_path) == []


def test_a_process_killed_in_the_middle_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with started(WRITES_HALF, path, "new") as child:
        assert child.stdout.readline() == "in the middle\n"
        child.kill()
    assert path.read_text() == "old"
    with whole(path) as part:
        part.write_text("newer")
    assert path.read_text() == "newer"


def test_two_processes_at_once_leave_one_whole_file(tmp_path):
    path = tmp_path / "a.txt"
    with started(WRITES_HALF, path, "one") as first, started(WRITES_HALF, path, "two") as second:
        for child in (first, second):
            assert child.stdout.readline() == "in the middle\n"
        assert len(names(tmp_path)) == 2
        for child, text in ((second, "twotwo"), (first, "oneone")):
            child.communicate("go on\n")
            assert child.returncode == 0
            assert path.read_text() == text
    assert names(tmp_path) == ["a.txt"]


def test_a_block_that_writes_nothing_makes_no_file(tmp_path):
    with pytest.raises(FileNotFoundError), whole(tmp_path / "a.txt"):
        pass
    assert names(tmp_path) == []


def test_a_folder_that_is_missing_is_an_error_before_anything_is_computed(tmp_path):
    reached = []
    with pytest.raises(FileNotFoundError), whole(tmp_path / "no" / "a.txt"):
        reached.append(True)
    assert not reached


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_file_written_for_its_owner_alone_gets_the_mode_of_any_other(tmp_path):
    (tmp_path / "usual").touch()
    with whole(tmp_path / "a") as part:
        part.touch(mode=0o600)
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "usual")}
    assert len(modes) == 1


def test_a_fingerprint_is_the_known_one():
    """The first digits of ``printf '[1, {"a": null}]' | sha256sum``."""
    assert fingerprint(1, {"a": None}) == "8cf6476b7773"


def test_a_fingerprint_does_not_depend_on_the_order_of_keys():
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})


@pytest.mark.parametrize(
    "other",
    [
        np.arange(1, 7).reshape(2, 3),
        np.arange(6),
        np.arange(6).reshape(3, 2),
        np.arange(6, dtype=np.float64).reshape(2, 3),
        np.arange(6, dtype=np.uint64).reshape(2, 3),
        np.arange(6).tobytes(),
    ],
)
def test_another_content_shape_or_kind_of_array_has_another_fingerprint(other):
    array = np.arange(6).reshape(2, 3)
    assert fingerprint([array]) == fingerprint([array.copy(order="F")]) != fingerprint([other])


def test_a_fingerprint_of_what_has_no_bytes_is_refused():
    with pytest.raises(TypeError, match="object"):
        fingerprint(object())
