"""Show the package's own code in the page, so that nothing is retyped."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from facenet_lite._checks import describe
from facenet_lite.errors import InputError


@dataclass(frozen=True)
class ShownSource:
    """A piece of the package's code, shown highlighted."""

    text: str
    place: str

    def _repr_markdown_(self) -> str:
        return f"```python\n# {self.place}\n{self.text}\n```\n"


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
