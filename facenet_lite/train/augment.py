"""Small changes of training crops: what a detector's box and the light are unsure about."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from facenet_lite._checks import check_number


@dataclass(frozen=True)
class Augmentation:
    """The most that a crop is changed by; each amount is drawn evenly up to it, both ways.

    ``rotation``: degrees; ``scale`` and ``shift``: parts of the crop's side; ``brightness``: a part
    of every value; ``colour``: a part of each channel's values; ``blur`` (standard deviation in
    pixels) and ``noise`` (in grey levels): from none to this; ``flip``: whether every other crop is
    mirrored.
    """

    rotation: float = 5.0
    scale: float = 0.05
    shift: float = 0.03
    brightness: float = 0.3
    colour: float = 0.1
    blur: float = 1.0
    noise: float = 8.0
    flip: bool = True

    def __post_init__(self) -> None:
        check_number(self.rotation, "rotation", low=0, high=180)
        for name in ("scale", "shift", "brightness", "colour"):
            check_number(getattr(self, name), name, low=0, high=1)
        check_number(self.blur, "blur", low=0, high=50)
        check_number(self.noise, "noise", low=0, high=255)

    def apply(self, crops: NDArray[np.uint8], *, rng: np.random.Generator) -> NDArray[np.uint8]:
        """Change crops, uint8 (N, S, S, 3); returns new ones. The edge is repeated outside."""
        out = np.empty_like(crops)
        size = crops.shape[1]
        middle = (size - 1) / 2
        draws = rng.uniform(-1, 1, (len(crops), 10))
        mirrored = rng.random(len(crops)) < (0.5 if self.flip else 0)
        for crop, target, draw, mirror in zip(crops, out, draws, mirrored, strict=True):
            angle, factor = self.rotation * draw[0], 1 + self.scale * draw[1]
            matrix = cv2.getRotationMatrix2D((middle, middle), angle, factor)
            matrix[:, 2] += self.shift * size * draw[2:4]
            if mirror:
                matrix[0] = [0, 0, size - 1] - matrix[0]
            cv2.warpAffine(crop, matrix, (size, size), target, borderMode=cv2.BORDER_REPLICATE)
            sigma = self.blur * abs(draw[8])
            if sigma > 0:
                cv2.GaussianBlur(target, (0, 0), sigma, target)
            gain = (1 + self.brightness * draw[4]) * (1 + self.colour * draw[5:8])
            lit = target * gain.astype(np.float32)
            if self.noise:
                grain = rng.standard_normal(target.shape, np.float32)
                lit += np.float32(self.noise * abs(draw[9])) * grain
            np.clip(lit, 0, 255, out=lit)
            np.rint(lit, out=target, casting="unsafe")
        return out
