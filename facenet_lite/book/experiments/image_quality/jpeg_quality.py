"""Faces compressed by JPEG: the left half of FaceNet's table 4 (section 5.3), on our own scale.

``facenet-lite experiment jpeg_quality --lfw DIR`` records ``results/jpeg_quality.json``, of the
drawn faces alone where no folder with LFW is named.

Crops of 150 x 150 pixels are compressed, for every network the same. That is the largest of our
networks' inputs, dlib's, so that nothing comes between the file and that network; and it is near
what the pictures hold: an LFW face spans some 120 pixels of its photograph, a drawn one 96 of its
texture. JPEG works on blocks of 8 x 8 pixels and is kinder to a face that has more of them: of one
quality, a larger crop loses less. The networks that see 96 x 96 pixels average some of the damage
away. The undegraded faces go the same way without being compressed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from facenet_lite import degrade
from facenet_lite.book import results
from facenet_lite.book.experiments.image_quality import degraded
from facenet_lite.book.experiments.image_quality.degraded import Config, Degradation
from facenet_lite.book.experiments.published import VAL_BY_JPEG_QUALITY

COMMAND: Final = "facenet-lite experiment jpeg_quality --lfw DIR"
JPEG: Final = Degradation(
    name="jpeg",
    levels=tuple(VAL_BY_JPEG_QUALITY),
    side=150,
    worsen=degrade.jpeg,
    straight=False,
    claim=(10, 90),
)


def measure(config: Config) -> dict[str, Any]:
    """Measure, or go on where a stopped run was; what is recorded as ``data``."""
    return degraded.measure(JPEG, config)[0]


def record(
    *, lfw: Path | None = None, folder: Path | None = None, config: Config | None = None
) -> Path:
    """Measure, and write ``jpeg_quality.json`` into ``folder`` (the package's own if None)."""
    settings = replace(config or Config(), lfw=lfw)
    data, seconds = degraded.measure(JPEG, settings)
    return results.save(
        "jpeg_quality", data, command=COMMAND, seed=settings.seed, seconds=seconds, folder=folder
    )
