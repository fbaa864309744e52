"""A file is whole or not there, whatever happens while it is written."""

import errno
import json
import os
import pathlib
import stat
import subprocess
import sys

import numpy as np
import pytest

from facenet_lite import _files
from facenet_lite._files import LOCK, fingerprint, locked, whole, writing
from facenet_lite.errors import InputError, InUseError, WriteError


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def started(code, path, *more):
    """Another process that runs ``code`` with ``path`` and says when it has come to its middle."""
    code = f"import sys\nfrom facenet_lite._files import locked, whole\n{code}"
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


def test_a_read_only_disk_does_not_hide_its_error_behind_that_of_tidying_up(tmp_path, monkeypatch):
    def read_only(path, *rest, **more):
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(pathlib.Path, "touch", read_only)
    monkeypatch.setattr(pathlib.Path, "unlink", lambda path, **more: path.rmdir())
    with pytest.raises(OSError, match="Read-only"), whole(tmp_path / "a.txt"):
        pass


def test_what_cannot_be_written_is_named_and_other_errors_pass():
    with pytest.raises(WriteError, match=r"a\.txt: cannot be written \(No space"), writing("a.txt"):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(InputError), writing("a.txt"):
        raise InputError("another")


HOLDS = """
with locked(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_folder_that_another_process_holds_is_refused_and_says_whose_it_is(tmp_path):
    with started(HOLDS, tmp_path) as child:
        assert child.stdout.readline() == "held\n"
        said = rf"process {child.pid} on .+ \(since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d.*\) is writing"
        with pytest.raises(InUseError, match=said), locked(tmp_path):
            pass
        child.communicate("let go\n")
        assert child.returncode == 0
    with locked(tmp_path):
        assert json.loads((tmp_path / LOCK).read_text())["process"] == os.getpid()
    assert names(tmp_path) == []


def test_the_lock_of_a_killed_process_is_taken_over(tmp_path, caplog):
    with started(HOLDS, tmp_path) as child:
        assert child.stdout.readline() == "held\n"
        child.kill()
        child.wait()
    assert names(tmp_path) == [LOCK]
    with caplog.at_level("INFO"), locked(tmp_path):
        assert json.loads((tmp_path / LOCK).read_text())["process"] == os.getpid()
    assert f"taken over from process {child.pid}" in caplog.text


def test_a_folder_is_held_once_in_a_process_and_let_go_after_an_error(tmp_path):
    def fails():
        with pytest.raises(InUseError), locked(tmp_path):
            pass
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), locked(tmp_path):
        fails()
    with locked(tmp_path):
        assert names(tmp_path) == [LOCK]


def test_a_folder_made_for_nothing_is_removed_again(tmp_path):
    (tmp_path / "old").mkdir()
    for name in ("old", "new", "used"):
        with locked(tmp_path / name) as folder:
            if name == "used":
                (folder / "a.txt").touch()
    assert names(tmp_path) == ["old", "used"]


def test_a_lock_removed_while_it_is_asked_for_is_asked_for_again(tmp_path, monkeypatch):
    """The holder removes its file between our opening and our locking of it."""
    hold, removed = _files._hold, []

    def late(stream):
        if not removed:
            (tmp_path / LOCK).unlink()
            removed.append(True)
        hold(stream)

    monkeypatch.setattr(_files, "_hold", late)
    with locked(tmp_path):
        assert names(tmp_path) == [LOCK]
        with pytest.raises(InUseError), locked(tmp_path):
            pass


def test_a_disk_without_locks_is_used_with_a_warning(tmp_path, monkeypatch, caplog):
    def none(stream):
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(_files, "_hold", none)
    with locked(tmp_path):
        pass
    assert "one process at a time" in caplog.text


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "a.txt").touch()
    with pytest.raises(WriteError, match=r"a\.txt"), locked(tmp_path / "a.txt"):
        pass


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
