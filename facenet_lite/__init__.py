"""Face identification, step by step: the tested package behind the book.

Importing this package is cheap: its parts, and the libraries that they need, load when first used.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import Final

__version__: Final = "0.1.0"

_PARTS: Final = frozenset(
    found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_")
)

__all__ = ["__version__", "seed_everything"]


def __getattr__(name: str) -> ModuleType:
    """Import a part of the package when it is first named, as in ``facenet_lite.embed``."""
    if name in _PARTS:
        from facenet_lite._extras import named

        with named():
            return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_PARTS})


def seed_everything(seed: int = 0) -> None:
    """Seed the global random states that libraries draw from: Python's, NumPy's and OpenCV's.

    The package's own functions take their randomness as an argument;
    this is for notebooks and the command line, where other code draws as well.
    """
    import random

    import cv2
    import numpy as np

    random.seed(seed)
    np.random.seed(seed)
    cv2.setRNGSeed(seed)
