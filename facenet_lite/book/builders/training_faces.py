"""LFW's training pictures, brought to one shape: landmarks found, faces warped to the mean.

What has been done is kept in a folder, in chunks, so that a run that was stopped goes on there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import align, assets, detect
from facenet_lite._files import fingerprint, whole
from facenet_lite.data.lfw import Lfw
from facenet_lite.data.nobody import mesh
from facenet_lite.data.nobody.mesh import CANVAS, Floats
from facenet_lite.errors import AssetDamagedError
from facenet_lite.types import Image

REFERENCE: Final = "dlib-reference.npz"
"""Landmarks that somebody has computed already, beside the pictures: ``names``, ``detected``,
``landmarks68``."""
CHUNK: Final = 500
FARTHEST: Final = 28.0
"""Pixels of the canvas: with a landmark farther from its median, the landmarks have gone wrong."""


@dataclass(frozen=True, eq=False)
class TrainingFaces:
    """``pictures``: name and number of each; ``people``: (N,), who is on it; ``transforms``:
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
        half: Floats = (mean + mesh.mirrored(mean[None])[0]) / 2
        return half


def gather(copy: Lfw, folder: Path, *, progress: bool = True) -> TrainingFaces:
    """Find the faces of View 1's training people and bring their landmarks to the canvas.

    Landmarks come from ``REFERENCE`` in LFW's folder if it is there, and else from dlib: its HOG
    detector's most central face and its 68 points, a quarter of an hour for all. A picture without
    a face that HOG finds, or with landmarks far from everybody's, is left out. Raises
    AssetMissingError or AssetDamagedError for a copy of LFW that is not whole.
    """
    wanted = [
        (name, number)
        for name, count in copy.people("train").items()
        for number in range(1, count + 1)
    ]
    reference = copy.root / REFERENCE
    points = (
        _known(reference, wanted) if reference.is_file() else _found(copy, wanted, folder, progress)
    )
    found = np.flatnonzero(np.isfinite(points).all(axis=(1, 2)))
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
    copy: Lfw, faces: TrainingFaces, folder: Path, *, progress: bool = True
) -> NDArray[np.uint8]:
    """Every face's skin in the mean shape, RGB uint8 (N, 128, 128, 3), on the canvas."""
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

    state = fingerprint(faces.shapes, placed)
    return _in_chunks(len(faces), one, folder / f"textures-{state}", progress)


def _known(path: Path, wanted: list[tuple[str, int]]) -> Floats:
    """Landmarks (N, 68, 2) out of the reference, NaN where no face was detected."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            names = {str(name): i for i, name in enumerate(stored["names"])}
            rows = [names[f"{name}/{name}_{number:04d}.jpg"] for name, number in wanted]
            points = stored["landmarks68"][rows].astype(float)
            points[~stored["detected"][rows]] = np.nan
    except (KeyError, ValueError, OSError) as error:
        raise AssetDamagedError(
            f"{path}: expected landmarks of every training picture ({error}); move it away, "
            "and they are computed"
        ) from error
    return np.asarray(points, float)


def _found(copy: Lfw, wanted: list[tuple[str, int]], folder: Path, progress: bool) -> Floats:
    """The same from dlib."""
    import dlib

    detector = detect.load("hog")
    predictor = dlib.shape_predictor(str(assets.fetch("landmarks_68")))

    def one(i: int) -> Floats:
        picture = copy.picture(*wanted[i])
        boxes = detector.detect(picture).boxes
        if len(boxes) == 0:
            return np.full((68, 2), np.nan)
        middle = np.array([picture.shape[1], picture.shape[0]]) / 2
        off = np.square((boxes[:, :2] + boxes[:, 2:]) / 2 - middle).sum(axis=1)
        x1, y1, x2, y2 = np.rint(boxes[off.argmin()]).astype(int).tolist()
        shape = predictor(picture, dlib.rectangle(x1, y1, x2 - 1, y2 - 1))
        return np.array([(point.x, point.y) for point in shape.parts()], float)

    state = fingerprint(str(copy.root.absolute()), wanted)
    return np.asarray(_in_chunks(len(wanted), one, folder / f"landmarks-{state}", progress), float)


def _in_chunks(
    count: int, one: Callable[[int], NDArray[Any]], folder: Path, progress: bool
) -> NDArray[Any]:
    """``one(i)`` for every i below ``count``, stacked; whole chunks are kept and found again."""
    from tqdm import tqdm

    folder.mkdir(parents=True, exist_ok=True)
    chunks = []
    with tqdm(total=count, disable=None if progress else True, unit="picture") as bar:
        for start in range(0, count, CHUNK):
            numbers = range(start, min(start + CHUNK, count))
            path = folder / f"{start:06d}-{numbers.stop:06d}.npy"
            if not path.is_file():
                values = np.stack([one(i) for i in numbers])
                with whole(path) as part, part.open("wb") as stream:
                    np.save(stream, values, allow_pickle=False)
            chunks.append(np.load(path, allow_pickle=False))
            bar.update(len(numbers))
    return np.concatenate(chunks)
