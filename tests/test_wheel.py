"""The wheel: all of the package is in it, its data too, and nothing else."""

from __future__ import annotations

import email
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BESIDE = ("pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT")


def tracked() -> list[str]:
    """The package's files that git knows, the new ones too."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "facenet_lite"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("only a checkout of git says which files belong to the package")
    return [name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    """A wheel of what git knows, built offline."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in (*BESIDE, *tracked()):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, source / name)
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", out]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, "."],
        cwd=source, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (path,) = out.iterdir()
    assert path.name.endswith("-py3-none-any.whl")
    return zipfile.ZipFile(path)


def metadata(wheel: zipfile.ZipFile) -> email.message.Message:
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    return email.message_from_bytes(wheel.read(name))


def test_the_wheel_has_every_file_of_the_package_and_no_other(wheel: zipfile.ZipFile) -> None:
    packed = [name for name in wheel.namelist() if ".dist-info/" not in name]
    assert sorted(packed) == sorted(tracked())


def test_every_kind_of_data_is_among_them(wheel: zipfile.ZipFile) -> None:
    kinds = {Path(name).suffix for name in wheel.namelist() if name.startswith("facenet_lite/")}
    assert {".json", ".npz", ".mjs", ".css", ".safetensors", ".toml", ".typed"} <= kinds


def test_the_wheel_names_its_licences_and_brings_their_texts(wheel: zipfile.ZipFile) -> None:
    found = metadata(wheel)
    assert found["License-Expression"] == "BSD-3-Clause AND CC-BY-4.0"
    assert found.get_all("License-File") == ["LICENSE", "LICENSE-TEXT"]
    brought = {Path(name).name for name in wheel.namelist() if "/licenses/" in name}
    assert brought == {"LICENSE", "LICENSE-TEXT"}
