"""LFW's training pictures, aligned to one shape: landmarks found, faces warped to the mean.

Finished chunks are kept in a folder, so that an interrupted run can resume.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import align
from facenet_lite.book.kept import fingerprint, in_blocks
from facenet_lite.data import lfw_reference
from facenet_lite.data.lfw import Lfw
from facenet_lite.data.nobody import mesh
from facenet_lite.data.nobody.mesh import CANVAS, Floats
from facenet_lite.errors import AssetDamagedError
from facenet_lite.types import Image

FARTHEST: Final = 28.0
"""A picture is left out if a landmark is this far from its median, in pixels of the canvas."""
MIRROR: Final = (
    *range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, *range(35, 30, -1),
    45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,
    *range(54, 47, -1), *range(59, 54, -1), *range(64, 59, -1), *range(67, 64, -1),
)  # fmt: skip
"""The index of each of the 68 points after mirroring: left and right change places."""


@dataclass(frozen=True, eq=False)
class TrainingFaces:
    """``pictures``: name and number of each; ``people``: (N,), who is in it; ``transforms``:
    (N, 2, 3), from the picture to the canvas; ``shapes``: (N, 68, 2), landmarks on the canvas."""

    pictures: list[tuple[str, int]]
    people: NDArray[np.int64]
    transforms: Floats
    shapes: Floats

    def __len__(self) -> int:
        return len(self.pictures)

    @property
    def mean_shape(self) -> Floats:
        """The mean of all shapes and their mirror images, (68, 2)."""
        mean: Floats = self.shapes.mean(axis=0)
        half: Floats = (mean + mirrored(mean[None])[0]) / 2
        return half


def gather(copy: Lfw) -> TrainingFaces:
    """Move the landmarks that dlib found on View 1's training people to the canvas.

    A picture is left out if HOG finds no face in it or its landmarks lie far from everyone else's.
    Raises AssetMissingError or AssetDamagedError for a copy of LFW that is incomplete, or lacks the
    file of ``data.lfw_reference``.
    """
    wanted = [
        (name, number)
        for name, count in copy.people("train").items()
        for number in range(1, count + 1)
    ]
    points = lfw_reference.read(copy, "landmarks68", wanted).astype(float)
    found = np.flatnonzero(lfw_reference.read(copy, "detected", wanted))
    if len(found) == 0:
        raise AssetDamagedError(f"{copy.root}: expected faces in the training pictures, got none")
    five = points[:, list(mesh.FIVE)]
    template = mesh.canvas_template()
    transforms = np.stack([align.similarity_transform(five[i], template) for i in found])
    shapes = points[found] @ transforms[:, :, :2].transpose(0, 2, 1) + transforms[:, None, :, 2]
    usual = np.abs(shapes - np.median(shapes, axis=0)).max(axis=(1, 2)) < FARTHEST
    pictures = [wanted[i] for i in found[usual]]
    _, people = np.unique([name for name, _ in pictures], return_inverse=True)
    return TrainingFaces(pictures, people.astype(np.int64), transforms[usual], shapes[usual])


def textures(
    copy: Lfw, faces: TrainingFaces, folder: Path, *, block: int = 500, progress: bool = True
) -> NDArray[np.uint8]:
    """Every face's skin in the mean shape, RGB uint8 (N, 128, 128, 3), on the canvas.

    Results are kept in ``folder``, ``block`` faces at a time.
    """
    mean = faces.mean_shape
    triangles = mesh.triangulate(mean)
    target = mesh.vertices(mean[None], mean)
    corners = mesh.fixed_point(target[0][triangles])
    placed = mesh.vertices(faces.shapes, mean)

    def one(i: int) -> Image:
        matrix = faces.transforms[i]
        source = (placed[i] - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
        maps = mesh.affine_maps(source, target, triangles)[0].astype(np.float32)
        return mesh.warp(copy.picture(*faces.pictures[i]), corners, maps, CANVAS)

    found, _ = in_blocks(
        len(faces),
        lambda rows: {"textures": np.stack([one(row) for row in rows])},
        folder / fingerprint(faces.shapes, placed) / "textures",
        block=block,
        progress=progress,
    )
    return found["textures"]


def mirrored(shapes: Floats) -> Floats:
    """Shapes (N, 68, 2) as a mirror shows them, renumbered so that each index keeps its meaning."""
    seen: Floats = shapes[:, list(MIRROR)] * [-1, 1] + [CANVAS - 1, 0]
    return seen
