"""What a teacher's embeddings are of the pictures that a student learns from.

Each picture is cropped twice, by the same five landmarks: for the teacher and for the student. The
answers are kept block by block in the run's folder, so that a stopped run loses one block.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from facenet_lite import imaging, models
from facenet_lite.data import nobody
from facenet_lite.errors import InputError
from facenet_lite.train.augment import Augmentation
from facenet_lite.train.config import Config
from facenet_lite.train.photographs import Frame, photographs
from facenet_lite.train.sources import AUGMENTING, DRAWING, PEOPLE, VIEWING, Batch, _rows_of, stream

BLOCK: Final = 250
"""Pictures of which the teacher is asked at a time."""
TAUGHT: Final = 2
"""The stream of the drawn people that are taught, beside those of ``splits``."""
CHANGED: Final = Augmentation(rotation=10, scale=0.1, shift=0.06, brightness=0.4, blur=2)
"""How far a view may be from its photograph."""
BLENDED: Final = 0.5
"""Of so many views a part of another photograph shines through,"""
SHINES: Final = (0.15, 0.5)
"""from the lower to the upper part of its light."""

Crops: TypeAlias = NDArray[np.uint8]


class Taught(NamedTuple):
    """``crops``: RGB uint8 (N, S, S, 3), for the student; ``targets``: float32 (N, D), of unit
    length, the teacher's embeddings without the mean of their kind, photographs or drawn faces."""

    crops: Crops
    targets: NDArray[np.float32]


@dataclass(frozen=True)
class Kind:
    """``pictures`` of one kind: ``crop`` makes those of some rows, for student and teacher."""

    name: str
    pictures: int
    crop: Callable[[range], tuple[Crops, Crops]]


@dataclass(frozen=True)
class TaughtSource:
    """Batches of P K different pictures, each labelled with its row of ``taught.targets``."""

    config: Config
    crops: Crops = field(repr=False)

    def batch(self, step: int, part: int = 0, parts: int = 1) -> Batch:
        """Pick and change the crops of a batch, see ``Source.batch``."""
        c = self.config
        size = c.p * c.k
        rows = _rows_of(c, np.arange(len(self.crops)), size, 1, step)
        own = np.split(rows, parts)[part] if parts > 1 else rows
        if not c.augment:
            return Batch(self.crops[own], own)
        pictures = [
            c.augmentation.apply(self.crops[[row]], rng=stream(c.seed, AUGMENTING, step, int(row)))
            for row in own
        ]
        return Batch(np.concatenate(pictures), own)


def ask(config: Config, folder: Path, *, progress: bool = True) -> Taught:
    """Ask the teacher of all pictures, or read what it said at an earlier start of this run.

    Raises InputError for a student with another number of dimensions than its teacher's, without
    any picture, or with views of photographs that the teacher wants cropped otherwise.
    """
    teacher = models.load(cast(models.Name, config.teacher), fast=True)
    if teacher.spec.embedding_dim != config.embedding_dim:
        raise InputError(
            f"embedding_dim: expected {teacher.spec.embedding_dim}, the teacher's, "
            f"got {config.embedding_dim}"
        )
    kinds = []
    if config.data != "nobody":
        kinds.append(_photographs(config, teacher.spec))
    if config.drawn:
        kinds.append(_drawings(config, teacher.spec))
    if not kinds:
        raise InputError("drawn: expected at least 1 for data='nobody' with a teacher, got 0")
    found = [_answers(kind, teacher, folder, progress) for kind in kinds]
    return Taught(*(np.concatenate(both) for both in zip(*found, strict=True)))


def _answers(kind: Kind, teacher: models.Embedder, folder: Path, progress: bool) -> Taught:
    from tqdm import tqdm

    crops, vectors = [], []
    blocks = range(0, kind.pictures, BLOCK)
    for start in tqdm(blocks, kind.name, disable=not progress, unit=f"{BLOCK} pictures"):
        path = folder / f"taught-{kind.name}-{start}.npz"
        if not path.is_file():
            mine, its = kind.crop(range(start, min(start + BLOCK, kind.pictures)))
            _write(path, crops=mine, vectors=teacher.embed(its))
        with np.load(path, allow_pickle=False) as stored:
            crops.append(stored["crops"])
            vectors.append(stored["vectors"])
    targets = np.concatenate(vectors)
    targets -= targets.mean(0)
    targets /= np.linalg.norm(targets, axis=1, keepdims=True)
    return Taught(np.concatenate(crops), targets)


def _photographs(config: Config, spec: models.ModelSpec) -> Kind:
    """The photographs as they are, then their views, all of one number before the next."""
    found = photographs(config)
    count = len(found.paths)
    student, teacher = Frame(config.image_size), Frame(spec.image_size, spec.crop_margin)
    if config.views > 1 and student.margin != teacher.margin:
        raise InputError(
            f"views: expected a teacher with the student's crop_margin, {student.margin}, "
            f"got {teacher.margin}"
        )

    def crop(rows: range) -> tuple[Crops, Crops]:
        plain = range(rows.start, min(rows.stop, count))
        (mine, its), _ = found.crops(plain, [student, teacher])
        others = range(max(rows.start, count), rows.stop)
        (changed,), _ = found.crops([row % count for row in others], [teacher])
        changed = views(changed, rng=stream(config.seed, VIEWING, rows.start))
        small = [imaging.resize(one, height=student.size, width=student.size) for one in changed]
        return np.concatenate([mine, *(one[None] for one in small)]), np.concatenate([its, changed])

    return Kind("photographs", config.views * count, crop)


def views(crops: Crops, *, rng: np.random.Generator) -> Crops:
    """Other pictures made of crops, RGB uint8 (N, S, S, 3), for a teacher to say what they show.

    Each is turned, moved, mirrored, lit and blurred by chance (``CHANGED``), and through half of
    them another of the crops shines. The student is shown what the teacher was shown (Beyer et al.
    2022), and cannot learn the photographs by heart.
    """
    changed = CHANGED.apply(crops, rng=rng)
    count = len(crops)
    amount = rng.uniform(*SHINES, count) * (rng.random(count) < BLENDED)
    part = amount.astype(np.float32)[:, None, None, None]
    others = changed[rng.permutation(count)]
    mixed: Crops = np.rint((1 - part) * changed + part * others).astype(np.uint8)
    return mixed


def _drawings(config: Config, spec: models.ModelSpec) -> Kind:
    """Pictures of drawn people, one each."""
    model = nobody.load()
    people = model.sample_identities(config.drawn, rng=stream(config.seed, PEOPLE, TAUGHT))
    scale = dict.fromkeys(nobody.PARTS, config.spread)

    def crop(rows: range) -> tuple[Crops, Crops]:
        rng = stream(config.seed, DRAWING, TAUGHT, rows.start)
        some = people.take(slice(rows.start, rows.stop))
        faces = model.sample_coefficients(some, 1, rng=rng, scale=scale)
        student, _ = model.draw(faces, size=config.image_size)
        teacher, _ = model.draw(faces, size=spec.image_size, crop_margin=spec.crop_margin)
        return student, teacher

    return Kind("drawn", config.drawn, crop)


def _write(path: Path, **arrays: NDArray[np.generic]) -> None:
    """Write arrays beside ``path`` and rename the file: whatever has that name is whole."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            np.savez(stream, **arrays)  # type: ignore[arg-type]
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
