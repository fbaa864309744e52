"""The parts of a run's settings, each passed only where it is needed; ``Config`` joins them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np

from facenet_lite import models
from facenet_lite._checks import check_choice, check_flag, check_number
from facenet_lite.errors import InputError
from facenet_lite.models import nn2
from facenet_lite.models.blocks import Norm
from facenet_lite.train.augment import HARDER, Augmentation

Kind: TypeAlias = Literal["nobody", "folder", "lfw"]
Optimiser: TypeAlias = Literal["adamw", "adagrad"]
Precision: TypeAlias = Literal["float32", "bfloat16"]

LARGEST: Final = float(np.finfo(np.float32).max)
"""No setting may be larger: the network computes with such numbers."""
SEEDS: Final = 2**32 - 1
"""The largest seed; the losses make larger ones of it, which PyTorch still takes."""


@dataclass(frozen=True)
class Data:
    """The pictures that a run learns from, and how they become batches.

    ``kind`` (named ``data`` among all settings): "nobody" draws ``people`` people, and during
    training their pictures, which vary in each part ``spread`` times as much as in LFW; "folder"
    reads ``folder``, which has a sub-folder of pictures for each person; "lfw" reads View 1's
    training people from the copy in ``folder`` (None: wherever ``data.lfw.find`` finds it).
    ``p``, ``k``: the number of people in a batch, and of pictures of each. ``pictures``: the number
    of drawn pictures of each person, reused every epoch; None: each picture is used once.
    ``augment``: whether ``augmentation`` changes crops for every batch; ``harder``: change them
    more. ``image_size``: the side of a crop in pixels. ``validation_people``: the number of drawn
    people held out, on whom the network is measured whatever it learns from. ``workers``: the
    number of processes that make batches, which are the same for any number.
    """

    kind: Kind = "nobody"
    folder: str | None = None
    people: int = 10_000
    pictures: int | None = None
    spread: float = 0.8
    p: int = 16
    k: int = 5
    augment: bool = True
    harder: bool = False
    image_size: int = 96
    validation_people: int = 100
    workers: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice(self.kind, "data", get_args(Kind))
        _check_least(self, people=2, p=2, k=1, validation_people=3, workers=0, image_size=1)
        check_number(self.seed, "seed", low=0, high=SEEDS, integer=True)
        check_number(self.spread, "spread", low=0, high=LARGEST)
        check_flag(self.augment, "augment")
        check_flag(self.harder, "harder")
        if self.kind == "folder" and self.folder is None:
            raise InputError("folder: expected a folder of people for data='folder', got None")
        if self.pictures is not None:
            check_number(self.pictures, "pictures", low=1, integer=True)

    @property
    def augmentation(self) -> Augmentation | None:
        """How crops are changed; None if they are not."""
        if not self.augment:
            return None
        return HARDER if self.harder else Augmentation()


@dataclass(frozen=True)
class Network:
    """The ``models.NN2`` to train; ``width`` to ``embedding_dim`` are its settings.

    ``start``: its initial weights, a network's name or a file from ``models.write``; None: random
    weights, drawn from ``seed``.
    """

    width: float = 0.25
    image_size: int = 96
    norm: Norm = "batch"
    first_pool: bool = False
    standardised: bool = True
    centred: bool = True
    embedding_dim: int = 128
    start: str | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        nn2.check_settings(
            self.width, self.image_size, self.norm, self.first_pool, self.standardised,
            self.centred, self.embedding_dim,
        )  # fmt: skip
        check_number(self.seed, "seed", low=0, high=SEEDS, integer=True)


@dataclass(frozen=True)
class Step:
    """The settings of the updates; ``steps`` is their number.

    ``optimiser``: "adagrad" is the paper's (section 3, with a ``learning_rate`` of 0.05).
    The rate rises over the first ``warm_up`` steps; with ``cosine`` it falls to 0 along half a
    cosine. ``precision``: that of the network's forward pass. ``save_every``, ``validate_every``:
    the number of steps between checkpoints, and between validations (0: none).
    """

    steps: int = 440
    optimiser: Optimiser = "adamw"
    learning_rate: float = 4e-3
    weight_decay: float = 1e-3
    warm_up: int = 30
    cosine: bool = True
    precision: Precision = "float32"
    save_every: int = 100
    validate_every: int = 100

    def __post_init__(self) -> None:
        check_choice(self.optimiser, "optimiser", get_args(Optimiser))
        check_choice(self.precision, "precision", get_args(Precision))
        _check_least(self, steps=1, warm_up=0, save_every=1, validate_every=0)
        check_flag(self.cosine, "cosine")
        check_number(self.weight_decay, "weight_decay", low=0, high=LARGEST)
        check_number(self.learning_rate, "learning_rate", low=0, high=LARGEST, low_included=False)


@dataclass(frozen=True)
class Teacher:
    """The network whose embeddings are learned, with ``losses.Distillation`` instead of a loss on
    labels. A batch is P K pictures, whoever is in them.

    ``name`` (``teacher`` among all settings): a network of ``models.NAMES``; None: no teacher.
    ``drawn``: the number of drawn people, with one picture each, to learn from in addition to the
    photographs. ``views``: the number of pictures that the teacher embeds for each photograph:
    the photograph and others made from it (``distilled.views``).
    """

    name: str | None = None
    drawn: int = 0
    views: int = 1

    def __post_init__(self) -> None:
        _check_least(self, drawn=0, views=1)
        if self.name is not None:
            check_choice(self.name, "teacher", models.NAMES)
        elif self.drawn:
            raise InputError("drawn: expected 0 without a teacher, who says what they should give")


def _check_least(part: Any, **least: int) -> None:
    for name, low in least.items():
        check_number(getattr(part, name), name, low=low, integer=True)
