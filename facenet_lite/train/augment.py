"""Small random changes to training crops, like those of a detector's box and of the light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from facenet_lite._checks import check_number


@dataclass(frozen=True)
class Augmentation:
    """The largest changes to a crop; each amount is drawn uniformly up to it, in both directions.

    ``rotation``: degrees; ``scale`` and ``shift``: fractions of the crop's side; ``brightness``: a
    fraction of every value; ``colour``: a fraction of each channel's values; ``blur`` and ``noise``
    (standard deviations in pixels and in grey levels): drawn from 0 to this; ``flip``: whether a
    random half of the crops is mirrored.

    Three more changes are off by default. ``gamma``: the largest logarithm of the exponent (a level
    x becomes 255 (x / 255) ** exponent). ``slope``: the fraction by which one edge of the crop is
    brighter than the middle, and the opposite edge darker, in any direction. ``patch``: the longest
    side, as a fraction of the crop's, of an upright rectangle that covers part of a random half of
    the crops, in one colour or with a piece of another crop of the batch.
    """

    rotation: float = 5.0
    scale: float = 0.05
    shift: float = 0.03
    brightness: float = 0.3
    colour: float = 0.1
    blur: float = 1.0
    noise: float = 8.0
    flip: bool = True
    gamma: float = 0.0
    slope: float = 0.0
    patch: float = 0.0

    def __post_init__(self) -> None:
        check_number(self.rotation, "rotation", low=0, high=180)
        for name in ("scale", "shift", "brightness", "colour", "slope", "patch"):
            check_number(getattr(self, name), name, low=0, high=1)
        check_number(self.blur, "blur", low=0, high=50)
        check_number(self.noise, "noise", low=0, high=255)
        check_number(self.gamma, "gamma", low=0, high=3)

    def apply(self, crops: NDArray[np.uint8], *, rng: np.random.Generator) -> NDArray[np.uint8]:
        """Change crops, uint8 (N, S, S, 3); returns new ones. Edges are repeated outwards."""
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
        if self.slope or self.gamma:
            _light(out, self.slope, self.gamma, rng)
        if self.patch:
            _hide(out, self.patch, rng)
        return out


HARDER: Final = Augmentation(
    rotation=8, scale=0.08, shift=0.04, colour=0.15, blur=1.5, noise=10,
    gamma=0.5, slope=0.6, patch=0.4,
)  # fmt: skip
"""For a network that learns only from drawn faces but will be used on photographs."""
MILDER: Final = Augmentation(
    rotation=2, scale=0.02, shift=0.01, brightness=0.1, colour=0.05, blur=0.5, noise=4, flip=False,
)  # fmt: skip
"""For views of photographs, which were already changed before the teacher embedded them."""


def _light(crops: NDArray[np.uint8], slope: float, gamma: float, rng: np.random.Generator) -> None:
    """Light crops from one side and apply a gamma to their grey levels, in place."""
    size = crops.shape[1]
    away = np.linspace(-1, 1, size, dtype=np.float32)
    for crop in crops:
        angle = rng.uniform(0, 2 * np.pi)
        amount, bend = rng.uniform(0, slope), np.exp(rng.uniform(-gamma, gamma))
        ramp = 1 + amount * (np.cos(angle) * away + np.sin(angle) * away[:, None])
        levels = np.minimum(crop * np.maximum(ramp, 0)[..., None].astype(np.float32), 255)
        np.rint(255 * (levels / 255) ** np.float32(bend), out=crop, casting="unsafe")


def _hide(crops: NDArray[np.uint8], patch: float, rng: np.random.Generator) -> None:
    """Cover a rectangle in half of the crops with a colour or a piece of another crop, in place."""
    count, size = crops.shape[:2]
    longest = max(1, round(patch * size))
    for crop in crops:
        hidden, coloured = rng.random(2) < 0.5
        height, width = rng.integers(1, longest + 1, 2)
        top, left = rng.integers(0, size - height + 1), rng.integers(0, size - width + 1)
        colour, other = rng.integers(0, 256, 3), crops[rng.integers(count)]
        place = np.s_[top : top + height, left : left + width]
        if hidden:
            crop[place] = colour if coloured else other[place].copy()
