"""What the library imports, pyproject.toml requires; what an extra brings, its error names."""

from __future__ import annotations

import ast
import importlib
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

from facenet_lite import assets
from facenet_lite._extras import EXTRAS, NEEDED, command, named
from facenet_lite.errors import MissingExtraError

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "facenet_lite"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
OPTIONAL = {module: extra for extra, brought in EXTRAS.items() for module in brought}

#: The extras that a library module may ask for, inside the function or file that needs them.
LIBRARY = {"train", "search", "onnx", "export"}
#: What comes with a required package, and is imported under its own name.
BROUGHT = {"cycler": "matplotlib"}


def required(lines: list[str]) -> set[str]:
    """The distributions that these lines of pyproject.toml name, our own extras aside."""
    names = {line.partition(">=")[0] for line in lines}
    return {name for name in names if not name.startswith("facenet_lite[")}


def foreign(path: Path) -> set[str]:
    """The top-level packages that a file imports, ours and Python's aside."""
    named = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            named.add(node.module or "")
    tops = {name.partition(".")[0] for name in named}
    return {BROUGHT.get(top, top) for top in tops - sys.stdlib_module_names - {"facenet_lite"}}


def files(*, library: bool) -> list[Path]:
    workshop = (PACKAGE / "by_hand", PACKAGE / "book")
    return [
        path
        for path in sorted(PACKAGE.rglob("*.py"))
        if any(path.is_relative_to(folder) for folder in workshop) != library
    ]


def without_extras(
    code: str, modules: Iterable[str] = OPTIONAL
) -> subprocess.CompletedProcess[str]:
    """Run code where these modules are not installed, and nothing can be downloaded."""
    block = f"import sys\nfor module in {sorted(modules)!r}:\n    sys.modules[module] = None\n"
    return subprocess.run(
        [sys.executable, "-c", block + code], capture_output=True, text=True,
        env={**os.environ, "FACENET_LITE_OFFLINE": "1"},
    )  # fmt: skip


def commanded(*arguments: str) -> subprocess.CompletedProcess[str]:
    return without_extras(f"from facenet_lite import cli\nsys.exit(cli.main({list(arguments)!r}))")


def test_the_library_requires_what_its_table_says() -> None:
    assert required(PROJECT["dependencies"]) == set(NEEDED.values())


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_requires_what_its_table_says(extra: str) -> None:
    lines = required(PROJECT["optional-dependencies"][extra])
    listed = set(EXTRAS[extra].values())
    assert listed <= lines if extra == "book" else listed == lines


def test_the_library_imports_what_it_requires_and_the_extras_of_its_own() -> None:
    allowed = set(NEEDED) | {module for module, extra in OPTIONAL.items() if extra in LIBRARY}
    wrong = {path: foreign(path) - allowed for path in files(library=True)}
    assert not {path: names for path, names in wrong.items() if names}


def test_lessons_and_workshop_import_what_the_lessons_extra_brings() -> None:
    allowed = set(NEEDED) | {module for module, extra in OPTIONAL.items() if extra != "book"}
    wrong = {path: foreign(path) - allowed for path in files(library=False)}
    assert not {path: names for path, names in wrong.items() if names}


def test_every_asset_comes_with_a_package_that_is_required_somewhere() -> None:
    known = {*NEEDED.values(), *(d for b in EXTRAS.values() for d in b.values()), "facenet_lite"}
    assert {asset.package for asset in assets.registry().values()} <= known


def test_the_photographs_and_tiles_alone_come_with_an_extra() -> None:
    optional = {name for name, asset in assets.registry().items() if not asset.needed}
    assert optional == {"astronaut", "grace_hopper", "lfw_subset"}


@pytest.mark.parametrize("module", OPTIONAL)
def test_a_missing_module_is_named_with_the_command_that_brings_it(module, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError) as caught, named():
        importlib.import_module(f"{module}.part")
    assert command(OPTIONAL[module]) in str(caught.value)


def test_a_missing_module_of_nobodys_stays_as_it_is() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_module") as caught, named():
        importlib.import_module("no_such_module")
    assert not isinstance(caught.value, MissingExtraError)


def test_faces_are_found_drawn_and_compared_without_any_extra(tmp_path: Path) -> None:
    photo, out = str(assets.fetch("grace_hopper")), tmp_path / "boxes.png"
    for detector in ("haar", "ssd", "hog", "mmod"):
        done = commanded("detect", photo, "--detector", detector, "--out", str(out))
        assert (done.returncode, done.stderr) == (0, "")
        assert "face" in done.stdout
        assert out.is_file()
    done = commanded("verify", photo, photo)
    assert done.stdout.startswith("squared distance 0.000, threshold 0.36: the same person\n")


def test_the_doctor_is_content_without_any_extra() -> None:
    done = commanded("doctor")
    assert done.returncode == 0
    assert "!!" not in done.stdout
    assert done.stdout.count("\n-- ") >= len(OPTIONAL)


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (["train", "run"], "train"),
        (["verify", "PHOTO", "PHOTO", "--model", "lfw-triplet"], "train"),
        (["experiment", "training"], "train"),
        (["experiment", "architectures"], "train"),
        (["build", "lfw-triplet"], "train"),
    ],
)
def test_a_command_that_needs_an_extra_names_it(
    arguments: list[str], extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Missing data is named before a missing extra, so some data must be there.
    (tmp_path / "lfw" / "lfw-deepfunneled").mkdir(parents=True)
    monkeypatch.setenv("FACENET_LITE_DATA", str(tmp_path))
    photo = str(assets.fetch("grace_hopper"))
    done = commanded(*(photo if argument == "PHOTO" else argument for argument in arguments))
    assert done.returncode == 1
    assert command(extra) in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("code", "extra"),
    [
        ("from facenet_lite import train", "train"),
        *(
            (f"import facenet_lite.{part}", "train")
            for part in ("losses", "miners", "ranking", "train")
        ),
        ("from facenet_lite import models; models.read(models.__file__)", "train"),
        ("import facenet_lite.book.figures", "lessons"),
        ("from facenet_lite.book import plots; plots.axes()", "lessons"),
        ("from facenet_lite.book import exercises; exercises.training", "train"),
        (
            "from facenet_lite.by_hand.detect import window_training as w; w.backgrounds()",
            "lessons",
        ),
    ],
)
def test_a_part_that_needs_an_extra_names_it(code: str, extra: str) -> None:
    done = without_extras(code)
    assert "MissingExtraError" in done.stderr
    assert command(extra) in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(("module", "extra"), [("onnxscript", "export"), ("onnxruntime", "onnx")])
def test_an_onnx_file_that_needs_an_extra_names_it(module: str, extra: str, tmp_path: Path) -> None:
    code = "from facenet_lite import models\n" + (
        "models.to_onnx(models.load('lfw-triplet'), sys.argv[0])"
        if extra == "export"
        else "models.open_onnx(models.__file__)"
    )
    code = f"import sys; sys.argv = [{str(tmp_path / 'net.onnx')!r}]\n{code}"
    done = without_extras(code, [module])
    assert command(extra) in done.stderr.splitlines()[-1]
    assert not list(tmp_path.iterdir())


def test_a_photograph_that_is_not_installed_is_named_with_the_command_that_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    done = without_extras("from facenet_lite import imaging\nimaging.astronaut()")
    assert "AssetMissingError: astronaut.png: not installed" in done.stderr
    assert command("lessons") in done.stderr
