"""Everything that a run depends on, in one value that is kept beside its checkpoints."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from facenet_lite import losses
from facenet_lite._checks import check_choice
from facenet_lite._files import whole
from facenet_lite.errors import InputError
from facenet_lite.train.augment import MILDER, Augmentation
from facenet_lite.train.parts import Data, Network, Step, Teacher

RENAMED: Final = {
    (Data, "kind"): "data",
    (losses.Settings, "name"): "loss",
    (Teacher, "name"): "teacher",
}
"""The settings that are called otherwise within their part than among all settings."""
RECORDED: Final = frozenset({"mining", "margin", "reduction", "seed"})
"""The settings of a loss that every recorded run names; others are left out at their default, so
that a run from before they existed stays the same run."""


@dataclass(frozen=True)
class Config:
    """The settings of one run; the defaults train ``models.small_nn2`` on Faces of Nobody.

    Each setting has a name of its own, whichever part it is in, by which ``of``, the command line
    and ``config.json`` know it: ``Config.of(steps=800, width=0.5)``. ``seed`` and ``image_size``
    are in more than one part, and the same in each. Raises InputError for parts that contradict
    each other.
    """

    data: Data = field(default_factory=Data)
    network: Network = field(default_factory=Network)
    loss: losses.Settings = field(default_factory=losses.Settings)
    step: Step = field(default_factory=Step)
    teacher: Teacher = field(default_factory=Teacher)

    def __post_init__(self) -> None:
        check_choice(self.loss.name, "loss", losses.LOSSES)
        sizes = {self.data.image_size, self.network.image_size}
        seeds = {self.data.seed, self.network.seed, self.loss.seed}
        for name, found in {"image_size": sizes, "seed": seeds}.items():
            if len(found) > 1:
                raise InputError(f"{name}: expected one value in all parts, got {sorted(found)}")
        taught = self.teacher.name is not None
        if self.data.pictures is not None and (self.data.kind != "nobody" or taught):
            raise InputError(
                "pictures: expected None where no triplets of drawn people are learned from, "
                f"got {self.data.pictures}; data='nobody' without a teacher takes a number"
            )
        if self.teacher.views > 1 and (not taught or self.data.kind == "nobody"):
            raise InputError("views: expected 1 without a teacher, or without photographs")
        if self.teacher.views > 1 and self.data.harder:
            raise InputError("harder: expected false with views, which are changed already")

    @classmethod
    def of(cls, **settings: Any) -> Config:
        """Make a config of settings by their names: ``Config.of(steps=800, image_size=64)``."""
        return cls().changed(**settings)

    def changed(self, **settings: Any) -> Config:
        """The same config with other values of some settings, by their names.

        Raises InputError for a name that is none, and for values that cannot be.
        """
        unknown = set(settings) - set(_all(self))
        if unknown:
            raise InputError(
                f"{', '.join(sorted(unknown))}: expected some of the settings "
                f"{', '.join(_all(self))}"
            )
        parts = {}
        for own in dataclasses.fields(self):
            part = getattr(self, own.name)
            names = {name: here for here, name in _names(part).items() if name in settings}
            parts[own.name] = dataclasses.replace(
                part, **{here: settings[name] for name, here in names.items()}
            )
        return Config(**parts)

    def flat(self) -> dict[str, Any]:
        """All settings by their names, as ``of`` takes them."""
        plain = _all(Config())
        optional = set(_names(self.loss).values()) - RECORDED
        return {
            name: value
            for name, value in _all(self).items()
            if name not in optional or value != plain[name]
        }

    @property
    def augmentation(self) -> Augmentation | None:
        """How crops are changed: little where there are views, which differ already."""
        milder = self.data.augment and self.teacher.views > 1
        return MILDER if milder else self.data.augmentation

    def to_json(self) -> str:
        """The settings as JSON, one a line."""
        return json.dumps(self.flat(), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Config:
        """Make a config of what ``to_json`` wrote; raises InputError for anything else."""
        try:
            found = json.loads(text)
            found["mining"] = tuple((start, rule) for start, rule in found["mining"])
            return cls.of(**found)
        except (ValueError, TypeError, KeyError) as error:
            raise InputError(f"config: expected what to_json wrote ({error})") from error

    @classmethod
    def from_words(cls, words: Sequence[str]) -> Config:
        """Make a config of words such as ``steps=800`` or ``mining=batch_all,semi_hard@400``.

        Raises InputError for a name or a value that is none.
        """
        plain = _all(cls())
        values: dict[str, Any] = {}
        for word in words:
            name, sign, text = word.partition("=")
            if not sign or name not in plain:
                raise InputError(f"{word}: expected NAME=VALUE with one of {', '.join(plain)}")
            values[name] = _value(name, text, plain[name])
        return cls.of(**values)

    def differences(self, other: Config) -> list[str]:
        """The settings in which two configs differ, in words; ``workers`` changes nothing."""
        before = _all(other)
        return [
            f"{name} is {value!r} and was {before[name]!r}"
            for name, value in _all(self).items()
            if name != "workers" and value != before[name]
        ]


def keep(config: Config, folder: Path) -> None:
    """Write ``config.json`` into a run's folder, or check that it is the one already there.

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
    with whole(path) as part:
        part.write_text(config.to_json(), encoding="utf8")


def _names(part: Any) -> dict[str, str]:
    """The fields of a part, and what each is called among all settings."""
    kind = type(part)
    return {one.name: RENAMED.get((kind, one.name), one.name) for one in dataclasses.fields(kind)}


def _all(config: Config) -> dict[str, Any]:
    """Every setting by its name, part by part."""
    return {
        name: getattr(part, here)
        for part in (getattr(config, own.name) for own in dataclasses.fields(config))
        for here, name in _names(part).items()
    }


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
