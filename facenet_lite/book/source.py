"""Show the package's own code in the page, so that nothing is retyped."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

from facenet_lite._checks import describe
from facenet_lite.errors import InputError

WHOLE: Final = "The whole, with what it says of itself and its checks"
GONE: Final = "\0"
"""What stands for a line that is left out."""


@dataclass(frozen=True)
class ShownSource:
    """A piece of the package's code, shown highlighted: the idea first, and the whole in a fold."""

    text: str
    place: str

    def _repr_markdown_(self) -> str:
        idea = without_ceremony(self.text)
        shown = f"```python\n# {self.place}\n{idea}\n```\n"
        if idea == self.text:
            return shown
        whole = f"```python\n{self.text}\n```"
        return f"{shown}\n<details>\n<summary>{WHOLE}</summary>\n\n{whole}\n\n</details>\n"


def without_ceremony(text: str) -> str:
    """Leave out docstrings, and the lines that only check what was given.

    A check is a call of ``check_...``, alone or put back into what it has checked, or an ``if``
    that does nothing but raise. Where nothing would be left of a body, it stays as it is.
    """
    tree, lines = ast.parse(text), text.split("\n")
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
            continue
        idle = list(_idle(node))
        if len(idle) == len(node.body):
            continue
        for statement in idle:
            first, last = statement.lineno - 1, statement.end_lineno or statement.lineno
            lines[first:last] = [GONE] * (last - first)
            if last < len(lines) and not lines[last].strip():
                lines[last] = GONE  # the empty line that parted it from the rest
    return "\n".join(line for line in lines if line is not GONE).strip("\n")


def _idle(node: ast.FunctionDef | ast.ClassDef | ast.Module) -> Iterator[ast.stmt]:
    """The statements of a body that are not the idea."""
    for number, statement in enumerate(node.body):
        value = getattr(statement, "value", None)
        if isinstance(statement, ast.Expr) and isinstance(value, ast.Constant) and not number:
            yield statement
        elif isinstance(statement, ast.If):
            if not statement.orelse and all(isinstance(each, ast.Raise) for each in statement.body):
                yield statement
        elif isinstance(value, ast.Call) and _checks(value):
            given = [each.id for each in value.args if isinstance(each, ast.Name)]
            kept = [ast.unparse(each) for each in getattr(statement, "targets", [])]
            if isinstance(statement, ast.Expr) or kept == given[:1]:
                yield statement


def _checks(call: ast.Call) -> bool:
    """Whether this is a call of a check."""
    return ast.unparse(call.func).rpartition(".")[2].startswith("check_")


def show_source(thing: Callable[..., Any] | type | ModuleType) -> ShownSource:
    """Show a function's, class's or module's code with the file that it stands in.

    Raises InputError for what has no Python source.
    """
    try:
        text = inspect.getsource(inspect.unwrap(thing) if callable(thing) else thing)
        module = inspect.getmodule(thing)
    except TypeError as error:
        raise InputError(
            f"thing: expected a function, class or module, got {describe(thing)}"
        ) from error
    path = (module.__name__ if module else "").replace(".", "/")
    return ShownSource(textwrap.dedent(text).rstrip(), f"{path}.py")
