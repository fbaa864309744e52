"""Everything that a run depends on, in one value that is saved beside its checkpoints."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from facenet_lite import losses
from facenet_lite._checks import check_choice
from facenet_lite._files import whole, writing
from facenet_lite.errors import AssetDamagedError, InputError
from facenet_lite.train.augment import MILDER, Augmentation
from facenet_lite.train.parts import Data, Network, Step, Teacher

NAME: Final = "config.json"
"""The name of the settings' file in a run's folder."""
RENAMED: Final = {
    (Data, "kind"): "data",
    (losses.Settings, "name"): "loss",
    (Teacher, "name"): "teacher",
}
"""Settings with a different name in their part, and the name that they have among all settings."""
RECORDED: Final = frozenset({"mining", "margin", "reduction", "seed"})
"""The settings of a loss that are always recorded. Others are omitted at their default value, so
that runs from before they existed still count as the same run."""


@dataclass(frozen=True)
class Config:
    """The settings of one run; the defaults train ``models.small_nn2`` on Faces of Nobody.

    Each setting has a unique name, whichever part it belongs to, for ``of``, the command line and
    ``config.json``: ``Config.of(steps=800, width=0.5)``. ``seed`` and ``image_size`` occur in more
    than one part, always with the same value. Raises InputError for parts that contradict each
    other, and for settings with which no batch could be made or nothing could be learned.
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
        if taught:
            self._check_taught()
        else:
            self._check_labelled()

    def _check_taught(self) -> None:
        """Drawn faces alone must fill a batch; photographs are counted once they are found."""
        data, drawn = self.data, self.teacher.drawn
        if data.kind == "nobody" and drawn < data.p * data.k:
            raise InputError(
                f"drawn: expected at least p x k = {data.p * data.k} for data='nobody' with a "
                f"teacher, got {drawn}; a smaller p or k needs fewer"
            )

    def _check_labelled(self) -> None:
        """There must be P people, and triplets among their pictures."""
        data = self.data
        if data.kind == "nobody" and data.people < data.p:
            raise InputError(
                f"people: expected at least p = {data.p}, who fill a batch, got {data.people}; "
                "a smaller p needs fewer"
            )
        if data.k == 1 and self.loss.name == "triplet":
            raise InputError(
                "k: expected at least 2 without a teacher, got 1: a triplet needs two pictures of "
                "one person"
            )

    @classmethod
    def of(cls, **settings: Any) -> Config:
        """Make a config from settings by name: ``Config.of(steps=800, image_size=64)``."""
        return cls().changed(**settings)

    def changed(self, **settings: Any) -> Config:
        """The same config with new values for some settings, by name.

        Raises InputError for unknown names and for invalid values.
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
        """All settings by name, as ``of`` takes them."""
        plain = _all(Config())
        optional = set(_names(self.loss).values()) - RECORDED
        return {
            name: value
            for name, value in _all(self).items()
            if name not in optional or value != plain[name]
        }

    @property
    def augmentation(self) -> Augmentation | None:
        """How crops are changed: only a little if there are views, which already differ."""
        milder = self.data.augment and self.teacher.views > 1
        return MILDER if milder else self.data.augmentation

    def to_json(self) -> str:
        """The settings as JSON, one per line."""
        return json.dumps(self.flat(), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Config:
        """Make a config from the output of ``to_json``; raises InputError for anything else."""
        try:
            found = json.loads(text)
            found["mining"] = tuple((start, rule) for start, rule in found["mining"])
            return cls.of(**found)
        except (ValueError, TypeError, KeyError) as error:
            raise InputError(f"config: expected what to_json wrote ({error})") from error

    @classmethod
    def from_words(cls, words: Sequence[str]) -> Config:
        """Make a config from words such as ``steps=800`` or ``mining=batch_all,semi_hard@400``.

        Raises InputError for unknown names and invalid values.
        """
        plain = _all(cls())
        values: dict[str, Any] = {}
        for word in words:
            name, sign, text = word.partition("=")
            if not sign or name not in plain:
                raise InputError(f"{word}: expected NAME=VALUE with one of {', '.join(plain)}")
            values[name] = _value(name, text, plain[name])
        return cls.of(**values)

    def differences(self, other: Config) -> dict[str, str]:
        """Describe each setting that differs, except ``workers``, which changes no result."""
        before = _all(other)
        return {
            name: f"{name} is {value!r} and was {before[name]!r}"
            for name, value in _all(self).items()
            if name != "workers" and value != before[name]
        }


def keep(config: Config, folder: Path) -> None:
    """Write ``config.json`` into a run's folder; raises WriteError."""
    path = folder / NAME
    with writing(path), whole(path) as part:
        part.write_text(config.to_json(), encoding="utf8")


def check_kept(config: Config, folder: Path, done: int = 0) -> None:
    """Check that a run's folder holds no other run; ``done``: the steps of its checkpoint.

    A run may be given another number of steps, at least ``done``, if the learning rate of a step
    does not depend on it. Raises InputError otherwise, and AssetDamagedError if the file cannot be
    read.
    """
    path = folder / NAME
    if not path.is_file():
        return
    try:
        before = Config.from_json(path.read_text(encoding="utf8"))
    except (OSError, ValueError) as error:
        raise AssetDamagedError(
            f"{path}: expected a run's settings as JSON in UTF-8 ({error}); correct the file, or "
            "remove it and repeat the command with the settings that the run had"
        ) from error
    wrong = config.differences(before)
    others = f"{folder}: holds a run with other settings: {'; '.join(wrong.values())}"
    if set(wrong) - {"steps"}:
        raise InputError(f"{others}; name another folder, or remove this one")
    if wrong and done and config.step.cosine:
        raise InputError(
            f"{others}; with cosine=true every learning rate depends on the number of steps, so "
            "the steps done are not those of a longer run. Name another folder, where start="
            f"{folder / 'model.safetensors'} goes on from this network; runs with cosine=false "
            "can be made longer"
        )
    if config.step.steps < done:
        raise InputError(f"{others}; {done} steps are done, so name at least as many")


def _names(part: Any) -> dict[str, str]:
    """The fields of a part, with the name of each among all settings."""
    kind = type(part)
    return {one.name: RENAMED.get((kind, one.name), one.name) for one in dataclasses.fields(kind)}


def _all(config: Config) -> dict[str, Any]:
    """Every setting by name, part by part."""
    return {
        name: getattr(part, here)
        for part in (getattr(config, own.name) for own in dataclasses.fields(config))
        for here, name in _names(part).items()
    }


def _value(name: str, text: str, default: Any) -> Any:
    """A setting's value from its text, with the type of its default."""
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
