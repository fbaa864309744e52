"""Data flows one way: a file imports only from rows above its own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "facenet_lite"

#: The rows of the architecture. A unit is a module or a sub-package of facenet_lite.
ROWS = [
    {"types", "errors", "_checks"},
    {"boxes", "imaging", "distances", "assets"},
    {"detect", "landmarks", "align", "models", "data", "evaluate", "losses", "miners", "samplers"},
    {"embed", "train", "results"},
    {"experiments"},
    {"plots", "figures"},
    {"exercises", "cli"},
]
#: Where a unit of the rows above stands that the first plan did not name, and why there.
ROWS[1] |= {"degrade"}  # pictures to pictures
ROWS[3] |= {"builders"}  # files that the package brings, made from data
ROWS[1] |= {"dlib_file"}  # detectors and landmarkers alike are read from dlib's files
ROWS[1] |= {"ranking"}  # what losses and miners share; distances must do without torch
ROWS[5] |= {"source"}  # shows code, as plots shows data
ROWS[6] |= {"doctor"}  # what the command line prints about the installation
#: Row 0 is the one row with an order of its own: errors, then the checks, then the types.
INSIDE_ROW_0 = ["errors", "_checks", "types"]
#: Sideways imports that are meant, with the reason.
SIDEWAYS = {
    ("degrade", "imaging"): "smaller, rotated and compressed pictures are imaging's",
    ("imaging", "assets"): "the astronaut and Grace Hopper are assets",
    ("data", "align"): "drawn faces lie where align.crop puts real ones",
    ("data", "detect"): "a folder of photographs becomes crops of faces",
    ("data", "landmarks"): "a folder of photographs becomes crops of faces",
    ("figures", "plots"): "a figure draws its pictures as plots does",
    ("builders", "train"): "the networks that the package brings are trained",
    ("builders", "results"): "a training's log is recorded",
    ("cli", "doctor"): "the command line prints what the doctor found",
}
#: Neither may a part that every import pays for, or that must stay free of it, load these.
FORBIDDEN = {
    "detect": {"torch"},
    "evaluate": {"torch", "cv2", "dlib", "PIL", "skimage"},
    "distances": {"torch", "cv2", "dlib"},
    "types": {"torch"},
    "samplers": {"torch"},
    "boxes": {"torch", "cv2", "dlib"},
}


def unit(module: str) -> str | None:
    """``facenet_lite.detect.haar`` belongs to the unit ``detect``; the root to none."""
    return module.split(".")[1] if "." in module else None


def row(name: str) -> int:
    found = [number for number, units in enumerate(ROWS) if name in units]
    assert found, f"facenet_lite.{name} stands in no row: give it one in {Path(__file__).name}"
    return found[0]


def imports(source: str, module: str, is_package: bool) -> set[str]:
    """All modules that a file imports, by their full names, wherever in the file."""
    named = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                parts = parts[: len(parts) - node.level + is_package]
                base = ".".join([*parts, *([base] if base else [])])
            if base == "facenet_lite":
                named |= {f"{base}.{alias.name}" for alias in node.names}
            named.add(base)
    return named


def faults(source: str, module: str, is_package: bool = False) -> list[str]:
    """What a file imports and may not."""
    here = unit(module)
    if here is None:
        return []
    found = []
    for name in sorted(imports(source, module, is_package)):
        if name.split(".")[0] in FORBIDDEN.get(here, set()):
            found.append(f"{module} imports {name}: {here} must do without")
        there = unit(name) if name.startswith("facenet_lite.") else None
        if there is None or there == here or there == "__version__" or there == "seed_everything":
            continue
        if row(there) > row(here):
            found.append(f"{module} imports {name}: that points up")
        elif row(there) == row(here) and (here, there) not in SIDEWAYS:
            order = INSIDE_ROW_0
            if not (row(here) == 0 and order.index(there) < order.index(here)):
                found.append(f"{module} imports {name}: that points sideways")
    return found


def files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_imports_point_down(path: Path) -> None:
    source = path.read_text(encoding="utf8")
    assert not faults(source, module_of(path), path.name == "__init__.py")


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_a_file_has_at_most_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf8").splitlines()) <= 300


def test_no_file_is_called_utils() -> None:
    names = {p.stem for p in files()}
    assert not names & {"utils", "util", "helpers", "common", "misc"}


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("facenet_lite.boxes", "from facenet_lite.detect import load"),
        ("facenet_lite.boxes", "import facenet_lite.book.plots"),
        ("facenet_lite.detect.haar", "from facenet_lite import embed"),
        ("facenet_lite.detect.haar", "from ..embed import load"),
        ("facenet_lite.types", "def f():\n    from facenet_lite.imaging import resize"),
        ("facenet_lite.align", "from facenet_lite.landmarks import load"),
        ("facenet_lite.errors", "from facenet_lite.types import Image"),
        ("facenet_lite.detect.ssd", "import torch.nn"),
        ("facenet_lite.evaluate.uncertainty", "import cv2"),
    ],
)
def test_the_check_goes_red(module: str, source: str) -> None:
    assert faults(source, module)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("facenet_lite.detect.haar", "from facenet_lite.boxes import iou"),
        ("facenet_lite.detect.haar", "from . import base\nfrom .base import Detector"),
        ("facenet_lite.types", "from facenet_lite._checks import check_array"),
        ("facenet_lite.book.exercises.haar", "import cv2\nfrom facenet_lite import plots"),
    ],
)
def test_the_check_lets_pass_what_points_down(module: str, source: str) -> None:
    assert not faults(source, module)
