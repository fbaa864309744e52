"""Face detectors behind one call: ``detect.load("hog").detect(image)``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from facenet_lite._checks import check_choice
from facenet_lite.detect.base import Detector, Loadable
from facenet_lite.detect.haar import HaarDetector
from facenet_lite.detect.hog import HogDetector
from facenet_lite.detect.mmod import MmodDetector
from facenet_lite.detect.ssd import SsdDetector

__all__ = [
    "DETECTORS",
    "NAMES",
    "Detector",
    "HaarDetector",
    "HogDetector",
    "MmodDetector",
    "SsdDetector",
    "load",
]

_CLASSES: Final[tuple[type[Loadable], ...]] = (
    HaarDetector,
    SsdDetector,
    HogDetector,
    MmodDetector,
)

DETECTORS: Final[Mapping[str, type[Loadable]]] = MappingProxyType({c.name: c for c in _CLASSES})
"""The registered detectors by name, oldest idea first; who stands here is known everywhere."""

NAMES: Final = tuple(DETECTORS)


def load(name: str) -> Detector:
    """Load a detector with its default settings; each class's own ``load`` takes others.

    Raises InputError for a name not in ``NAMES``, AssetError where its weights cannot be had.
    """
    check_choice(name, "detector", NAMES)
    return DETECTORS[name].load()
