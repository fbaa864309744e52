"""Keep the results of notebooks apart for each state of the code that they import.

jupyter-cache looks only at a notebook's own code cells: after a change in the package it would
give back what the old code printed. So the cache lies in a folder named after the contents of
everything that the notebooks depend on. Prose is not among it.
"""

from __future__ import annotations

import hashlib
import platform
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

ROOT = Path(__file__).resolve().parents[2]
SUFFIXES = {".py", ".json", ".toml", ".mjs", ".css", ".npz"}
TARGETS = Path("facenet_lite/book/dev.py")  # what make does: no notebook imports it


def depends(root: Path) -> list[Path]:
    """List the files that a notebook's results depend on, besides its own cells."""
    package = [p for p in sorted((root / "facenet_lite").rglob("*")) if p.suffix in SUFFIXES]
    return [*(path for path in package if path != root / TARGETS), root / "constraints.txt"]


def cache_folder(root: Path = ROOT) -> Path:
    """Name the folder of the results that belong to the package as it is now."""
    digest = hashlib.sha256(platform.python_version().encode())
    for path in depends(root):
        digest.update(b"\0" + path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes())
    return root / "book" / "_build" / ".jupyter_cache" / digest.hexdigest()[:16]


def configure(app: Sphinx, config: Config) -> None:
    """Tell MyST-NB where the results are."""
    config.nb_execution_cache_path = cache_folder(Path(app.srcdir).parent).as_posix()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("config-inited", configure)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
