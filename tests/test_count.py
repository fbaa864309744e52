"""The script that counts the package counts rightly, and says what is beyond its target."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "book" / "_tools" / "count.py"
FILES = {
    "small/__init__.py": '__all__ = ["one", "two"]\n',
    "small/one.py": "import small.two\n\nX = 1\n",
    "small/two.py": "def f():\n    from small import one\n",
    "small/part/__init__.py": '"""No names."""\n',
    "small/part/three.py": "from small.one import X\n",
    "small/by_hand/__init__.py": "1\n2\n3\n",
    "small/book/plots.py": "from small import part\n",
    "tests/test_it.py": "def test_a(): ...\nclass B:\n    def test_b(self): ...\ndef c(): ...\n",
}


@pytest.fixture(scope="module")
def count() -> ModuleType:
    spec = importlib.util.spec_from_file_location("count", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["count"] = module  # a dataclass looks its module up there
    spec.loader.exec_module(module)
    del sys.modules["count"]
    return module


@pytest.fixture
def found(count: ModuleType, tmp_path: Path) -> dict[str, int]:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf8")
    return {one.name: one.value for one in count.counts(tmp_path, "small")}


def test_a_small_package_by_hand(found: dict[str, int]) -> None:
    assert found == {
        "library, lines": 8,
        "by_hand, lines": 3,
        "book, lines": 1,
        "Python of the package, lines": 12,
        "library, modules": 5,
        "by_hand, modules": 1,
        "book, modules": 1,
        "tests, lines": 4,
        "tests, claims": 2,
        "circles": 1,
        "__all__ of small": 2,
    }


@pytest.mark.parametrize(
    ("edges", "circles"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, 0),
        ({"a": {"b"}, "b": {"a", "c"}, "c": {"d"}, "d": {"c"}}, 2),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}}, 1),
    ],
)
def test_circles_by_hand(count: ModuleType, edges: dict[str, set[str]], circles: int) -> None:
    assert count.circles(edges) == circles


def test_a_count_above_its_target_says_so(count: ModuleType) -> None:
    assert not count.Count("lines", 10, 10).beyond
    assert not count.Count("lines", 10).beyond
    assert "TOO MANY" in str(count.Count("lines", 11, 10))


@pytest.mark.parametrize("strict", [False, True])
def test_the_script_prints_the_targets_and_fails_where_asked_to(strict: bool) -> None:
    command = [sys.executable, SCRIPT, *["--strict"][: int(strict)]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "at most 28,500" in done.stdout
    assert done.returncode == (strict and "TOO MANY" in done.stdout)
