"""Face detectors behind one call: ``detect.load("hog").detect(image)``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from facenet_lite._checks import check_choice
from facenet_lite.detect.base import Detector, Name
from facenet_lite.detect.haar import HaarDetector
from facenet_lite.detect.hog import HogDetector
from facenet_lite.detect.mmod import MmodDetector
from facenet_lite.detect.ssd import SsdDetector

__all__ = [
    "NAMES",
    "Detector",
    "HaarDetector",
    "HogDetector",
    "MmodDetector",
    "Name",
    "SsdDetector",
    "load",
]

NAMES: Final[tuple[Name, ...]] = ("haar", "ssd", "hog", "mmod")
"""Oldest idea first."""

_LOADERS: Final[dict[Name, Callable[[], Detector]]] = {
    "haar": HaarDetector.load,
    "ssd": SsdDetector.load,
    "hog": HogDetector.load,
    "mmod": MmodDetector.load,
}


def load(name: Name) -> Detector:
    """Load a detector with its default settings; each class's own ``load`` takes others.

    Raises InputError for a name not in ``NAMES``, AssetError where its weights cannot be had.
    """
    check_choice(name, "detector", NAMES)
    return _LOADERS[name]()
