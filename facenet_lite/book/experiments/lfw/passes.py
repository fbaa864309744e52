"""LFW's pictures through a model, kept on disc block by block: plain, mirrored, jittered."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facenet_lite import _files, align, landmarks
from facenet_lite._files import whole
from facenet_lite.book import results
from facenet_lite.book.experiments.alignment import five_crops
from facenet_lite.book.experiments.alignment.summary import Way
from facenet_lite.data import lfw_faces
from facenet_lite.data.lfw import Lfw
from facenet_lite.models.dlib_resnet import SPEC
from facenet_lite.types import Boxes, Picture

Crop: TypeAlias = Literal["centre", "aligned"]
Embed: TypeAlias = Callable[[NDArray[np.uint8]], NDArray[np.float32]]

POINTS: Final[dict[int, Way]] = {5: "points5", 68: "points68"}
"""Aligned, by as many landmarks in HOG's most central box."""
BLOCK: Final = 250
"""Pictures that are embedded, and lost by an interruption, at a time."""
PLAIN: Final = "plain"
MIRRORED: Final = "mirrored"

TURN: Final = 4.0
"""Jitter: at most this many degrees either way,"""
SHIFT: Final = 0.03
"""this share of the crop's side in x and in y,"""
ZOOM: Final = 0.05
"""and this much larger or smaller; half of the jittered crops are mirrored."""


@dataclass(frozen=True, eq=False)
class Passes:
    """Runs N pictures through ``embed``, in ``crop``s, and keeps what comes out in ``folder``.

    ``kind``: the model's name, part of the files' names; ``size``: side of its crops in pixels;
    ``points``: how many landmarks align them, the 68 of dlib's chip or the 5 of our nets' own.
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

    def vectors(self, name: str, *, progress: bool = True) -> tuple[NDArray[np.float32], float]:
        """The embeddings (N, D) of one pass, and the seconds that they took when they were made.

        Its name is ``plain``, ``mirrored``, or ``jitter0`` and so on.
        """
        from tqdm import tqdm

        title = f"{self.kind} {self.crop} {name}"
        bar = tqdm(self._blocks(), title, disable=not progress, unit=f"{BLOCK} pictures")
        found, seconds = zip(*(self._block(name, rows) for rows in bar), strict=True)
        return np.concatenate(found), sum(seconds)

    def boxes(self) -> Boxes:
        """The boxes (N, 4) of the pictures' faces, found block by block where they are not kept."""
        return np.concatenate([self._boxes(block) for block in self._blocks()])

    def crops(
        self, name: str, rows: Sequence[int] | range, boxes: Boxes | None = None
    ) -> Iterator[NDArray[np.uint8]]:
        """The crops (size, size, 3) of some pictures in one pass.

        ``boxes``: (R, 4), of the faces in these pictures, found if None; a crop in the middle
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

    def _blocks(self) -> list[range]:
        count = len(self.pictures)
        return [range(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK)]

    def _block(self, name: str, rows: range) -> tuple[NDArray[np.float32], float]:
        path = self.folder / f"{self.kind}.{self.crop}.{name}.{rows.start}.npz"
        if not path.is_file():
            boxes = self._boxes(rows)
            began = time.perf_counter()
            found = self.embed(np.stack(list(self.crops(name, rows, boxes))))
            spent = time.perf_counter() - began
            _write(path, lambda stream: np.savez(stream, value=found, seconds=spent))
        with np.load(path, allow_pickle=False) as stored:
            return stored["value"], float(stored["seconds"])

    def _boxes(self, rows: range) -> Boxes:
        if self.crop == "centre":
            return self._found(rows)
        path = self.folder / f"boxes.{rows.start}.npy"
        if not path.is_file():
            found = self._found(rows)
            _write(path, lambda stream: np.save(stream, found))
        stored: Boxes = np.load(path, allow_pickle=False)
        return stored

    def _found(self, rows: Sequence[int] | range) -> Boxes:
        if self.crop == "centre":
            return np.tile(np.array(lfw_faces.NOT_DETECTED, np.float32), (len(rows), 1))
        return lfw_faces.boxes(self.copy, [self.pictures[row] for row in rows])


def _write(path: Path, save: Callable[[IO[bytes]], None]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as part, part.open("wb") as stream:
        save(stream)


def jittered(
    matrix: NDArray[np.float64], size: int, *, rng: np.random.Generator
) -> tuple[NDArray[np.float64], bool]:
    """A crop's transform (1, 2, 3), turned, zoomed and shifted a little, and whether to mirror."""
    angle = np.deg2rad(rng.uniform(-TURN, TURN))
    zoom = 1 + rng.uniform(-ZOOM, ZOOM)
    shift = rng.uniform(-SHIFT, SHIFT, 2) * size
    turn = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.full(2, (size - 1) / 2)
    linear, offset = matrix[0, :, :2], matrix[0, :, 2]
    moved = turn @ (offset - middle) + middle + shift
    return np.column_stack([turn @ linear, moved])[None], bool(rng.random() < 0.5)


def fingerprint(
    copy: Lfw, pictures: Sequence[Picture], framing: five_crops.Framing, weights: str
) -> str:
    """What vectors depend on, in few letters: other settings never share a folder.

    ``weights``: the SHA-256 of the model's file, or a word where it has none.
    """
    settings = [str(copy.root.resolve()), BLOCK, TURN, SHIFT, ZOOM, vars(framing), list(pictures)]
    settings.append(weights)
    return _files.fingerprint(*settings, results.versions())
