"""Count the package: its lines by door, its modules, its tests, its circles and its public names.

``python book/_tools/count.py`` prints the counts beside their targets, as ``make check`` does; with
``--strict`` it ends with 1 where one is beyond its target.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
MOST: Final = {"library, lines": 11_500, "Python of the package, lines": 28_500, "circles": 0}
"""The counts that have a target, and the largest value that each may have."""


@dataclass(frozen=True)
class Count:
    """A count and its target, None where it has none."""

    name: str
    value: int
    most: int | None = None

    @property
    def beyond(self) -> bool:
        """Whether the count is above its target."""
        return self.most is not None and self.value > self.most

    def __str__(self) -> str:
        target = "" if self.most is None else f"  at most {self.most:,}"
        return f"{self.name:34}{self.value:>8,}{target}{'  TOO MANY' * self.beyond}"


def lines(paths: Iterable[Path]) -> int:
    """The lines of all these files."""
    return sum(len(path.read_text(encoding="utf8").splitlines()) for path in paths)


def claims(paths: Iterable[Path]) -> int:
    """The test functions in these files; one that runs for many parameters is one claim."""
    return sum(
        isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8")))
    )


def module_of(path: Path, root: Path) -> str:
    """The dotted name of a file below ``root``."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(tree: ast.Module, modules: Iterable[str]) -> set[str]:
    """Those of ``modules`` that a file imports, wherever in it, by absolute imports."""
    named = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            wholes = {f"{node.module}.{alias.name}" for alias in node.names}
            named |= wholes & set(modules)
            if not wholes <= set(modules):
                named.add(node.module)
    return named & set(modules)


def circles(edges: Mapping[str, set[str]]) -> int:
    """How many groups of modules import each other in a circle."""
    left = {module: set(there) for module, there in edges.items()}

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        todo = [start]
        while todo:
            new = left[todo.pop()] - seen
            seen |= new
            todo += new
        return seen

    far = {module: reached(module) for module in left}
    inside = {module for module, there in far.items() if module in there}
    return len({frozenset(m for m in inside if m in far[one] and one in far[m]) for one in inside})


def public_names(path: Path) -> int | None:
    """The length of a package's ``__all__``, None where it has none."""
    for node in ast.parse(path.read_text(encoding="utf8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return len(ast.literal_eval(node.value))
    return None


def counts(root: Path = ROOT, package: str = "facenet_lite") -> list[Count]:
    """All counts of a package with the doors ``by_hand`` and ``book``, and of its tests."""
    files = sorted((root / package).rglob("*.py"))
    tests = sorted((root / "tests").rglob("*.py"))
    doors: dict[str, list[Path]] = {"library": [], "by_hand": [], "book": []}
    for path in files:
        first = path.relative_to(root / package).parts[0]
        doors[first if first in doors else "library"].append(path)
    by_name = {module_of(path, root): path for path in files}
    trees = {name: ast.parse(path.read_text(encoding="utf8")) for name, path in by_name.items()}
    edges = {name: imported(tree, trees) - {name} for name, tree in trees.items()}
    found = {f"{door}, lines": lines(paths) for door, paths in doors.items()}
    found["Python of the package, lines"] = lines(files)
    found |= {f"{door}, modules": len(paths) for door, paths in doors.items()}
    found |= {"tests, lines": lines(tests), "tests, claims": claims(tests)}
    found["circles"] = circles(edges)
    for path in doors["library"]:
        size = public_names(path) if path.name == "__init__.py" else None
        if size is not None:
            found[f"__all__ of {module_of(path, root)}"] = size
    return [Count(name, value, MOST.get(name)) for name, value in found.items()]


if __name__ == "__main__":
    FOUND = counts()
    print(*FOUND, sep="\n")
    sys.exit("--strict" in sys.argv and any(count.beyond for count in FOUND))
