"""LFW's pictures through a model, stored on disk block by block: plain, mirrored, jittered."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facenet_lite import align, landmarks
from facenet_lite.book.experiments.alignment import five_crops
from facenet_lite.book.experiments.alignment.summary import Way
from facenet_lite.book.kept import in_blocks
from facenet_lite.data import lfw_faces
from facenet_lite.data.lfw import Lfw
from facenet_lite.models.dlib_resnet import SPEC
from facenet_lite.types import Boxes, Picture

Crop: TypeAlias = Literal["centre", "aligned"]
Embed: TypeAlias = Callable[[NDArray[np.uint8]], NDArray[np.float32]]

POINTS: Final[dict[int, Way]] = {5: "points5", 68: "points68"}
"""The way to align by this number of landmarks, located in HOG's most central box."""
PLAIN: Final = "plain"
MIRRORED: Final = "mirrored"

TURN: Final = 4.0
"""A jittered crop is rotated by at most this many degrees either way."""
SHIFT: Final = 0.03
"""It is moved by at most this share of its side in x and in y."""
ZOOM: Final = 0.05
"""It is scaled up or down by at most this share; half of the crops, at random, are mirrored."""


@dataclass(frozen=True, eq=False)
class Passes:
    """Runs N pictures, in crops of kind ``crop``, through ``embed``; keeps results in ``folder``.

    ``kind``: the model's name, part of the files' names; ``size``: side of its crops in pixels;
    ``points``: how many landmarks align them, the 68 of dlib's chip or the 5 of our own networks;
    ``block``: how many pictures are embedded at a time, at most lost by an interruption.
    """

    copy: Lfw
    pictures: Sequence[Picture]
    framing: five_crops.Framing
    crop: Crop
    kind: str
    embed: Embed
    folder: Path
    size: int = SPEC.image_size
    points: Literal[5, 68] = 68
    block: int = 250

    def vectors(self, name: str, *, progress: bool = True) -> tuple[NDArray[np.float32], float]:
        """The embeddings (N, D) of one pass, and the seconds it took to make them.

        ``name`` is ``plain``, ``mirrored``, or ``jitter0`` and so on.
        """
        boxes = self.boxes(progress=progress)

        def embedded(rows: range) -> dict[str, NDArray[np.float32]]:
            crops = self.crops(name, rows, boxes[rows.start : rows.stop])
            return {"vectors": self.embed(np.stack(list(crops)))}

        title = f"{self.kind}.{self.crop}.{name}"
        found, seconds = in_blocks(
            len(self.pictures), embedded, self.folder / title,
            block=self.block, title=title, progress=progress,
        )  # fmt: skip
        return found["vectors"], seconds

    def boxes(self, *, progress: bool = False) -> Boxes:
        """The boxes (N, 4) of the pictures' faces, detected block by block if not stored."""
        count = len(self.pictures)
        if self.crop == "centre":
            return self._found(range(count))
        found, _ = in_blocks(
            count, lambda rows: {"boxes": self._found(rows)}, self.folder / "boxes",
            block=self.block, title="boxes", progress=progress,
        )  # fmt: skip
        return found["boxes"]

    def crops(
        self, name: str, rows: Sequence[int] | range, boxes: Boxes | None = None
    ) -> Iterator[NDArray[np.uint8]]:
        """The crops (size, size, 3) of some pictures in one pass.

        ``boxes``: (R, 4), of the faces in these pictures, detected if None; a crop of the middle
        needs none.
        """
        way: Way = "centre" if self.crop == "centre" else POINTS[self.points]
        landmarker = landmarks.load(self.points)
        if boxes is None:
            boxes = self._found(rows)
        for row, box in zip(rows, boxes, strict=True):
            picture = self.pictures[row]
            image = self.copy.picture(*picture)
            matrix = five_crops.transform(
                way, image, box[None], self.framing, landmarker, self.size
            )
            mirrored = name == MIRRORED
            if name.startswith("jitter"):
                rng = np.random.default_rng(zlib.crc32(f"{name} {picture}".encode()))
                matrix, mirrored = jittered(matrix, self.size, rng=rng)
            face = align.warp(image, matrix, self.size)[0]
            yield np.ascontiguousarray(face[:, ::-1]) if mirrored else face

    def _found(self, rows: Sequence[int] | range) -> Boxes:
        if self.crop == "centre":
            return np.tile(np.array(lfw_faces.NOT_DETECTED, np.float32), (len(rows), 1))
        return lfw_faces.boxes(self.copy, [self.pictures[row] for row in rows])


def jittered(
    matrix: NDArray[np.float64], size: int, *, rng: np.random.Generator
) -> tuple[NDArray[np.float64], bool]:
    """A crop's transform (1, 2, 3), slightly rotated, scaled and shifted, and whether to mirror."""
    angle = np.deg2rad(rng.uniform(-TURN, TURN))
    zoom = 1 + rng.uniform(-ZOOM, ZOOM)
    shift = rng.uniform(-SHIFT, SHIFT, 2) * size
    turn = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.full(2, (size - 1) / 2)
    linear, offset = matrix[0, :, :2], matrix[0, :, 2]
    moved = turn @ (offset - middle) + middle + shift
    return np.column_stack([turn @ linear, moved])[None], bool(rng.random() < 0.5)
