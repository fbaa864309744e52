"""Faces of few pixels: the right half of FaceNet's table 4 (section 5.3), on our own scale.

``facenet-lite experiment image_size --lfw DIR`` records ``results/image_size.json``, of the drawn
faces alone where no folder with LFW is named.

Crops of 256 x 256 pixels are reduced to 40 x 40, 80 x 80 and so on, as large as the paper's and two
sizes (``FEWER``) smaller, and brought from there to each network's own size; the crop itself is the
condition of 65,536 pixels. The undegraded faces are cropped at the network's own size at once.
Neither set holds the detail of 256 x 256 pixels: an LFW face spans some 120 pixels of its
photograph, a drawn one 96 of its texture (``pixels_across`` as recorded). Beyond that a crop has
more pixels, and no more to see; nor can a network of 96 x 96 pixels see more.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from facenet_lite import imaging
from facenet_lite._checks import check_number
from facenet_lite.book import results
from facenet_lite.book.experiments.image_quality import degraded
from facenet_lite.book.experiments.image_quality.degraded import Config, Degradation
from facenet_lite.book.experiments.published import VAL_BY_PIXELS
from facenet_lite.errors import InputError
from facenet_lite.types import Image

COMMAND: Final = "facenet-lite experiment image_size --lfw DIR"


def reduce(image: Image, pixels: int) -> Image:
    """Resize a crop to a square of so many pixels: 1600 is 40 x 40.

    Raises InputError where ``pixels`` is no square number.
    """
    side = math.isqrt(int(check_number(pixels, "pixels", low=1, integer=True)))
    if side**2 != pixels:
        raise InputError(f"pixels: expected a square number such as 1600, got {pixels}")
    return imaging.resize(image, height=side, width=side)


FEWER: Final = (324, 784)
"""Fewer pixels than the paper's fewest. Its 40 x 40 are 0.18 of the side of the 220 x 220 that NN1
sees; of our 96 that is 18, of dlib's 150 it is 28, near enough."""
SIZE: Final = Degradation(
    name="pixels",
    levels=(*FEWER, *VAL_BY_PIXELS),
    side=256,
    worsen=reduce,
    straight=True,
    claim=(1600, 25600),
)


def measure(config: Config) -> dict[str, Any]:
    """Measure, or go on where a stopped run was; what is recorded as ``data``."""
    return degraded.measure(SIZE, config)[0]


def record(
    *, lfw: Path | None = None, folder: Path | None = None, config: Config | None = None
) -> Path:
    """Measure, and write ``image_size.json`` into ``folder`` (the package's own if None)."""
    settings = replace(config or Config(), lfw=lfw)
    data, seconds = degraded.measure(SIZE, settings)
    return results.save(
        "image_size", data, command=COMMAND, seed=settings.seed, seconds=seconds, folder=folder
    )
