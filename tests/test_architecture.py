"""Data flows one way: a file imports only from rows below its own, and nothing imports in a circle.

``ROWS`` is the whole architecture, from the ground up. What it cannot say is in ``EXCEPTIONS``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "facenet_lite"

#: A unit is a module or sub-package of facenet_lite, or one of facenet_lite.book.
ROWS = [
    # the library
    {"errors"},
    {"_checks", "_extras", "_files", "_formats", "_native", "_paths"},
    {"_depth", "types"},
    {"_decoding", "photographs"},
    {"assets", "boxes", "distances", "dlib_file", "ranking"},
    {"_mmod", "imaging"},
    {"degrade"},
    {"align", "detect", "evaluate", "landmarks", "miners", "models", "samplers"},
    {"data", "embed", "losses"},
    {"album"},
    {"train"},
    # the lessons
    {"by_hand"},
    # the workshop
    {"book"},
    {"book.dev"},  # what make does in a clone; it imports nothing of the package
    {"book.results", "book.source"},
    {"book.kept", "book.registry"},
    {"book.builders", "book.plots"},
    {"book.experiments"},
    {"book.figures"},
    {"book.exercises"},
    # the command line, which is every door's
    {"doctor"},
    {"cli"},
]
#: What a unit may import although its row does not say so, with the reason. Each must be used.
EXCEPTIONS: dict[tuple[str, str], str] = {}
#: Units that do without libraries which they could be expected to load.
FORBIDDEN = {
    "detect": {"torch"},
    "evaluate": {"torch", "cv2", "dlib", "PIL", "skimage"},
    "distances": {"torch", "cv2", "dlib"},
    "types": {"torch"},
    "samplers": {"torch"},
    "boxes": {"torch", "cv2", "dlib"},
}


def unit(module: str) -> str | None:
    """``facenet_lite.detect.haar`` belongs to ``detect``, ``facenet_lite.book.plots.nobody`` to
    ``book.plots``, the root to none."""
    parts = module.split(".")[1:]
    if not parts:
        return None
    return ".".join(parts[:2]) if parts[0] == "book" else parts[0]


def row(name: str) -> int:
    found = [number for number, units in enumerate(ROWS) if name in units]
    assert found, f"facenet_lite.{name} stands in no row: give it one in {Path(__file__).name}"
    return found[0]


def library(name: str) -> bool:
    return row(name) < row("by_hand")


def named_in(nodes: Iterable[ast.AST], module: str, is_package: bool) -> set[str]:
    """All modules, and names of modules, that these nodes import, by their full names."""
    named = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                parts = parts[: len(parts) - node.level + is_package]
                base = ".".join([*parts, *([base] if base else [])])
            named |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return named


def imports(source: str, module: str, is_package: bool) -> set[str]:
    """What a file imports, wherever in the file."""
    return named_in(ast.walk(ast.parse(source)), module, is_package)


def at_import(source: str, module: str, is_package: bool) -> set[str]:
    """What a file imports when it is itself imported, and not only when a function is called."""
    inside = {
        below
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for below in [ast.dump(child) for child in ast.walk(node)]
    }
    return named_in(
        [node for node in ast.walk(ast.parse(source)) if ast.dump(node) not in inside],
        module,
        is_package,
    )


def upward(here: str, there: str) -> bool:
    """Whether an import of one unit by another points up, or sideways."""
    if library(here) and not library(there):
        return True
    return row(there) >= row(here)


def faults(source: str, module: str, is_package: bool = False) -> list[str]:
    """What a file imports and may not."""
    here = unit(module)
    if here is None:
        return []
    found = []
    named = imports(source, module, is_package)
    for name in sorted(named):
        if name.split(".")[0] in FORBIDDEN.get(here, set()):
            found.append(f"{module} imports {name}: {here} must do without")
    for there in sorted({u for u in map(unit, ours(named)) if u} - {here}):
        if upward(here, there) and (here, there) not in EXCEPTIONS:
            found.append(f"{module} imports from {there}: that does not point down")
    if here == "cli":
        for name in sorted(at_import(source, module, is_package)):
            if name.startswith("facenet_lite.book"):
                found.append(f"{module} imports {name}: only inside the command that needs it")
    return found


def files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_of(path): path for path in files()}


def ours(named: Iterable[str]) -> set[str]:
    """Of imported names the modules of this package: ``detect.haar`` for one of its functions."""
    found = set()
    for name in named:
        if name in SOURCES:
            found.add(name)
        elif name.rpartition(".")[0] in SOURCES:
            found.add(name.rpartition(".")[0])
    return {name for name in found if name != "facenet_lite"}


def graph() -> dict[str, set[str]]:
    """Which module imports which: of a sub-package and its module the module alone."""
    edges = {}
    for module, path in SOURCES.items():
        named = imports(path.read_text(encoding="utf8"), module, path.name == "__init__.py")
        wholes = {name.rpartition(".")[0] for name in named if name in SOURCES}
        only = {
            name
            for name in ours(named)
            if name not in wholes
            or any(n.rpartition(".")[0] == name and n not in SOURCES for n in named)
        }
        edges[module] = only - {module}
    return edges


def circles(edges: Mapping[str, set[str]]) -> list[list[str]]:
    """The groups of modules that import each other in a circle (Tarjan's components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(here: str) -> None:
        index[here] = low[here] = len(index)
        stack.append(here)
        for there in sorted(edges.get(here, ())):
            if there not in index:
                visit(there)
            if there in stack:
                low[here] = min(low[here], low[there])
        if low[here] == index[here]:
            group = [stack.pop()]
            while group[-1] != here:
                group.append(stack.pop())
            if len(group) > 1:
                found.append(sorted(group))

    for module in sorted(edges):
        if module not in index:
            visit(module)
    return found


def hidden(source: str, module: str, modules: Iterable[str]) -> set[str]:
    """The modules of a package that something else of the same name hides in its ``__init__``."""
    known = set(modules)
    bound = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom):
            bound |= {
                alias.asname or alias.name
                for alias in node.names
                if f"{node.module}.{alias.name}" not in known
            }
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            bound |= {target.id for target in targets if isinstance(target, ast.Name)}
    return {name for name in bound if f"{module}.{name}" in known}


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_imports_point_down(path: Path) -> None:
    source = path.read_text(encoding="utf8")
    assert not faults(source, module_of(path), path.name == "__init__.py")


def test_nothing_imports_in_a_circle() -> None:
    assert not circles(graph())


def test_every_exception_is_used() -> None:
    used = {(unit(module), unit(there)) for module, named in graph().items() for there in named}
    assert not set(EXCEPTIONS) - used


def test_every_unit_of_the_table_is_there() -> None:
    assert set().union(*ROWS) == {u for u in map(unit, SOURCES) if u}


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_a_file_has_at_most_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf8").splitlines()) <= 300


PACKAGES = [path for path in files() if path.name == "__init__.py"]


@pytest.mark.parametrize("path", PACKAGES, ids=module_of)
def test_no_name_of_a_package_hides_a_module_of_it(path: Path) -> None:
    assert not hidden(path.read_text(encoding="utf8"), module_of(path), SOURCES)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from facenet_lite.evaluate.search import search", {"search"}),
        ("from facenet_lite.evaluate.roc import curve as search", {"search"}),
        ("def search(): ...", {"search"}),
        ("class search: ...", {"search"}),
        ("search: object = None", {"search"}),
        ("from facenet_lite.evaluate.search import nearest", set()),
        ("from facenet_lite.evaluate import search", set()),
    ],
)
def test_a_hidden_module_is_seen(source: str, found: set[str]) -> None:
    modules = ["facenet_lite.evaluate", "facenet_lite.evaluate.search", "facenet_lite.roc"]
    assert hidden(source, "facenet_lite.evaluate", modules) == found


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
        ("facenet_lite.detect.haar", "from facenet_lite.by_hand.detect import haar"),
        ("facenet_lite.train.loop", "from facenet_lite.book import results"),
        ("facenet_lite.types", "def f():\n    from facenet_lite.imaging import resize"),
        ("facenet_lite.align", "from facenet_lite.landmarks import load"),
        ("facenet_lite.by_hand.detect.hog", "from facenet_lite.book import plots"),
        ("facenet_lite.book.plots.nobody", "from facenet_lite.book.exercises import hog"),
        ("facenet_lite.errors", "from facenet_lite.types import Image"),
        ("facenet_lite.detect.ssd", "import torch.nn"),
        ("facenet_lite.evaluate.uncertainty", "import cv2"),
        ("facenet_lite.cli", "from facenet_lite.book import plots"),
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
        ("facenet_lite.book.exercises.hog", "import cv2\nfrom facenet_lite.book import plots"),
        ("facenet_lite.cli", "def f():\n    from facenet_lite.book import plots"),
    ],
)
def test_the_check_lets_pass_what_points_down(module: str, source: str) -> None:
    assert not faults(source, module)


def test_circles_are_found_inside_a_unit_and_outside() -> None:
    edges = {"a.x": {"a.y"}, "a.y": {"b"}, "b": {"a.x", "c"}, "c": {"d"}, "d": set()}
    assert circles(edges) == [["a.x", "a.y", "b"]]
    assert not circles({"a": {"b", "c"}, "b": {"c"}, "c": set()})
