"""The teacher's embeddings of the pictures that a student learns from.

Each picture is cropped twice by the same five landmarks, for the teacher and for the student. The
embeddings are saved block by block in the run's folder, so a stopped run loses only one block.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from facenet_lite import __version__, assets, imaging, models
from facenet_lite._files import fingerprint
from facenet_lite.data import nobody
from facenet_lite.errors import InputError
from facenet_lite.samplers import PKSampler
from facenet_lite.train import cache
from facenet_lite.train.augment import Augmentation
from facenet_lite.train.parts import Data, Teacher
from facenet_lite.train.photographs import Frame, photographs
from facenet_lite.train.sources import (
    AUGMENTING,
    DRAWING,
    PEOPLE,
    VIEWING,
    Batch,
    pk_sampler,
    stream,
)

BLOCK: Final = 250
"""The number of pictures that the teacher embeds at a time."""
TAUGHT: Final = 2
"""The number of the random stream of the teacher's drawn people; ``splits`` has other streams."""
CHANGED: Final = Augmentation(rotation=10, scale=0.1, shift=0.06, brightness=0.4, blur=2)
"""The changes that make a view of a photograph."""
BLENDED: Final = 0.5
"""The share of views that are blended with another photograph."""
BLEND_WEIGHT: Final = (0.15, 0.5)
"""The range of the other photograph's weight in a blended view."""

Crops: TypeAlias = NDArray[np.uint8]


class Taught(NamedTuple):
    """``crops``: RGB uint8 (N, S, S, 3), for the student; ``targets``: float32 (N, D), of unit
    length, the teacher's embeddings minus the mean of their kind (photographs or drawn faces)."""

    crops: Crops
    targets: NDArray[np.float32]


@dataclass(frozen=True)
class Kind:
    """A kind of ``pictures`` pictures; ``made_from``: identifies all that they depend on;
    ``crop`` crops some rows for student and teacher."""

    name: str
    pictures: int
    made_from: str
    crop: Callable[[range], tuple[Crops, Crops]]


@dataclass(frozen=True)
class TaughtSource:
    """Batches of P K different pictures, each labelled with its row in ``crops`` (N, S, S, 3).

    ``augmentation``: how crops are changed for each batch; None if they are not.
    """

    data: Data
    crops: Crops = field(repr=False)
    augmentation: Augmentation | None = None

    @cached_property
    def sampler(self) -> PKSampler:
        """Chooses the rows of each step's batch; made once."""
        return pk_sampler(np.arange(len(self.crops)), self.data.p * self.data.k, 1, self.data.seed)

    def batch(self, step: int, part: int = 0, parts: int = 1) -> Batch:
        """Pick and augment the crops of a batch, see ``Source.batch``."""
        own = np.split(self.sampler.batch(step), parts)[part]
        if self.augmentation is None:
            return Batch(self.crops[own], own)
        pictures = [
            self.augmentation.apply(
                self.crops[[row]], rng=stream(self.data.seed, AUGMENTING, step, int(row))
            )
            for row in own
        ]
        return Batch(np.concatenate(pictures), own)


def ask(
    data: Data,
    teacher: Teacher,
    folder: Path,
    *,
    embedding_dim: int,
    block: int = BLOCK,
    progress: bool = True,
) -> Taught:
    """Let the teacher embed all pictures, or read what this run saved when started before.

    ``embedding_dim``: the student's; ``block``: how many pictures are embedded and saved at a time.
    Raises InputError if student and teacher differ in ``embedding_dim``, or for views of
    photographs if the two differ in ``crop_margin``.
    """
    name = cast(models.Name, teacher.name)
    network = models.load(name, fast=True)
    spec = network.spec
    if spec.embedding_dim != embedding_dim:
        raise InputError(
            f"embedding_dim: expected {spec.embedding_dim}, the teacher's, got {embedding_dim}"
        )
    kinds = []
    if data.kind != "nobody":
        kinds.append(_photographs(data, teacher.views, spec))
    if teacher.drawn:
        kinds.append(_drawings(data, teacher.drawn, spec))
    weights = assets.get("dlib_resnet" if name == "dlib" else name).sha256
    state = (weights, spec.to_json(), data.seed, data.image_size, block, __version__)
    found = [_answers(kind, network, state, folder, block, progress) for kind in kinds]
    return Taught(*(np.concatenate(both) for both in zip(*found, strict=True)))


def _answers(
    kind: Kind,
    teacher: models.Embedder,
    state: tuple[Any, ...],
    folder: Path,
    block: int,
    progress: bool,
) -> Taught:
    from tqdm import tqdm

    def make(start: int) -> cache.Arrays:
        mine, its = kind.crop(range(start, min(start + block, kind.pictures)))
        return {"crops": mine, "vectors": teacher.embed(its)}

    crops, vectors = [], []
    key = fingerprint(kind.made_from, kind.pictures, state)
    blocks = range(0, kind.pictures, block)
    for start in tqdm(blocks, kind.name, disable=not progress, unit=f"{block} pictures"):
        path = folder / f"taught-{kind.name}-{key}-{start}.npz"
        stored = cache.once(path, partial(make, start))
        crops.append(stored["crops"])
        vectors.append(stored["vectors"])
    targets = np.concatenate(vectors)
    targets -= targets.mean(0)
    targets /= np.linalg.norm(targets, axis=1, keepdims=True)
    return Taught(np.concatenate(crops), targets)


def _photographs(data: Data, each: int, spec: models.ModelSpec) -> Kind:
    """The photographs as they are, then a first view of each, then a second, and so on."""
    found = photographs(data)
    count = len(found.paths)
    student, teacher = Frame(data.image_size), Frame(spec.image_size, spec.crop_margin)
    if each > 1 and student.margin != teacher.margin:
        raise InputError(
            f"views: expected a teacher with the student's crop_margin, {student.margin}, "
            f"got {teacher.margin}"
        )

    def crop(rows: range) -> tuple[Crops, Crops]:
        plain = range(rows.start, min(rows.stop, count))
        (mine, its), _ = found.crops(plain, [student, teacher])
        others = range(max(rows.start, count), rows.stop)
        (changed,), _ = found.crops([row % count for row in others], [teacher])
        changed = views(changed, rng=stream(data.seed, VIEWING, rows.start))
        small = [imaging.resize(one, height=student.size, width=student.size) for one in changed]
        return np.concatenate([mine, *(one[None] for one in small)]), np.concatenate([its, changed])

    return Kind("photographs", each * count, found.fingerprint(student, teacher), crop)


def views(crops: Crops, *, rng: np.random.Generator) -> Crops:
    """Make new pictures from crops, RGB uint8 (N, S, S, 3), for a teacher to embed.

    Each is rotated, moved, mirrored, lit and blurred at random (``CHANGED``), and half of them are
    blended with another crop. The student sees the same pictures as the teacher (Beyer et al.
    2022), and cannot memorise the photographs.
    """
    changed = CHANGED.apply(crops, rng=rng)
    count = len(crops)
    amount = rng.uniform(*BLEND_WEIGHT, count) * (rng.random(count) < BLENDED)
    part = amount.astype(np.float32)[:, None, None, None]
    others = changed[rng.permutation(count)]
    mixed: Crops = np.rint((1 - part) * changed + part * others).astype(np.uint8)
    return mixed


def _drawings(data: Data, count: int, spec: models.ModelSpec) -> Kind:
    """One picture of each of ``count`` drawn people."""
    model = nobody.load()
    people = model.sample_identities(count, rng=stream(data.seed, PEOPLE, TAUGHT))
    scale = dict.fromkeys(nobody.PARTS, data.spread)

    def crop(rows: range) -> tuple[Crops, Crops]:
        rng = stream(data.seed, DRAWING, TAUGHT, rows.start)
        some = people.take(slice(rows.start, rows.stop))
        faces = model.sample_coefficients(some, 1, rng=rng, scale=scale)
        student, _ = model.draw(faces, size=data.image_size)
        teacher, _ = model.draw(faces, size=spec.image_size, crop_margin=spec.crop_margin)
        return student, teacher

    made_from = fingerprint(assets.get("nobody").sha256, data.spread)
    return Kind("drawn", count, made_from, crop)
