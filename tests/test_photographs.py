"""Which photographs are found in files and folders, and what is said of all the others."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from facenet_lite import _formats, _paths, photographs
from facenet_lite.errors import AssetMissingError, InputError
from facenet_lite.photographs import Found, find, people

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def made(folder: Path, *names: str) -> Path:
    """Empty files of these names in a folder."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


@contextmanager
def nested(folder: Path, names: list[str], file: str) -> Iterator[str]:
    """A file in folders in folders, whose whole path may be too long; its path inside ``folder``.

    Removed in the end, since pytest could not: from inside, where each name is short.
    """
    here = os.getcwd()
    os.chdir(folder)
    try:
        for name in names:
            os.mkdir(name)
            os.chdir(name)
        made(Path("."), file)
        os.chdir(here)
        yield "/".join([*names, file])
    finally:
        os.chdir(folder)
        for name in names:
            os.chdir(name)
        os.unlink(file)
        for name in reversed(names):
            os.chdir("..")
            os.rmdir(name)
        os.chdir(here)


def found_in(folder: Path, found: Found) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in found.photographs]


def left_out(folder: Path, found: Found) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): reason for path, reason in found.left_out}


def test_photographs_of_all_suffixes_are_found_in_folders_of_folders(tmp_path: Path) -> None:
    names = [f"2019/{n}{suffix}" for n, suffix in enumerate(_formats.PHOTOGRAPHS)]
    made(tmp_path, "b.JPG", "a/b/c/d.Jpeg", *names)
    readable = [
        name for name in names if _formats.has_reader(_formats.PHOTOGRAPHS[Path(name).suffix])
    ]
    assert found_in(tmp_path, find([tmp_path])) == sorted([*readable, "a/b/c/d.Jpeg", "b.JPG"])
    expected = (".jpg", ".jfif", ".gif", ".pgm", ".jp2", ".avif", ".heic")
    assert all(suffix in _formats.PHOTOGRAPHS for suffix in expected)


def test_what_is_passed_over_is_listed_with_its_reason(tmp_path: Path) -> None:
    made(
        tmp_path, "a.jpg", "._a.jpg", ".hidden.png", ".thumbnails/1.png", "@eaDir/a.jpg/1.jpg",
        "__MACOSX/._a.jpg", "x/.ipynb_checkpoints/a.png", "Thumbs.db", "x/desktop.ini",
        "notes.txt", "film.mov", "IMG.NEF", "IMG.dng", "no suffix",
    )  # fmt: skip
    (tmp_path / "gone.jpg").symlink_to("/nowhere/gone.jpg")
    (tmp_path / "round.jpg").symlink_to("round.jpg")
    found = find([tmp_path])
    assert found_in(tmp_path, found) == ["a.jpg"]
    assert left_out(tmp_path, found) == {
        "._a.jpg": "hidden",
        ".hidden.png": "hidden",
        ".thumbnails": "hidden",
        "x/.ipynb_checkpoints": "hidden",
        "@eaDir": "made by a program",
        "__MACOSX": "made by a program",
        "Thumbs.db": "made by a program",
        "x/desktop.ini": "made by a program",
        "notes.txt": "not a picture",
        "film.mov": "not a picture",
        "no suffix": "not a picture",
        "IMG.NEF": "camera's raw file",
        "IMG.dng": "camera's raw file",
        "gone.jpg": "link to nothing",
        "round.jpg": "link that leads back",
    }
    assert found.summary() == (
        "1 photograph; left out: 4 hidden, 4 made by a program, 3 not pictures, "
        "2 cameras' raw files, 1 link to nothing, 1 link that leads back"
    )


def test_a_summary_counts_in_words() -> None:
    assert find([]).summary() == "0 photographs"
    assert Found((Path("a"),)).summary() == "1 photograph"
    reasons = [*photographs.MANY, "hidden", "HEIC picture without pillow-heif"]
    many = Found((), tuple((Path(str(n)), r) for r in reasons for n in range(2))).summary()
    assert "2 HEIC pictures without pillow-heif" in many
    assert "2 links to nothing, " in many
    assert "2 hidden" in many


@pytest.mark.parametrize(
    ("form", "name", "reason"),
    [
        ("HEIF", "a.HEIC", "HEIC picture without pillow-heif"),
        ("AVIF", "a.avif", "AVIF picture without Pillow 11.3"),
    ],
)
def test_a_photograph_that_nothing_here_reads_is_left_out_with_what_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, name: str, reason: str
) -> None:
    made(tmp_path, name)
    monkeypatch.setattr(_formats, "has_reader", lambda one: one != form)
    assert left_out(tmp_path, find([tmp_path])) == {name: reason}
    monkeypatch.setattr(_formats, "has_reader", lambda one: True)
    assert found_in(tmp_path, find([tmp_path])) == [name]


def test_a_file_that_is_named_is_always_found(tmp_path: Path) -> None:
    made(tmp_path, ".a.jpg", "b.txt", "@eaDir/c.jpg")
    (tmp_path / "link.jpg").symlink_to("/nowhere")
    given = [".a.jpg", "b.txt", "@eaDir/c.jpg", "link.jpg", "missing.jpg", "x" * 5000]
    found = find([tmp_path / name for name in given])
    assert sorted(found_in(tmp_path, found)) == sorted(given)
    assert found.left_out == ()
    assert find(["a\0b"]).photographs == (Path("a\0b"),)


def test_a_hidden_folder_that_is_named_is_searched(tmp_path: Path) -> None:
    made(tmp_path, ".thumbnails/a.jpg")
    assert len(find([tmp_path / ".thumbnails"]).photographs) == 1


def test_one_path_alone_is_refused() -> None:
    with pytest.raises(
        InputError, match=r"paths: expected a list of paths, got one; .*\['album'\]"
    ):
        find("album")


def test_a_photograph_reached_twice_counts_once_and_under_its_own_path(tmp_path: Path) -> None:
    made(tmp_path, "z/1.jpg")
    (tmp_path / "a.jpg").symlink_to("z/1.jpg")
    (tmp_path / "b").symlink_to("z")
    found = find([tmp_path])
    assert found_in(tmp_path, found) == ["z/1.jpg"]
    assert left_out(tmp_path, found) == {
        "a.jpg": "photograph found already by another path",
        "b": "folder searched already by another path",
    }
    found = find([tmp_path / "a.jpg", tmp_path])
    assert found_in(tmp_path, found) == ["a.jpg"]


def test_a_path_that_is_given_twice_is_not_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(made(tmp_path, "a/1.jpg"))
    found = find(["a", "a/1.jpg", "a", tmp_path / "a", "./a/1.jpg", tmp_path / "a/1.jpg", "."])
    assert (found.photographs, found.left_out) == ((Path("a/1.jpg"),), ())


def test_links_to_folders_elsewhere_are_followed_and_loops_are_not(tmp_path: Path) -> None:
    made(tmp_path / "album", "a/1.jpg")
    made(tmp_path / "elsewhere", "2.jpg", "deep/3.jpg")
    album = tmp_path / "album"
    (album / "there").symlink_to(tmp_path / "elsewhere")
    (album / "a" / "loop").symlink_to("..")
    (album / "up").symlink_to("../..")
    (album / "all").symlink_to("/")
    (tmp_path / "elsewhere" / "back").symlink_to(album)
    found = find([album])
    assert found_in(album, found) == ["a/1.jpg", "there/2.jpg", "there/deep/3.jpg"]
    assert left_out(album, found) == {
        "a/loop": "folder searched already by another path",
        "up": "link that leads back",
        "all": "link that leads back",
        "there/back": "folder searched already by another path",
    }


def test_names_that_are_not_utf8_and_deep_folders_are_found(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.jpg")
    try:
        made(tmp_path, name)
    except OSError:
        pytest.skip("this file system takes UTF-8 alone")
    with nested(tmp_path, ["d"] * 1200, "far.jpg") as deep:
        found = find([tmp_path])
    assert found_in(tmp_path, found) == [name, deep]


def test_a_path_too_long_to_be_looked_at_is_left_out_by_name(tmp_path: Path) -> None:
    made(tmp_path, "a.jpg")
    with nested(tmp_path, ["x" * 250] * 20, "far.jpg"):
        found = find([tmp_path])
    assert found_in(tmp_path, found) == ["a.jpg"]
    assert found.summary().startswith("1 photograph; left out: 1 out of reach (File name too long")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_pipes_and_sockets_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as one:
        here = os.getcwd()
        os.chdir(tmp_path)  # a socket's path is short
        try:
            one.bind("socket.jpg")
        finally:
            os.chdir(here)
        found = find([tmp_path])
    assert found.photographs == ()
    assert set(left_out(tmp_path, found).values()) == {"neither a file nor a folder"}


@pytest.mark.skipif(ROOT or os.name == "nt", reason="everything is allowed here")
def test_what_may_not_be_read_is_left_out_by_name(tmp_path: Path) -> None:
    made(tmp_path, "a.jpg", "locked.jpg", "shut/1.jpg", "listed/1.jpg")
    (tmp_path / "locked.jpg").chmod(0)
    (tmp_path / "shut").chmod(0)
    (tmp_path / "listed").chmod(0o400)
    try:
        found = find([tmp_path])
    finally:
        (tmp_path / "shut").chmod(0o700)
        (tmp_path / "listed").chmod(0o700)
    assert found_in(tmp_path, found) == ["a.jpg"]
    assert left_out(tmp_path, found) == {
        "locked.jpg": "file that may not be read",
        "shut": "folder that cannot be searched (Permission denied)",
        "listed/1.jpg": "out of reach (Permission denied)",
    }


def refusing(*_: object, **__: object) -> None:
    raise PermissionError(13, "Permission denied")


def test_a_folder_that_may_not_be_listed_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path, "a/1.jpg")
    monkeypatch.setattr(Path, "iterdir", refusing)
    assert find([tmp_path]).summary() == (
        "0 photographs; left out: 1 folder that cannot be searched (Permission denied)"
    )
    with pytest.raises(AssetMissingError, match=r"cannot be searched \(Permission denied\)"):
        people(tmp_path)


def test_nothing_that_is_looked_at_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path, "a.jpg")
    (tmp_path / "gone").symlink_to("nowhere")
    (tmp_path / "round").symlink_to("round")
    seen = {
        ".": "a folder", "a.jpg": "a file", "no": "nothing", "a.jpg/b": "nothing",
        "gone": "a link to nothing", "round": "a link in a circle", "b\0c": "embedded null byte",
    }  # fmt: skip
    assert {name: _paths.what(tmp_path / name) for name in seen} == seen
    assert _paths.what(tmp_path / ("x" * 5000)).startswith("File name too long")
    assert [_paths.is_file(tmp_path / name) for name in ("a.jpg", ".", "no")] == [
        True,
        False,
        False,
    ]
    monkeypatch.setattr(os, "stat", refusing)
    assert _paths.what(tmp_path) == "Permission denied"
    assert not _paths.is_folder(tmp_path)


def test_people_are_sub_folders_and_their_folders_belong_to_them(tmp_path: Path) -> None:
    made(
        tmp_path, "bob/2.PNG", "bob/1.jpg", "ann/2019/1.gif", "ann/2.jfif", "ann/x.txt", "c.jpg",
        "nobody/x.txt", "empty/y/z/.a.jpg", ".thumbnails/1.png", "@eaDir/1.png",
    )  # fmt: skip
    (tmp_path / "anna").symlink_to("ann")
    (tmp_path / "ann" / "gone.jpg").symlink_to("/nowhere")
    found = people(tmp_path)
    assert {n: [p.name for p in paths] for n, paths in found.by_name.items()} == {
        "ann": ["2.jfif", "1.gif"],
        "bob": ["1.jpg", "2.PNG"],
    }
    assert found.names == ("ann", "ann", "bob", "bob")
    assert left_out(tmp_path, found) == {
        ".thumbnails": "hidden",
        "@eaDir": "made by a program",
        "ann/gone.jpg": "link to nothing",
        "ann/x.txt": "not a picture",
        "anna": "folder searched already by another path",
        "c.jpg": "in no person's folder",
        "empty": "person's folder without a photograph",
        "empty/y/z/.a.jpg": "hidden",
        "nobody": "person's folder without a photograph",
        "nobody/x.txt": "not a picture",
    }


def test_people_are_found_from_inside_their_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(made(tmp_path, "ann/1.jpg"))
    assert people(".").by_name == {"ann": (Path("ann/1.jpg"),)}


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        (".", r"expected sub-folders, one a person.*got 0 photographs; left out: 1 in no person's"),
        ("nowhere", r"nowhere: expected a folder with one sub-folder a person, got nothing"),
        ("a.jpg", r"a\.jpg: expected a folder .* got a file"),
        ("x" * 5000, "got File name too long"),
    ],
)
def test_a_folder_without_people_is_refused(tmp_path: Path, folder: str, message: str) -> None:
    made(tmp_path, "a.jpg")
    with pytest.raises(AssetMissingError, match=message):
        people(tmp_path / folder)
