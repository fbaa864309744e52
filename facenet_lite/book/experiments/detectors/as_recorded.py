"""The detectors that the recorded results measured."""

from __future__ import annotations

from facenet_lite import detect
from facenet_lite.detect import Detector, SsdDetector


def load(name: str) -> Detector:
    """Load a detector as it was recorded: the SSD with its file as most copies have it.

    ``book/decisions/ssd-file.md`` says where this makes a difference. Raises InputError for a name
    not in ``detect.NAMES``.
    """
    return SsdDetector.load(as_copied=True) if name == SsdDetector.name else detect.load(name)
