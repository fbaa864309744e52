"""What a notebook's cell says of the drawing below it, for those who do not see it.

A chapter keeps the alternative text of a drawing in its cell's metadata, as ``alt``, so that it
does not stand between the lines of code. The book's build says it before it runs the cell
(``describe``). In JupyterLab the kernel is told which cell it runs, and looks for the text in the
notebook's file.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

_waiting: list[str] = []


def describe(alt: str) -> None:
    """Say what the next drawing shows that does not say so itself."""
    _waiting[:] = [alt]


def described() -> str | None:
    """The text said for this drawing, or that its cell has; None where there is neither."""
    return _waiting.pop() if _waiting else _of_the_cell()


def _of_the_cell() -> str | None:
    """The ``alt`` of the cell that a Jupyter server has asked this kernel to run."""
    try:
        from IPython import get_ipython  # type: ignore[attr-defined,unused-ignore]

        cell = get_ipython().parent_header["metadata"]["cellId"]
        notebook = json.loads(Path(os.environ["JPY_SESSION_NAME"]).read_text(encoding="utf8"))
        found = [each["metadata"].get("alt") for each in notebook["cells"] if each["id"] == cell]
    except (ImportError, AttributeError, KeyError, TypeError, OSError, ValueError):
        return None  # no notebook, or one that was never saved: the drawing has no text then
    return found[0] if found else None
