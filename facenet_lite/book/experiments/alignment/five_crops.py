"""What alignment gains: LFW's ten folds with dlib's network, cropped in five ways.

``facenet-lite experiment alignment --lfw DIR`` records ``results/alignment.json``. Embeddings are
kept per way and fold in a folder, so that an interrupted run can resume.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from facenet_lite import align, landmarks, models
from facenet_lite._checks import check_number
from facenet_lite.book.experiments.alignment.misplaced import (
    UPRIGHT,
    Misplacement,
    every_misplacement,
)
from facenet_lite.book.experiments.alignment.summary import COMPARED, Embeddings, Way, summarise
from facenet_lite.book.kept import fingerprint, once_array
from facenet_lite.book.results import Measured
from facenet_lite.data import lfw as lfw_data
from facenet_lite.data import lfw_faces
from facenet_lite.models.dlib_resnet import SPEC
from facenet_lite.types import Boxes, Image, Picture

WAYS: Final[tuple[Way, ...]] = get_args(Way)
BY_LANDMARKS: Final = {
    "eyes": align.eye_transforms,
    "points5": align.landmark_transforms,
    "points68": align.chip_transforms,
}


@dataclass(frozen=True)
class Config:
    """``partial``: the folder from which an interrupted run resumes; ``misplaced_folds``: how many
    folds, counted from the first, are also tried with misplaced faces; ``framing``: how many
    pictures of View 1 set the crops' sizes."""

    partial: Path = Path("build/experiments/alignment")
    ways: Sequence[Way] = WAYS
    misplacements: Sequence[Misplacement] = every_misplacement()
    misplaced_folds: int = 1
    framing: int = 300
    seed: int = 0
    progress: bool = True

    def __post_init__(self) -> None:
        check_number(self.misplaced_folds, "misplaced_folds", low=1, high=10, integer=True)
        check_number(self.framing, "framing", low=1, integer=True)
        check_number(self.seed, "seed", low=0, integer=True)


@dataclass(frozen=True)
class Framing:
    """The size of the crops made without landmarks, so that faces are as large as in the others.

    ``centre_share``: of the picture's shorter side; ``box_margin``: of the box's side, each way.
    """

    centre_share: float
    box_margin: float


def measure(*, lfw: Path | None = None, config: Config | None = None) -> Measured:
    """Measure, or read what an interrupted run has already measured.

    ``lfw``: the reader's copy (None: as ``data.lfw.find`` looks for it).
    """
    from tqdm import tqdm

    config = config or Config()
    copy = lfw_data.find(lfw)
    pairs = copy.pairs("folds")
    folder = config.partial / fingerprint(config.seed, config.framing, copy.state())
    framing = frame(copy, config.framing)
    folds = np.unique(pairs.folds).tolist()
    some = folds[: config.misplaced_folds]
    work = [(way, UPRIGHT, fold) for way in config.ways for fold in folds]
    work += [(way, wrong, f) for f in some for wrong in config.misplacements for way in COMPARED]
    embedded: dict[tuple[Way, Misplacement], Embeddings] = {}
    boxes, spent = {}, 0.0
    for way, wrong, fold in tqdm(work, disable=not config.progress, unit="fold"):
        pictures = pairs.pictures(fold)
        if fold not in boxes:
            find = partial(lfw_faces.boxes, copy, pictures)
            boxes[fold], seconds = once_array(folder / f"boxes.{fold}.npz", find)
            spent += seconds
        path = folder / f"{way}.{wrong.key}.{fold}.npz"
        make_it = partial(_embed, way, copy, pictures, boxes[fold], framing, wrong, config.seed)
        vectors, seconds = once_array(path, make_it)
        embedded.setdefault((way, wrong), {}).update(zip(pictures, vectors, strict=True))
        spent += seconds
    data = {
        "pairs": len(pairs),
        "pictures": len(pairs.pictures()),
        "framing": vars(framing),
        **summarise(pairs, embedded, some),
    }
    return Measured(data, round(spent, 1), config.seed)


def frame(copy: lfw_data.Lfw, count: int) -> Framing:
    """The framing that gives crops the mean size of five-point crops, on View 1's training list."""
    pictures = copy.pairs("train").pictures()[:count]
    found = lfw_faces.boxes(copy, pictures)
    landmarker = landmarks.load(5)
    shares, margins = [], []
    for picture, box in zip(pictures, found, strict=True):
        image = copy.picture(*picture)
        (matrix,) = align.landmark_transforms(landmarker.locate(image, box[None]), 1)
        side = 1 / align.angle_and_scale(matrix)[1]
        shares.append(side / min(image.shape[:2]))
        margins.append((side / max(box[2] - box[0], box[3] - box[1]) - 1) / 2)
    return Framing(round(float(np.mean(shares)), 4), round(float(np.mean(margins)), 4))


def crops(
    way: Way,
    copy: lfw_data.Lfw,
    pictures: Sequence[Picture],
    boxes: Boxes,
    framing: Framing,
    wrong: Misplacement = UPRIGHT,
    seed: int = 0,
) -> Iterator[NDArray[np.uint8]]:
    """Each picture's face cropped in one way, uint8 (150, 150, 3), misplaced as ``wrong`` says.

    ``boxes``: (N, 4), one a picture. Landmarks are located in the misplaced picture and box, as
    they would be in practice.
    """
    landmarker = landmarks.load(68 if way == "points68" else 5)
    for picture, found in zip(pictures, boxes, strict=True):
        image, box = wrong.apply(copy.picture(*picture), found[None], picture, seed)
        matrix = transform(way, image, box, framing, landmarker)
        yield align.warp(image, matrix, SPEC.image_size)[0]


def transform(
    way: Way,
    image: Image,
    box: Boxes,
    framing: Framing,
    landmarker: landmarks.Landmarker,
    size: int = SPEC.image_size,
) -> NDArray[np.float64]:
    """The transform from the picture to its crop in one way: (1, 2, 3). ``box``: (1, 4)."""
    margin = SPEC.crop_margin
    if way == "centre":
        height, width = image.shape[:2]
        return align.centre_transform(height, width, size, share=framing.centre_share)
    if way == "box":
        return align.box_transforms(box, size, crop_margin=framing.box_margin)
    return BY_LANDMARKS[way](landmarker.locate(image, box), size, crop_margin=margin)


def _embed(
    way: Way,
    copy: lfw_data.Lfw,
    pictures: Sequence[Picture],
    boxes: Boxes,
    framing: Framing,
    wrong: Misplacement,
    seed: int,
) -> NDArray[np.float32]:
    """The embeddings (N, 128) of the pictures' faces, cropped in one way."""
    faces = np.stack(list(crops(way, copy, pictures, boxes, framing, wrong, seed)))
    return models.load("dlib", fast=True).embed(faces)
