"""Effects of the camera and the scene on a picture: noise, blur, JPEG, occlusion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from facenet_lite import degrade
from facenet_lite._checks import check_number
from facenet_lite.types import Image

Amounts: TypeAlias = dict[str, NDArray[np.float32]]

SIDES: Final[tuple[degrade.Side, ...]] = get_args(degrade.Side)


@dataclass(frozen=True)
class Nuisances:
    """The largest amounts of each effect; each amount is drawn uniformly between none and this.

    ``noise``: standard deviation in grey levels; ``blur``: standard deviation in pixels; ``jpeg``:
    the lowest quality, 1 to 100 (None: never compressed); ``occlusion``: the share, 0 to 1, of the
    picture that a plain patch covers from a random side. Raises InputError for anything else.
    """

    noise: float = 0.0
    blur: float = 0.0
    jpeg: int | None = None
    occlusion: float = 0.0

    def __post_init__(self) -> None:
        check_number(self.noise, "noise", low=0, high=255)
        check_number(self.blur, "blur", low=0, high=50)
        if self.jpeg is not None:
            check_number(self.jpeg, "jpeg", low=1, high=100, integer=True)
        check_number(self.occlusion, "occlusion", low=0, high=1)

    def __bool__(self) -> bool:
        """Whether any effect is switched on."""
        return self != Nuisances()

    def apply(
        self, pictures: NDArray[np.uint8], *, rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], Amounts]:
        """Degrade pictures, uint8 (N, H, W, 3); returns new ones and the amounts drawn, (N,) each.

        The effects follow their natural order: something covers the face, the lens blurs, the
        sensor adds noise, the file is compressed. Amounts do not depend on the other effects.
        """
        draws = {kind: rng.random(len(pictures)) for kind in ("noise", "blur", "jpeg", "occlusion")}
        sides = rng.integers(len(SIDES), size=len(pictures))
        fills = rng.integers(256, size=(len(pictures), 3))
        grains = rng.spawn(len(pictures)) if self.noise else [rng] * len(pictures)
        amounts: Amounts = {
            "noise": (self.noise * draws["noise"]).astype(np.float32),
            "blur": (self.blur * draws["blur"]).astype(np.float32),
            "jpeg": np.rint(100 - (100 - (self.jpeg or 100)) * draws["jpeg"]).astype(np.float32),
            "occlusion": (self.occlusion * draws["occlusion"]).astype(np.float32),
        }
        spoiled = pictures.copy()
        for i, picture in enumerate(pictures):
            amount = {kind: float(values[i]) for kind, values in amounts.items()}
            fill = (int(fills[i, 0]), int(fills[i, 1]), int(fills[i, 2]))
            spoiled[i] = self._spoil(picture, amount, SIDES[sides[i]], fill, grains[i])
        return spoiled, amounts

    def _spoil(
        self,
        image: Image,
        amount: dict[str, float],
        side: degrade.Side,
        fill: tuple[int, int, int],
        grain: np.random.Generator,
    ) -> Image:
        height, width = image.shape[:2]
        if self.occlusion:
            whole = [[0, 0, width, height]]
            image = degrade.occlude(image, whole, amount["occlusion"], side=side, fill=fill)
        if self.blur:
            image = degrade.blur(image, amount["blur"])
        if self.noise:
            image = degrade.noise(image, amount["noise"], generator=grain)
        if self.jpeg is not None:
            image = degrade.jpeg(image, int(amount["jpeg"]))
        return image
