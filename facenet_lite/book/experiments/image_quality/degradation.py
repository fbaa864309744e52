"""The two ways in which faces are made worse: FaceNet's table 4 (section 5.3), on our own scale.

*JPEG.* Crops of 150 x 150 pixels are compressed, for every network the same. That is the largest of
our networks' inputs, dlib's, so that nothing comes between the file and that network; and it is
near what the pictures hold: an LFW face spans some 120 pixels of its photograph, a drawn one 96 of
its texture. JPEG works on blocks of 8 x 8 pixels and is kinder to a face that has more of them: of
one quality, a larger crop loses less. The networks that see 96 x 96 pixels average some of the
damage away. The undegraded faces go the same way without being compressed.

*Size.* Crops of 256 x 256 pixels are reduced to 40 x 40, 80 x 80 and so on, as large as the paper's
and two sizes (``FEWER``) smaller, and brought from there to each network's own size; the crop
itself is the condition of 65,536 pixels. The undegraded faces are cropped at the network's own size
at once. Neither set holds the detail of 256 x 256 pixels (``pixels_across`` as recorded): beyond
that a crop has more pixels, and no more to see; nor can a network of 96 x 96 pixels see more.
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
"""None is undegraded."""


@dataclass(frozen=True)
class Degradation:
    """A way of making crops worse.

    ``levels``: by how much, worst first; ``side``: of the crops that it is done to, in pixels;
    ``worsen(crop, level)``: the crop made worse; ``straight``: whether the undegraded faces are
    cropped at the network's own size (else at ``side`` too, so that the difference to them is what
    ``worsen`` does and nothing else); ``claim``: two levels, the first of which the paper's table
    has far below the second.
    """

    name: str
    levels: Sequence[int]
    side: int
    worsen: Callable[[Image, int], Image] = field(repr=False)
    straight: bool
    claim: tuple[int, int]

    @property
    def conditions(self) -> tuple[Level, ...]:
        """Every level, and undegraded last."""
        return (*self.levels, None)

    def inputs(self, faces: FaceSet, spec: models.ModelSpec, level: Level) -> NDArray[np.uint8]:
        """What a network sees of the faces at a level: uint8 (N, image_size, image_size, 3)."""
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
"""By the name of the experiment."""
