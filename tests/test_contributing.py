"""What CONTRIBUTING tells people to write, to register and to test is there under that name."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf8")
PLACES = {"chNN": "ch[0-9][0-9]", "NAME": "*", "TOPIC": "*", "FAMILY": "*"}
"""What a name in capitals stands for, as a pattern of file names."""


def paths(text: str) -> list[str]:
    """The files and folders of the repository that a text names."""
    named = re.findall(r"`([\w.*-]+(?:/[\w.*-]*)+|[\w-]+\.(?:toml|md|txt|yml))`", text)
    return [path for path in named if not path.startswith((".venv", "--"))]


def missing(text: str) -> list[str]:
    """Those of them that are not there."""
    gone = []
    for path in paths(text):
        pattern = re.sub("|".join(PLACES), lambda found: PLACES[found[0]], path.rstrip("/"))
        if not any(ROOT.glob(pattern)):
            gone.append(path)
    return gone


def registries(text: str) -> list[tuple[str, str]]:
    """The names that stand in a named module of the package."""
    return re.findall(r"`(\w+)` in `(facenet_lite/[\w/]+\.py)`", text)


def unread(name: str, path: str) -> str:
    """Why a registry is none: it is not in its module, or nobody reads it; empty if it is."""
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    if not hasattr(importlib.import_module(module), name):
        return f"{module} has no {name}"
    sources = [p for folder in ("facenet_lite", "tests") for p in (ROOT / folder).rglob("*.py")]
    read = re.compile(rf"\b{name}\b(?!: Final|: TypeAlias| =)")
    if not any(read.search(p.read_text(encoding="utf8")) for p in sources):
        return f"nobody reads {name} of {module}"
    return ""


def test_every_file_and_folder_that_it_names_is_there() -> None:
    assert len(paths(TEXT)) > 40
    assert not missing(TEXT)


def test_it_names_registries_and_rows() -> None:
    assert {"DETECTORS", "NAMES"} <= {name for name, _ in registries(TEXT)}
    assert len(re.findall(r"^\| (?!for a new|-)[^|]+(?:\|[^|]*){4}$", TEXT, re.M)) >= 10


@pytest.mark.parametrize(("name", "path"), registries(TEXT))
def test_a_registry_is_in_its_module_and_is_read(name: str, path: str) -> None:
    assert not unread(name, path)


def test_the_checks_go_red() -> None:
    assert missing("`facenet_lite/detect/nobody.py`, `book/chNN.md`, `nothing.toml`")
    assert not missing("`facenet_lite/detect/NAME.py`, `notebooks/chNN_TOPIC.ipynb`, `tests/`")
    assert unread("NOWHERE", "facenet_lite/detect/__init__.py")
