"""Everything that a run depends on, in one value that is kept beside its checkpoints."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

from facenet_lite import models
from facenet_lite._checks import check_choice, check_number, describe
from facenet_lite.errors import InputError
from facenet_lite.losses import Reduction
from facenet_lite.miners import NAMES
from facenet_lite.models.blocks import Norm
from facenet_lite.ranking import MARGIN
from facenet_lite.train.augment import HARDER, MILDER, Augmentation

Data: TypeAlias = Literal["nobody", "folder", "lfw"]
Optimiser: TypeAlias = Literal["adamw", "adagrad"]
Precision: TypeAlias = Literal["float32", "bfloat16"]

RULES: Final = tuple(name for name in NAMES if name != "all_semi_hard")
"""What a phase may name: ``batch_all`` is the loss over every triplet, without a list of them."""


@dataclass(frozen=True)
class Config:
    """The settings of one run; the defaults train ``models.small_nn2`` on Faces of Nobody.

    ``data``: "nobody" draws ``people`` people and their pictures while training goes on, each part
    of how varying ``spread`` times as in LFW; "folder" reads ``folder``, one sub-folder with
    pictures a person; "lfw" reads View 1's training people of the copy in ``folder`` (None: as
    ``data.lfw.find`` looks for it). ``p``, ``k``: people in a batch, and pictures of each.
    ``pictures``: so many are drawn of each person, and come again; None: every one is drawn anew,
    and never seen again. ``steps``: updates in all.

    ``mining``: from which step on which rule picks the triplets, the first from step 0.
    ``reduction``: as in ``losses.triplet_loss``.
    ``start``: weights to begin from, the name of a network that the package brings or a file of
    ``models.write``; None: drawn by chance.
    ``teacher``: a network of ``models.NAMES`` whose embeddings are learned in place of triplets
    (``losses.distillation_loss``), on P K pictures a batch, whoever is on them; ``drawn``: how many
    pictures of drawn people, one each, are learned from beside those of ``data``; ``views``: how
    many pictures the teacher is asked of, for each photograph of ``data``: itself, and others made
    of it (``taught.views``).

    ``optimiser``: "adagrad" is the paper's (section 3, with ``learning_rate`` 0.05 there).
    ``augment``: whether crops are changed for every batch, as ``Augmentation`` says; as
    ``augment.HARDER`` does where ``harder``, and as ``augment.MILDER`` where there are ``views``.
    The rate rises over ``warm_up`` steps and falls along half a cosine to 0 where ``cosine``.

    ``width`` to ``embedding_dim``: of ``models.NN2``.
    ``workers``: processes that make batches; what they make does not depend on their number.
    ``save_every``, ``validate_every``: steps between checkpoints, and between looks at
    ``validation_people`` drawn people that are not trained on.
    Raises InputError for values that cannot be these.
    """

    data: Data = "nobody"
    folder: str | None = None
    people: int = 10_000
    pictures: int | None = None
    spread: float = 0.8
    p: int = 16
    k: int = 5
    steps: int = 440
    mining: tuple[tuple[int, str], ...] = ((0, "batch_all"),)
    margin: float = MARGIN
    reduction: Reduction = "mean_active"
    start: str | None = None
    teacher: str | None = None
    drawn: int = 0
    views: int = 1
    optimiser: Optimiser = "adamw"
    learning_rate: float = 4e-3
    weight_decay: float = 1e-3
    warm_up: int = 30
    cosine: bool = True
    augment: bool = True
    harder: bool = False
    width: float = 0.25
    image_size: int = 96
    norm: Norm = "batch"
    first_pool: bool = False
    standardised: bool = True
    centred: bool = True
    embedding_dim: int = 128
    precision: Precision = "float32"
    seed: int = 0
    workers: int = 1
    save_every: int = 100
    validate_every: int = 100
    validation_people: int = 100

    def __post_init__(self) -> None:
        choices = {"data": Data, "optimiser": Optimiser, "precision": Precision, "norm": Norm}
        for name, kind in {**choices, "reduction": Reduction}.items():
            check_choice(getattr(self, name), name, get_args(kind))
        least = {"people": 2, "p": 2, "k": 1, "steps": 1, "warm_up": 0, "seed": 0, "workers": 0}
        least |= {"save_every": 1, "validate_every": 0, "validation_people": 3, "drawn": 0}
        least["views"] = 1
        for name, low in least.items():
            check_number(getattr(self, name), name, low=low, integer=True)
        for name in ("margin", "weight_decay", "spread"):
            check_number(getattr(self, name), name, low=0)
        check_number(self.learning_rate, "learning_rate", low=0, low_included=False)
        if self.data == "folder" and self.folder is None:
            raise InputError("folder: expected a folder of people for data='folder', got None")
        if self.pictures is not None:
            check_number(self.pictures, "pictures", low=1, integer=True)
            if self.data != "nobody" or self.teacher is not None:
                raise InputError(
                    "pictures: expected None where no triplets of drawn people are learned from, "
                    f"got {self.pictures}; data='nobody' without a teacher takes a number"
                )
        if self.teacher is not None:
            check_choice(self.teacher, "teacher", models.NAMES)
        if self.drawn and self.teacher is None:
            raise InputError("drawn: expected 0 without a teacher, who says what they should give")
        if self.views > 1 and (self.teacher is None or self.data == "nobody"):
            raise InputError("views: expected 1 without a teacher, or without photographs")
        if self.views > 1 and self.harder:
            raise InputError("harder: expected false with views, which are changed already")
        _check_mining(self.mining)

    @property
    def augmentation(self) -> Augmentation:
        """How crops are changed, where ``augment``."""
        if self.views > 1:
            return MILDER
        return HARDER if self.harder else Augmentation()

    def rule(self, step: int) -> str:
        """The rule of a step, counted from 0."""
        return [rule for start, rule in self.mining if start <= step][-1]

    def to_json(self) -> str:
        """The settings as JSON, one a line."""
        return json.dumps(dataclasses.asdict(self), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Config:
        """Make a config of what ``to_json`` wrote; raises InputError for anything else."""
        try:
            found = json.loads(text)
            found["mining"] = tuple((start, rule) for start, rule in found["mining"])
            return cls(**found)
        except (ValueError, TypeError, KeyError) as error:
            raise InputError(f"config: expected what to_json wrote ({error})") from error

    @classmethod
    def of(cls, settings: Sequence[str]) -> Config:
        """Make a config of words such as ``steps=800`` or ``mining=batch_all,semi_hard@400``.

        Raises InputError for a name or a value that is none.
        """
        defaults = {field.name: field.default for field in dataclasses.fields(cls)}
        values: dict[str, Any] = {}
        for word in settings:
            name, sign, text = word.partition("=")
            if not sign or name not in defaults:
                raise InputError(f"{word}: expected NAME=VALUE with one of {', '.join(defaults)}")
            values[name] = _value(name, text, defaults[name])
        return cls(**values)

    def differences(self, other: Config) -> list[str]:
        """The settings in which two configs differ, in words; ``workers`` changes nothing."""
        return [
            f"{field.name} is {getattr(self, field.name)!r} and was {getattr(other, field.name)!r}"
            for field in dataclasses.fields(self)
            if field.name != "workers" and getattr(self, field.name) != getattr(other, field.name)
        ]


def keep(config: Config, folder: Path) -> None:
    """Write ``config.json`` into a run's folder, or see that it is the one that stands there.

    Raises InputError where the folder holds a run with other settings.
    """
    path = folder / "config.json"
    if path.is_file():
        wrong = config.differences(Config.from_json(path.read_text(encoding="utf8")))
        if wrong:
            raise InputError(
                f"{folder}: holds a run with other settings: {'; '.join(wrong)}; "
                "name another folder, or remove this one"
            )
    part = path.with_suffix(".part")
    part.write_text(config.to_json(), encoding="utf8")
    part.replace(path)


def _value(name: str, text: str, default: Any) -> Any:
    """A setting's value from its text, of the kind of its default."""
    try:
        if name == "mining":
            phases = [phase.partition("@") for phase in text.split(",")]
            return tuple((int(start or 0), rule) for rule, _, start in phases)
        if isinstance(default, bool):
            return {"true": True, "false": False}[text.lower()]
        if name == "pictures":
            return int(text)
        return text if default is None else type(default)(text)
    except (ValueError, KeyError) as error:
        raise InputError(f"{name}: expected a value such as {default!r}, got {text!r}") from error


def _check_mining(mining: Any) -> None:
    starts = []
    try:
        for start, rule in mining:
            check_number(start, "mining's step", low=0, integer=True)
            check_choice(rule, "mining's rule", RULES)
            starts.append(start)
    except (TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"mining: expected pairs of a step and a rule, got {describe(mining)}"
        ) from error
    if not starts or starts[0] != 0 or starts != sorted(set(starts)):
        raise InputError(f"mining: expected steps that rise from 0, got {starts}")
