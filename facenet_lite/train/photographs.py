"""Find the photographs that a run learns from, and crop the faces in them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from facenet_lite import __version__, align, assets, detect, imaging, landmarks
from facenet_lite._files import fingerprint
from facenet_lite.boxes import reframe
from facenet_lite.data import lfw, lfw_faces
from facenet_lite.errors import ImageError
from facenet_lite.photographs import people as people_in
from facenet_lite.train.parts import Data
from facenet_lite.types import Boxes, Image, Picture


class Frame(NamedTuple):
    """``size``: a crop's side in pixels; ``margin``: the space around the landmarks' template."""

    size: int
    margin: float = 0.25


@dataclass(frozen=True, eq=False)
class Photographs:
    """``paths``; ``labels`` (N,), who is in each; ``box`` takes a row and its picture, and returns
    the face's box, (1, 4), or (0, 4) without a face; ``boxes_of``: the boxes if they are known, or
    the words for how they are found."""

    paths: Sequence[Path]
    labels: NDArray[np.int64]
    box: Callable[[int, Image], Boxes] = field(repr=False)
    boxes_of: Boxes | str = field(repr=False)

    def crops(
        self, rows: Iterable[int], frames: Sequence[Frame]
    ) -> tuple[list[NDArray[np.uint8]], NDArray[np.int64]]:
        """Crop the face in each photograph once for each frame: RGB uint8 (M, size, size, 3).

        Also returns the M rows with a readable picture in which a face was found.
        """
        landmarker = landmarks.load(5)
        found: list[list[NDArray[np.uint8]]] = [
            [np.zeros((0, frame.size, frame.size, 3), np.uint8)] for frame in frames
        ]
        kept = []
        for row in rows:
            try:
                image = imaging.read_image(self.paths[row])
            except ImageError:
                continue
            box = self.box(row, image)
            if len(box):
                points = landmarker.locate(image, box)
                kept.append(row)
                for crops, frame in zip(found, frames, strict=True):
                    crops.append(align.crop(image, points, frame.size, crop_margin=frame.margin))
        return [np.concatenate(crops) for crops in found], np.array(kept, np.int64)

    def fingerprint(self, *settings: Any) -> str:
        """Identify all that crops are made from: the files' bytes, whatever their names; who is in
        them; the boxes, or how they are found; the landmarks' model; this package's and dlib's
        versions; and ``settings``, such as the frames.

        Every file is read once: 1 s for LFW's 9,525 training pictures (84 MB), and a second for
        each gigabyte or so of larger ones.
        """
        import dlib

        return fingerprint(
            [_sha256(path) for path in self.paths], self.labels, self.boxes_of,
            assets.get("landmarks_5").sha256, __version__, dlib.__version__, settings,
        )  # fmt: skip


def _sha256(path: Path) -> str | None:
    """The hash of a file's content; None if it may not be read, when it gives no crop."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except PermissionError:
        return None


def photographs(data: Data) -> Photographs:
    """List the photographs of ``data.kind``, "folder" or "lfw".

    In LFW the box comes from ``data.lfw_faces``; in a folder it is that of the most central face
    found by dlib's HOG detector. Raises AssetMissingError if pictures are missing.
    """
    if data.kind == "lfw":
        copy = lfw.find(data.folder)
        people = copy.people("train").items()
        return of_lfw(copy, [(name, n) for name, count in people for n in range(1, count + 1)])
    found = people_in(str(data.folder)).by_name
    detector = cache(lambda: detect.load("hog"))  # only if a picture is read
    paths = [path for some in found.values() for path in some]
    labels = np.repeat(np.arange(len(found)), [len(some) for some in found.values()])

    def central(_: int, image: Image) -> Boxes:
        boxes = detector().detect(image).boxes
        height, width = image.shape[:2]
        chosen = boxes[align.choose(boxes, "most_central", height=height, width=width)]
        return reframe(chosen, detector().frame)

    return Photographs(paths, labels, central, "hog, the most central")


def of_lfw(copy: lfw.Lfw, pictures: Sequence[Picture]) -> Photographs:
    """Photographs from LFW; people are numbered in the order in which they first appear."""
    known = lfw_faces.known(copy, pictures)
    number = {name: i for i, name in enumerate(dict.fromkeys(name for name, _ in pictures))}

    def listed(row: int, _: Image) -> Boxes:
        return lfw_faces.boxes(copy, [pictures[row]]) if known is None else known[[row]]

    labels = np.array([number[name] for name, _ in pictures], np.int64)
    paths = [copy.path(*picture) for picture in pictures]
    return Photographs(paths, labels, listed, "hog of lfw" if known is None else known)
