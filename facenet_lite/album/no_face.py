"""No face was found: what would find one in this picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from facenet_lite import detect, imaging
from facenet_lite.types import Image

PIXELS: Final = 1_000_000
"""A larger picture is made smaller before other settings are tried on it."""
EDGE: Final = 4
"""The edge that is tried around a picture is this fraction of its shorter side wide."""
LOWER: Final = -0.3
"""The score that is tried: HOG then finds more faces, and about as many more that are none."""
MISSING: Final = "it may show no face, or one that is turned away, covered or very small"


def advice(image: Image, detector: detect.Detector) -> str:
    """Try other settings on an RGB picture, uint8 (H, W, 3), and say which find a face.

    ``detector``: the one that found none.
    """
    scale = min(1.0, (PIXELS / (image.shape[0] * image.shape[1])) ** 0.5)
    small = image
    if scale < 1:
        small = imaging.resize(image, height=max(1, round(image.shape[0] * scale)))
    helping = []
    for what, found in _attempts(small, detector.name):
        if found:
            helping.append(f"{what} finds {found}")
        if len(helping) == 2:
            break
    return "; ".join(helping) if helping else f"nor do other settings find one: {MISSING}"


def _attempts(image: Image, name: str) -> Iterator[tuple[str, int]]:
    """Settings in the order in which they are worth trying, and how many faces each finds."""
    if name in ("hog", "mmod"):
        more = detect.load(name, upsample=2 if name == "hog" else 1)
        yield f"--upsample {2 if name == 'hog' else 1}", len(more.detect(image))
    if name == "hog":
        yield f"--score {LOWER:g}", len(detect.load(name, score_threshold=LOWER).detect(image))
    for other in ("hog", "ssd"):
        if other != name:
            yield f"--detector {other}", len(detect.load(other).detect(image))
    if name != "mmod":
        yield "--detector mmod", len(detect.load("mmod").detect(image))
    width = max(1, min(image.shape[:2]) // EDGE)
    edged = np.pad(image, ((width, width), (width, width), (0, 0)), mode="edge")
    yield "a wider edge around the face", len(detect.load(name).detect(edged))
