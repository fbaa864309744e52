"""Face detectors behind one call: ``detect.load("hog").detect(image)``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from types import MappingProxyType
from typing import Final

from facenet_lite._checks import check_choice, check_flag
from facenet_lite.detect.base import Detector, Loadable
from facenet_lite.detect.haar import HaarDetector
from facenet_lite.detect.hog import HogDetector
from facenet_lite.detect.mmod import MmodDetector
from facenet_lite.detect.ssd import SsdDetector
from facenet_lite.errors import InputError

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


def load(
    name: str,
    *,
    upsample: int | None = None,
    score_threshold: float | None = None,
    max_pixels: int | None = None,
    fast: bool = False,
) -> Detector:
    """Load a detector with the settings that several of them have; None leaves its own default.

    ``upsample``: how many times the picture is doubled first; ``score_threshold``: the lowest score
    that counts as a face; ``max_pixels``: a larger picture is reduced to them first; ``fast``: run
    the same weights in PyTorch. The classes' own ``load`` takes what one detector alone has.

    Raises InputError for a name not in ``NAMES``, and for a setting that this detector does not
    have; AssetError if its weights cannot be obtained; MissingExtraError where ``fast`` needs
    PyTorch and it is not installed.
    """
    check_choice(name, "detector", NAMES)
    asked = {
        "upsample": upsample,
        "score_threshold": score_threshold,
        "max_pixels": max_pixels,
        "fast": check_flag(fast, "fast") or None,
    }
    given = {setting: value for setting, value in asked.items() if value is not None}
    for setting in given:
        having = [one for one in NAMES if setting in signature(DETECTORS[one].load).parameters]
        if name not in having:
            raise InputError(
                f"{setting}: the detector {name!r} has no such setting; {', '.join(having)} have"
            )
    make: Callable[..., Detector] = DETECTORS[name].load
    return make(**given)
