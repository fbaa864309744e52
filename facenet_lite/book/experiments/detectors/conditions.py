"""How the scenes are changed, one thing at a time: size, rotation, light, blur, noise, ..."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from facenet_lite import degrade
from facenet_lite._checks import check_choice
from facenet_lite.book.experiments.detectors import scenes
from facenet_lite.book.experiments.detectors.scenes import Scene
from facenet_lite.types import Image

BASE_SIDE: Final = 70.0
"""The faces' side in pixels, except where size is what changes."""

LEVELS: Final[dict[str, tuple[float, ...]]] = {
    "size": (24, 32, 40, 56),
    "rotation": (15, 30, 45, 90, 180),
    "brightness": (0.1, 0.25, 2, 3),
    "blur": (2, 4),
    "noise": (20, 40, 80),
    "jpeg": (10, 5),
    "occlusion_bottom": (0.25, 0.5),
    "occlusion_top": (0.25, 0.5),
    "occlusion_left": (0.5,),
}
"""The levels tried of each kind, besides the scene as it is (``unchanged``)."""

UNCHANGED: Final[dict[str, float]] = {
    "size": BASE_SIDE,
    "rotation": 0,
    "brightness": 1,
    "blur": 0,
    "noise": 0,
    "jpeg": 100,
    "occlusion_bottom": 0,
    "occlusion_top": 0,
    "occlusion_left": 0,
}
"""The level of each kind that the unchanged scene represents (it was not compressed again)."""

UNITS: Final[dict[str, str]] = {
    "size": "width of the face, pixels",
    "rotation": "rotation, degrees",
    "brightness": "brightness, times",
    "blur": "blur, pixels",
    "noise": "noise, grey levels",
    "jpeg": "JPEG quality",
    "occlusion_bottom": "share covered from below",
    "occlusion_top": "share covered from above",
    "occlusion_left": "share covered from the left",
}


@dataclass(frozen=True)
class Condition:
    """One thing changed by one amount. ``kind``: a key of ``LEVELS``, "unchanged" or "empty"."""

    kind: str
    level: float = 0.0

    def __post_init__(self) -> None:
        check_choice(self.kind, "kind", (*LEVELS, "unchanged", "empty"))

    @property
    def key(self) -> str:
        """A name that can be used for a file."""
        return f"{self.kind}-{self.level:g}"


def every_condition() -> tuple[Condition, ...]:
    """The unchanged scenes first, then each kind and level, then pictures of nobody."""
    changed = [Condition(kind, level) for kind, levels in LEVELS.items() for level in levels]
    return (Condition("unchanged"), *changed, Condition("empty"))


def make(
    condition: Condition,
    portraits: Sequence[Image],
    *,
    seed: Sequence[int],
    columns: int = scenes.COLUMNS,
) -> Scene:
    """Compose a scene and change it; the same ``seed`` gives the same draws in every condition.

    Portraits are rotated alternately to the left and to the right.
    """
    composing, grain = (np.random.default_rng([*seed, stream]) for stream in (0, 1))
    kind, level = condition.kind, condition.level
    if kind == "empty":
        nothing = np.zeros((0, 4), np.float32)
        return Scene(scenes.background(composing, side=columns * scenes.CELL), nothing, nothing)
    turn = level if kind == "rotation" else 0.0
    scene = scenes.compose(
        portraits,
        face_side=level if kind == "size" else BASE_SIDE,
        degrees=[turn if i % 2 else -turn for i in range(len(portraits))],
        columns=columns,
        generator=composing,
    )
    return scene.with_image(_change(scene, kind, level, grain))


def _change(scene: Scene, kind: str, level: float, grain: np.random.Generator) -> Image:
    if kind == "brightness":
        return degrade.brightness(scene.image, level)
    if kind == "blur":
        return degrade.blur(scene.image, level)
    if kind == "noise":
        return degrade.noise(scene.image, level, generator=grain)
    if kind == "jpeg":
        return degrade.jpeg(scene.image, int(level))
    if kind == "occlusion_bottom":
        return degrade.occlude(scene.image, scene.faces, level, side="bottom")
    if kind == "occlusion_top":
        return degrade.occlude(scene.image, scene.faces, level, side="top")
    if kind == "occlusion_left":
        return degrade.occlude(scene.image, scene.faces, level, side="left")
    return scene.image
