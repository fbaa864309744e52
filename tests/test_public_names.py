"""What a package of the library exports is used somewhere: by a page, a notebook, or another unit.

A name is used where code outside of its unit, or a test of another unit, imports it or asks the
package for it, and where a page writes ``unit.name`` or `` `name` ``. The type of a value that such
a name gives back is exported too, although nobody may ever write it: a reader who looks up
``evaluate.val_at_far`` finds the fields of ``ValAtFar`` on the same page, and may annotate with it.
Everything else is reached through its module, ``facenet_lite.UNIT.MODULE``.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "facenet_lite"
UNITS = sorted(
    path.parent.name
    for path in PACKAGE.glob("*/__init__.py")
    if path.parent.name not in ("by_hand", "book") and "__all__" in path.read_text("utf8")
)


def cells(kind: str) -> Iterator[list[str]]:
    """The texts of every chapter's cells of one kind."""
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        every = json.loads(path.read_text(encoding="utf8"))["cells"]
        yield ["".join(cell["source"]) for cell in every if cell["cell_type"] == kind]


def asked_for(source: str) -> set[tuple[str, str]]:
    """Units and names in them that code imports, or takes from the unit as attributes."""
    found, attributes, modules = set(), [], {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("facenet_lite"):
            for alias in node.names:
                parts = f"{node.module}.{alias.name}".split(".")[1:]
                found.add((parts[0], parts[-1]))
                modules[alias.asname or alias.name] = parts[0]
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname and alias.name.startswith("facenet_lite."):
                    modules[alias.asname] = alias.name.split(".")[1]
        elif isinstance(node, ast.Attribute):
            attributes.append(node)
    for node in attributes:
        if isinstance(node.value, ast.Name):
            found.add((modules.get(node.value.id, ""), node.attr))
        elif isinstance(node.value, ast.Attribute):  # facenet_lite.evaluate.roc
            found.add((node.value.attr, node.attr))
    return found


@cache
def uses() -> set[tuple[str, str]]:
    """Units and names in them that are used outside of the unit and of its own tests."""
    found = set()
    for path in [*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")]:
        own = path.relative_to(ROOT).parts[1]
        asked = asked_for(path.read_text(encoding="utf8"))
        found |= {(unit, name) for unit, name in asked if unit != own}
    for chapter in cells("code"):
        lines = [line for cell in chapter for line in cell.split("\n")]
        kept = (line for line in lines if not line.lstrip().startswith(("%", "!")))
        found |= asked_for("\n".join(kept))
    pages = [p for p in (ROOT / "book").rglob("*.md") if "_build" not in p.parts]
    texts = [path.read_text(encoding="utf8") for path in [*pages, ROOT / "README.md"]]
    for text in [*texts, *("\n".join(chapter) for chapter in cells("markdown"))]:
        found |= set(re.findall(r"\b(\w+)\.(\w+)\b", text))
        found |= {(unit, name) for name in re.findall(r"`(\w+)[`(]", text) for unit in UNITS}
    return found


def annotations(thing: object) -> Iterator[str]:
    """What a function gives back, or what a class's fields, methods and properties are."""
    if inspect.isclass(thing):
        for part in thing.__mro__[:-1]:
            yield from map(str, vars(part).get("__annotations__", {}).values())
            for member in vars(part).values():
                call = member.fget if isinstance(member, property) else member
                yield str(getattr(call, "__annotations__", {}).get("return", ""))
    else:
        yield str(getattr(thing, "__annotations__", {}).get("return", ""))


def unused(unit: str, exported: list[str]) -> set[str]:
    """Exported names that nothing uses, and that are no type of a value that a used one gives."""
    package = importlib.import_module(f"facenet_lite.{unit}")
    registered = getattr(package, "NAMES", ())  # a registered rule is asked for by its name
    known = {name for name in exported if name in registered or (unit, name) in uses()}
    todo = list(known)
    while todo:
        words = " ".join(annotations(getattr(package, todo.pop())))
        given = {name for name in exported if re.search(rf"\b{name}\b", words)} - known
        known |= given
        todo += given
    return set(exported) - known


@pytest.mark.parametrize("unit", UNITS)
def test_what_is_exported_is_used_elsewhere(unit: str) -> None:
    assert not unused(unit, importlib.import_module(f"facenet_lite.{unit}").__all__)


def test_a_name_that_nobody_uses_is_seen_and_the_type_of_a_value_is_not() -> None:
    assert unused("evaluate", ["val_at_far", "ValAtFar", "OperatingPoint"]) == set()
    assert unused("evaluate", ["OperatingPoint"]) == {"OperatingPoint"}
    assert unused("evaluate", ["search", "exact_search"]) == {"exact_search"}


@pytest.mark.parametrize(
    "source",
    [
        "from facenet_lite.evaluate import roc",
        "from facenet_lite.evaluate.verification import roc",
        "from facenet_lite import evaluate as e\ne.roc",
        "import facenet_lite\nfacenet_lite.evaluate.roc",
        "import facenet_lite.evaluate as e\ne.roc",
    ],
)
def test_a_use_is_seen_however_it_is_written(source: str) -> None:
    assert ("evaluate", "roc") in asked_for(source)


def test_another_thing_of_the_same_name_is_no_use() -> None:
    assert ("evaluate", "search") not in asked_for("import re\nre.search('a', 'b')")
