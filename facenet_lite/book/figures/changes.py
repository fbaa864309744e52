"""How far a photograph can be changed before its embedding no longer matches its owner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import traitlets as t

from facenet_lite import degrade
from facenet_lite._checks import check_image
from facenet_lite.book.figures.base import Figure
from facenet_lite.book.plots.pictures import photo_uri
from facenet_lite.distances import squared_distances
from facenet_lite.embed import FaceEmbedder, Faces
from facenet_lite.errors import InputError
from facenet_lite.types import Image

SEED: Final = 0
SIDE: Final = 88
"""The side, in pixels, of the small pictures in the page."""

LEVELS: Final[dict[str, tuple[str, tuple[float, ...], Callable[[Image, float], Image]]]] = {
    "turn": ("degrees", (0, 15, 30, 40, 45, 50), lambda image, by: degrade.rotate(image, by)[0]),
    "brightness": ("times as bright", (1, 0.5, 0.25, 0.15, 0.1, 0.05), degrade.brightness),
    "blur": ("pixels of blur", (0, 1, 1.5, 2, 3, 4), degrade.blur),
    "noise": (
        "grey levels of noise",
        (0, 10, 20, 30, 35, 40),
        lambda image, by: degrade.noise(image, by, generator=np.random.default_rng(SEED)),
    ),
    "size": ("of its size", (1, 0.7, 0.5, 0.4, 0.35, 0.3), degrade.scale),
    "JPEG": ("JPEG quality", (95, 50, 20, 10, 5, 1), lambda image, q: degrade.jpeg(image, int(q))),
}
"""The changes offered, each with its unit, its levels from none to strong, and what makes it."""


class Changes(Figure, module="changes.mjs"):
    """One face, changed step by step, and the distance of each version from the original."""

    alt = t.Unicode(
        "An interactive figure: choose a change and its strength; the changed face is shown, and "
        "its distance to the original on a line with the threshold and with the distance to "
        "another person."
    ).tag(sync=True)
    changes: t.List[Any] = t.List().tag(sync=True)
    threshold = t.Float().tag(sync=True)
    stranger = t.Float().tag(sync=True)
    change = t.Unicode("turn").tag(sync=True)
    level = t.Int(0).tag(sync=True)

    @classmethod
    def of(cls, embedder: FaceEmbedder, image: Image, stranger: Image) -> Changes:
        """Measure every change of ``image`` and mark how far the person in ``stranger`` is.

        Raises InputError where no face is found in one of the two.
        """
        original = _surest(embedder.embed(check_image(image)), "image")
        other = _surest(embedder.embed(check_image(stranger, "stranger")), "stranger")
        return cls(
            changes=[_measure(embedder, image, original, name) for name in LEVELS],
            threshold=embedder.model.spec.threshold,
            stranger=float(squared_distances(original.embeddings[0], other.embeddings[0])),
        )


def _surest(faces: Faces, name: str) -> Faces:
    if len(faces) == 0:
        raise InputError(f"{name}: expected a picture with a face, the detector finds none")
    return faces


def _measure(embedder: FaceEmbedder, image: Image, original: Faces, name: str) -> dict[str, Any]:
    unit, levels, change = LEVELS[name]
    steps = []
    for level in levels:
        changed = change(image, level)
        faces = embedder.embed(changed)
        near = squared_distances(faces.embeddings, original.embeddings[0])
        distance = round(float(near.min()), 4) if len(faces) else None
        picture = photo_uri(_head(changed, original), SIDE, 70)
        steps.append({"level": level, "distance": distance, "picture": picture})
    return {"name": name, "unit": unit, "steps": steps}


def _head(changed: Image, original: Faces) -> Image:
    """The part of the picture around the face, whatever the size of the changed picture."""
    scale = changed.shape[1] / 512
    x1, y1, x2, y2 = original.boxes[0]
    x, y, reach = (x1 + x2) / 2, (y1 + y2) / 2, 0.95 * (x2 - x1)
    top, bottom, left, right = (
        round(float(max(0, v)) * scale) for v in (y - reach, y + reach, x - reach, x + reach)
    )
    return changed[top:bottom, left:right]
