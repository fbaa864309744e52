"""The two ways in which faces are degraded: FaceNet's table 4 (section 5.3), on our own scale.

*JPEG.* Crops of 150 x 150 pixels are compressed, the same for every network. That is the largest
input of our networks, dlib's, so that nothing comes between the file and that network; and it is
near the detail in the pictures: an LFW face spans some 120 pixels of its photograph, a drawn one
96 of its texture. JPEG works on blocks of 8 x 8 pixels and harms a face less if it covers more of
them: at the same quality, a larger crop loses less. Networks with 96 x 96 inputs average some of
the damage away. The undegraded faces take the same path without being compressed.

*Size.* Crops of 256 x 256 pixels are reduced to 40 x 40, 80 x 80 and so on, the paper's sizes and
two smaller ones (``FEWER``), and resized from there to each network's input; the crop itself is
the condition of 65,536 pixels. The undegraded faces are cropped directly at the network's input
size. Neither set holds the detail of 256 x 256 pixels (see the recorded ``pixels_across``): beyond
its detail a crop has more pixels, but nothing more to see, and no network of 96 x 96 pixels can
see more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facenet_lite import degrade, imaging, models
from facenet_lite._checks import check_number
from facenet_lite.book.experiments.image_quality.face_sets import FaceSet
from facenet_lite.book.experiments.published import VAL_BY_JPEG_QUALITY, VAL_BY_PIXELS
from facenet_lite.errors import InputError
from facenet_lite.types import Image

Level: TypeAlias = int | None
"""A level of None means undegraded."""


@dataclass(frozen=True)
class Degradation:
    """A way of degrading crops.

    ``levels``: how strongly, worst first; ``side``: of the crops that are degraded, in pixels;
    ``worsen(crop, level)``: the degraded crop; ``straight``: whether the undegraded faces are
    cropped directly at the network's own size (otherwise at ``side`` too, so that they differ
    only by what ``worsen`` does); ``claim``: two levels; in the paper's table the first is far
    below the second.
    """

    name: str
    levels: Sequence[int]
    side: int
    worsen: Callable[[Image, int], Image] = field(repr=False)
    straight: bool
    claim: tuple[int, int]

    @property
    def conditions(self) -> tuple[Level, ...]:
        """Every level, with undegraded last."""
        return (*self.levels, None)

    def inputs(self, faces: FaceSet, spec: models.ModelSpec, level: Level) -> NDArray[np.uint8]:
        """The network's inputs for the faces at a level: uint8 (N, image_size, image_size, 3)."""
        size = spec.image_size
        crops = faces.cut(self._side(spec, level), spec.crop_margin)
        if level is not None:
            crops = [self.worsen(crop, level) for crop in crops]  # type: ignore[assignment]
        return np.stack([imaging.resize(crop, height=size, width=size) for crop in crops])

    def key(self, spec: models.ModelSpec, level: Level) -> str:
        """A name for the condition that fits a file; both kinds share the undegraded one."""
        side = self._side(spec, level)
        return f"side-{side}" if level is None else f"{self.name}-{side}-{level}"

    def _side(self, spec: models.ModelSpec, level: Level) -> int:
        return spec.image_size if level is None and self.straight else self.side


def reduce(image: Image, pixels: int) -> Image:
    """Resize a crop to a square of ``pixels`` pixels in all: 1600 is 40 x 40.

    Raises InputError where ``pixels`` is not a square number.
    """
    side = math.isqrt(int(check_number(pixels, "pixels", low=1, integer=True)))
    if side**2 != pixels:
        raise InputError(f"pixels: expected a square number such as 1600, got {pixels}")
    return imaging.resize(image, height=side, width=side)


FEWER: Final = (324, 784)
"""Pixel numbers below the paper's smallest. Its 40 x 40 have 0.18 of the side of NN1's input, which
is 220 x 220; the same share is about 18 of our 96 and about 28 of dlib's 150."""
KINDS: Final[Mapping[str, Degradation]] = {
    "jpeg_quality": Degradation(
        name="jpeg",
        levels=tuple(VAL_BY_JPEG_QUALITY),
        side=150,
        worsen=degrade.jpeg,
        straight=False,
        claim=(10, 90),
    ),
    "image_size": Degradation(
        name="pixels",
        levels=(*FEWER, *VAL_BY_PIXELS),
        side=256,
        worsen=reduce,
        straight=True,
        claim=(1600, 25600),
    ),
}
"""The ways of degrading, by the name of the experiment."""
