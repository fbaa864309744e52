"""Scenes with faces at known places: portraits laid out on a photographed texture.

A portrait is a 250 x 250 picture with its face where LFW's deep funneling puts it. The "face" is
that place and no detector's answer: ``FACE_CENTRE`` is the midpoint between the mean positions of
the eyes and the mouth, and ``FACE_SIDE`` the mean distance from jaw to jaw, rounded.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import degrade, imaging
from facenet_lite._checks import check_image, check_number
from facenet_lite.errors import AssetMissingError, InputError
from facenet_lite.types import Boxes, Image

PORTRAIT: Final = 250
FACE_CENTRE: Final = (125.0, 136.0)
FACE_SIDE: Final = 100.0
CROP: Final = 144
"""The side, in pixels, of the part of a portrait that is used: at any angle it stays inside."""
COLUMNS: Final = 4
CELL: Final = 104
TEXTURES: Final = (
    "brick.png", "grass.png", "gravel.png", "coffee.png",
    "rocket.jpg", "motorcycle_left.png", "hubble_deep_field.jpg",
)  # fmt: skip
"""Photographs without people that come with scikit-image."""


@dataclass(frozen=True, eq=False)
class Scene:
    """``image``: the picture; ``faces``: float32 (N, 4), where they are; ``tiles``: float32 (N, 4),
    the squares of the portraits, which may also contain a stranger."""

    image: Image
    faces: Boxes
    tiles: Boxes

    def with_image(self, image: Image) -> Scene:
        """The same faces and tiles in another picture of the same size."""
        if check_image(image).shape != self.image.shape:
            raise InputError(
                f"image: expected shape {self.image.shape}, got {image.shape}; positions would move"
            )
        return replace(self, image=image)


def compose(
    portraits: Sequence[Image],
    *,
    face_side: float,
    degrees: Sequence[float] | None = None,
    columns: int = COLUMNS,
    generator: np.random.Generator,
) -> Scene:
    """Lay out portraits, uint8 (250, 250, 3), on a texture: up to 16 on 416 x 416 pixels.

    ``columns``: of the square layout; with 2, up to 4 portraits lie on 208 x 208 pixels.

    ``face_side``: the faces' side in pixels, at most 72 (where portraits would touch);
    ``degrees``: how far each is turned, counter-clockwise. Each portrait lies at a random place
    within its cell. The draws do not depend on ``face_side`` or ``degrees``.
    """
    check_number(columns, "columns", low=1, high=8, integer=True)
    cells = columns * columns
    if not 1 <= len(portraits) <= cells:
        raise InputError(f"portraits: expected 1 to {cells}, got {len(portraits)}")
    check_number(face_side, "face_side", low=8, high=CELL * FACE_SIDE / CROP)
    turns = [0.0] * len(portraits) if degrees is None else list(degrees)
    if len(turns) != len(portraits):
        raise InputError(f"degrees: expected one per portrait ({len(portraits)}), got {len(turns)}")
    canvas = background(generator, side=columns * CELL)
    places = generator.random((cells, 2))
    faces, tiles = [], []
    for i, (portrait, turn) in enumerate(zip(portraits, turns, strict=True)):
        tile = cut(portrait, face_side, turn)
        size = len(tile)
        free = (places[i] * (CELL - size + 1)).astype(int)
        x, y = i % columns * CELL + int(free[0]), i // columns * CELL + int(free[1])
        canvas[y : y + size, x : x + size] = tile
        middle, half = size / 2, size * FACE_SIDE / CROP / 2
        faces.append([x + middle - half, y + middle - half, x + middle + half, y + middle + half])
        tiles.append([x, y, x + size, y + size])
    return Scene(canvas, np.array(faces, np.float32), np.array(tiles, np.float32))


def cut(portrait: Image, face_side: float, degrees: float = 0.0) -> Image:
    """The square around a portrait's face, rotated about it and scaled to ``face_side`` pixels."""
    if check_image(portrait, "portrait").shape != (PORTRAIT, PORTRAIT, 3):
        raise InputError(
            f"portrait: expected shape {(PORTRAIT, PORTRAIT, 3)} with the face in the middle, "
            f"got {portrait.shape}"
        )
    if degrees:
        portrait, _ = degrade.rotate(portrait, degrees, centre=FACE_CENTRE)
    x, y = int(FACE_CENTRE[0]) - CROP // 2, int(FACE_CENTRE[1]) - CROP // 2
    size = max(1, round(face_side * CROP / FACE_SIDE))
    return imaging.resize(portrait[y : y + CROP, x : x + CROP], height=size, width=size)


def portrait(image: Image, centre: tuple[float, float], side: float) -> Image:
    """Cut a portrait, 250 x 250, out of a picture, with its face where LFW's is.

    ``centre``: x and y of the midpoint between eyes and mouth; ``side``: from jaw to jaw, in
    pixels. Beyond the picture its edge is repeated.
    """
    factor = FACE_SIDE / check_number(side, "side", low=1)
    big = imaging.resize(check_image(image), height=round(image.shape[0] * factor))
    big = np.pad(big, ((PORTRAIT, PORTRAIT), (PORTRAIT, PORTRAIT), (0, 0)), mode="edge")
    top = round(centre[1] * factor - FACE_CENTRE[1]) + PORTRAIT
    left = round(centre[0] * factor - FACE_CENTRE[0]) + PORTRAIT
    if not (0 <= top <= len(big) - PORTRAIT and 0 <= left <= big.shape[1] - PORTRAIT):
        raise InputError(f"centre: expected a point near the picture, got {centre}")
    return big[top : top + PORTRAIT, left : left + PORTRAIT]


def book_portraits() -> list[Image]:
    """The astronaut, Grace Hopper, and both mirrored, as portraits."""
    astronaut = portrait(imaging.astronaut(), (225.6, 127), 97)
    hopper = portrait(imaging.grace_hopper(), (264.5, 233), 188)
    return [
        *(np.ascontiguousarray(p) for p in (astronaut, hopper)),
        *(np.ascontiguousarray(p[:, ::-1]) for p in (astronaut, hopper)),
    ]


def background(generator: np.random.Generator, *, side: int = COLUMNS * CELL) -> Image:
    """A random square of a random texture, ``side`` pixels wide, without people."""
    name = TEXTURES[int(generator.integers(len(TEXTURES)))]
    texture = _texture(name)
    largest = min(texture.shape[:2])
    part = int(generator.integers(largest // 2, largest + 1))
    y = int(generator.integers(texture.shape[0] - part + 1))
    x = int(generator.integers(texture.shape[1] - part + 1))
    return imaging.resize(texture[y : y + part, x : x + part], height=side, width=side)


def inside(boxes: NDArray[np.float32], areas: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether the centre of each box (N, 4) lies in one of the areas (M, 4): (N,)."""
    x, y = (boxes[:, None, :2] + boxes[:, None, 2:]).transpose(2, 0, 1) / 2  # (N, 1) each
    within = (areas[:, 0] <= x) & (x < areas[:, 2]) & (areas[:, 1] <= y) & (y < areas[:, 3])
    return np.asarray(within.any(axis=1), np.bool_)


@cache
def _texture(name: str) -> Image:
    spec = importlib.util.find_spec("skimage")
    places = [] if spec is None else spec.submodule_search_locations or []
    for place in places:
        path = Path(place) / "data" / name
        if path.is_file():
            return imaging.read_image(path)
    raise AssetMissingError(f"{name}: comes with scikit-image, which is not installed whole")
