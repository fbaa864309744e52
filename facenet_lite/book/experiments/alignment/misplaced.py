"""Faces rotated, and boxes shifted, by a known amount."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from facenet_lite import degrade
from facenet_lite._checks import check_boxes, check_choice, check_number
from facenet_lite.types import Boxes, Image, Picture

Kind: TypeAlias = Literal["upright", "rotation", "shift"]

LEVELS: Final[dict[Kind, tuple[float, ...]]] = {
    "rotation": (15.0, 30.0, 45.0),
    "shift": (0.1, 0.2, 0.3),
}
"""Rotations in degrees either way; shifts as shares of the box's side, in any direction."""


@dataclass(frozen=True)
class Misplacement:
    """What is wrong with a face or its box, and by how much.

    ``rotation``: the picture is turned about the box's middle by ``level`` degrees, clockwise or
    counter-clockwise; the box stays as it is. ``shift``: the box is moved by ``level`` of its side
    in a direction drawn for the picture.
    """

    kind: Kind
    level: float = 0.0

    def __post_init__(self) -> None:
        check_choice(self.kind, "kind", ("upright", "rotation", "shift"))
        check_number(self.level, "level", low=0, high=180)

    @property
    def key(self) -> str:
        """A short name for files."""
        return f"{self.kind}-{self.level:g}"

    def apply(self, image: Image, boxes: Boxes, picture: Picture, seed: int) -> tuple[Image, Boxes]:
        """Return the misplaced picture and its one box (1, 4).

        Sign and direction are drawn from the picture's name and ``seed``: the same at every level.
        """
        checked = check_boxes(boxes)
        number = zlib.crc32(f"{picture[0]} {picture[1]}".encode())
        generator = np.random.default_rng([seed, number])
        sign, direction = generator.choice([-1, 1]), generator.uniform(0, 2 * np.pi)
        if self.kind == "rotation":
            x, y = (float(v) for v in (checked[0, :2] + checked[0, 2:]) / 2)
            return degrade.rotate(image, float(sign * self.level), centre=(x, y))[0], checked
        if self.kind == "shift":
            side = float(checked[0, 2] - checked[0, 0])
            by = self.level * side * np.array([np.cos(direction), np.sin(direction)])
            return image, (checked + np.tile(by, 2)).astype(np.float32)
        return image, checked


UPRIGHT: Final = Misplacement("upright")


def every_misplacement() -> tuple[Misplacement, ...]:
    """All misplacements that are recorded, mildest first."""
    return tuple(Misplacement(kind, level) for kind, some in LEVELS.items() for level in some)
