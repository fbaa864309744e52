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


def _by_name(*classes: type[Loadable]) -> Mapping[str, type[Loadable]]:
    return MappingProxyType({one.name: one for one in classes})


DETECTORS: Final = _by_name(HaarDetector, SsdDetector, HogDetector, MmodDetector)
"""The registered detectors by name, oldest idea first. The command line, the plots and figures,
the experiments and the tests all read this list."""

NAMES: Final = tuple(DETECTORS)


def load(name: str) -> Detector:
    """Load a detector with its default settings; use the class's own ``load`` for others.

    Raises InputError for a name not in ``NAMES``, AssetError if its weights cannot be obtained.
    """
    check_choice(name, "detector", NAMES)
    return DETECTORS[name].load()
